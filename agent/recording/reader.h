/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a recording (agent/recording/format.h), item by item, in the order of writing. Hostile files
 * are fine. A block that is damaged is left out: where it stood comes a loss up to the time
 * of the next block, so that the engine claims nothing that a lost record might contradict.
 */
#ifndef WIRESPAN_AGENT_RECORDING_READER_H
#define WIRESPAN_AGENT_RECORDING_READER_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/recording/format.h"
#include "otlp/counter.h"

struct recording_reader;

enum recording_item_kind {
	RECORDING_ITEM_RECORD,  /* to engine_record; a malformed one is of size 0 */
	RECORDING_ITEM_ADVANCE, /* to engine_advance */
	RECORDING_ITEM_LOSS,    /* to engine_note_loss */
};

struct recording_item {
	enum recording_item_kind kind;
	const void *record; /* aligned to 8; valid until the next call */
	size_t size;
	uint64_t time; /* CLOCK_MONOTONIC ns; of the latter two */
};

/*
 * Reads the header from `file`, which stays the caller's. 0; -ENOMEM; -EBADMSG: no recording;
 * -EPROTONOSUPPORT: one of another version, -EXDEV: of a machine with the other byte order;
 * -EILSEQ: its header is damaged; -EIO.
 */
int recording_reader_new(FILE *file, struct recording_reader **ret_reader);
/* Accepts NULL. */
void recording_reader_free(struct recording_reader *reader);

/* Lives as long as the reader; its texts are terminated. */
const struct recording_header *recording_reader_header(const struct recording_reader *reader);

/* 1: an item; 0: there are no more; -EIO: there may be, but they cannot be read. */
int recording_reader_next(struct recording_reader *reader, struct recording_item *ret_item);

/* What is wrong with the file; complete after the last item. */
struct recording_damage {
	uint64_t blocks; /* that should be there and are not, or are damaged */
	uint64_t bytes;  /* left out; not those that were cut off */
	bool cut;        /* it ends without its end: the end is cut off, or was never written */
};
struct recording_damage recording_reader_damage(const struct recording_reader *reader);

/* What had been lost before the engine saw it, when recording ended. How many; they live as long as the reader. */
size_t recording_reader_counters(const struct recording_reader *reader, const struct counter **ret_counters);

#endif
