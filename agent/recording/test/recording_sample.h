/* SPDX-License-Identifier: Apache-2.0 */
/* A small recording as bytes, and where its blocks are. */
#ifndef WIRESPAN_AGENT_RECORDING_TEST_RECORDING_SAMPLE_H
#define WIRESPAN_AGENT_RECORDING_TEST_RECORDING_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_START UINT64_C(1000000000)
#define SAMPLE_LOSS_TIME UINT64_C(1234567890)
#define SAMPLE_MALFORMED 2
#define SAMPLE_BLOCKS_MAX 64

struct sample {
	char *bytes;
	size_t size;
	int finish;    /* what recording_writer_finish returned */
	uint64_t lost; /* what recording_writer_lost says */
	size_t blocks; /* the last one is the end */
	size_t block_ends[SAMPLE_BLOCKS_MAX], block_items[SAMPLE_BLOCKS_MAX], block_records[SAMPLE_BLOCKS_MAX];
	uint64_t block_begins[SAMPLE_BLOCKS_MAX];
};

/* `count` records, numbered from 0 in header.tgid, an advance after each, a loss, and some that are no records. */
void sample_make(struct sample *sample, unsigned int count);
/* The same with no room on the disk but for the first blocks. */
void sample_make_limited(struct sample *sample, unsigned int count);
void sample_done(struct sample *sample);

/* Whether this is a record that sample_make wrote, to the last byte. */
bool sample_is_record(const void *record, size_t size);

#endif
