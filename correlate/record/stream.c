// SPDX-License-Identifier: Apache-2.0
#include "correlate/record/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/limits.h"

struct stream_held {
	struct stream_held *next;
	struct record_data record; /* followed by its fragments */
};

static unsigned int other_direction(const struct record_data *record)
{
	return !record->direction;
}

/*
 * A FIN counts as one position, and may be counted before or after it is read:
 * one byte more in the other direction is nothing to wait for.
 */
static bool waits_for_other(const struct stream *stream, const struct record_data *record)
{
	uint64_t next = stream->next[other_direction(record)];

	return record->other_position && record->other_position - 1 > next;
}

static bool waits_for_own(const struct stream *stream, const struct record_data *record)
{
	return record->position > stream->next[record->direction];
}

static void join(struct stream *stream, const struct record_data *record)
{
	if (!stream->next[record->direction])
		stream->next[record->direction] = record->position;
	if (!stream->next[other_direction(record)])
		stream->next[other_direction(record)] = record->other_position;
}

static void deliver(struct stream *stream, const struct record_data *record, const struct stream_events *events,
		    void *context)
{
	uint64_t *next = &stream->next[record->direction];
	uint64_t end = record->position + record->length;
	uint64_t skip = *next - record->position;

	if (end <= *next) {
		events->overlap(context, record);
		return;
	}
	*next = end;
	events->record(context, record, (uint32_t)skip);
}

static struct stream_held *take_ready(struct stream *stream)
{
	for (struct stream_held **at = &stream->held; *at; at = &(*at)->next) {
		struct stream_held *held = *at;

		if (waits_for_own(stream, &held->record) || waits_for_other(stream, &held->record))
			continue;
		*at = held->next;
		stream->held_bytes -= held->record.header.size;
		stream->held_count--;
		return held;
	}
	return NULL;
}

static void deliver_ready(struct stream *stream, const struct stream_events *events, void *context)
{
	struct stream_held *held;

	while ((held = take_ready(stream))) {
		deliver(stream, &held->record, events, context);
		free(held);
	}
	if (stream->held)
		stream->held_since = stream->held->record.header.time;
}

/* The oldest record waits no more: the least gap that lets any record proceed. */
static void give_up_one(struct stream *stream, const struct stream_events *events, void *context)
{
	const struct record_data *oldest = &stream->held->record;
	bool other = waits_for_other(stream, oldest);
	unsigned int direction = other ? other_direction(oldest) : oldest->direction;
	uint64_t until = other ? oldest->other_position : oldest->position;
	uint64_t from = stream->next[direction];

	for (const struct stream_held *held = stream->held; held; held = held->next)
		if (held->record.direction == direction && held->record.position > from && held->record.position < until)
			until = held->record.position;
	stream->next[direction] = until;
	events->gap(context, direction, from, until - from);
	deliver_ready(stream, events, context);
}

static int hold(struct stream *stream, const struct record_data *record)
{
	struct stream_held *held = malloc(offsetof(struct stream_held, record) + record->header.size);
	struct stream_held **at = &stream->held;

	if (!held)
		return -ENOMEM;
	memcpy(&held->record, record, record->header.size);
	held->next = NULL;
	if (!stream->held)
		stream->held_since = record->header.time;
	while (*at)
		at = &(*at)->next;
	*at = held;
	stream->held_bytes += record->header.size;
	stream->held_count++;
	return 0;
}

int stream_record(struct stream *stream, const struct record_data *record, const struct stream_events *events,
		  void *context)
{
	int error;

	join(stream, record);
	if (!waits_for_own(stream, record) && !waits_for_other(stream, record)) {
		deliver(stream, record, events, context);
		deliver_ready(stream, events, context);
		return 0;
	}
	error = hold(stream, record);
	while (stream->held_count > HELD_RECORDS_MAX || stream->held_bytes > HELD_BYTES_MAX)
		give_up_one(stream, events, context);
	return error;
}

void stream_flush(struct stream *stream, const struct stream_events *events, void *context)
{
	while (stream->held)
		give_up_one(stream, events, context);
}

bool stream_has_reached(const struct stream *stream, enum record_direction direction, uint64_t position)
{
	uint64_t next = stream->next[direction];

	/* A FIN is not waited for, here neither. */
	return !next || !position || position - 1 <= next;
}

void stream_reach(struct stream *stream, enum record_direction direction, uint64_t position,
		  const struct stream_events *events, void *context)
{
	uint64_t next = stream->next[direction];

	if (stream_has_reached(stream, direction, position))
		return;
	stream->next[direction] = position;
	events->gap(context, direction, next, position - next);
	deliver_ready(stream, events, context);
}

void stream_done(struct stream *stream)
{
	while (stream->held) {
		struct stream_held *held = stream->held;

		stream->held = held->next;
		free(held);
	}
	memset(stream, 0, sizeof(*stream));
}
