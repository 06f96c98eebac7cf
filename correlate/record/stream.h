/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts the data records of one connection, both directions together, into the
 * order of what happened. A record is in order when it begins where its
 * direction stands and when the other direction has come as far as the record
 * says (other_position). One that is not waits, and so does nothing else that
 * is in order; what it waits for comes within HELD_NS or is declared lost.
 * Bytes that were had before are skipped. Pure: no clock but the records'.
 */
#ifndef WIRESPAN_CORRELATE_RECORD_STREAM_H
#define WIRESPAN_CORRELATE_RECORD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"

struct stream_events {
	/* The next record in order; its first `skip` (< length) bytes were had before. */
	void (*record)(void *context, const struct record_data *record, uint32_t skip);
	/* `length` bytes of a direction passed but no record of them will come. */
	void (*gap)(void *context, enum record_direction direction, uint64_t position, uint64_t length);
	/* A record that brought nothing new. */
	void (*overlap)(void *context, const struct record_data *record);
};

struct stream_held;

/* All zero at first. */
struct stream {
	uint64_t next[2]; /* by direction: the position expected; 0: not known */
	struct stream_held *held; /* in order of arrival */
	size_t held_bytes;
	uint64_t held_since; /* time of the oldest held record */
	uint16_t held_count;
};

/* 0, or -ENOMEM: the record was lost, what follows will show a gap. */
int stream_record(struct stream *stream, const struct record_data *record, const struct stream_events *events,
		  void *context);
/* Declares lost whatever held records wait for. */
void stream_flush(struct stream *stream, const struct stream_events *events, void *context);
/* Whether records have told of all that moved before `position`, where a direction is known to have come; 0: unknown. */
bool stream_has_reached(const struct stream *stream, enum record_direction direction, uint64_t position);
/* A direction is known to have come as far as `position`: what no record told of until there was lost. */
void stream_reach(struct stream *stream, enum record_direction direction, uint64_t position,
		  const struct stream_events *events, void *context);
void stream_done(struct stream *stream);

#endif
