// SPDX-License-Identifier: Apache-2.0
/*
 * The ordering of one connection's records. An input that begins with TALK is a well-behaved
 * connection (stream_talk.h). In any other, each 4 bytes are a record:
 * direction and kind, position, length, and how far the other direction is. What comes out
 * must be each direction's bytes in order, each once, gaps between.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/limits.h"
#include "correlate/record/fuzz/stream_talk.h"
#include "correlate/record/stream.h"

#define TALK 'T'
#define BASE UINT64_C(1000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t next[2];
	size_t given, came;
};

static void proceed(struct seen *seen, unsigned int direction, uint64_t from, uint64_t length)
{
	assert(length > 0);
	assert(!seen->next[direction] || seen->next[direction] == from);
	seen->next[direction] = from + length;
}

static void on_record(void *context, const struct record_data *record, uint32_t skip)
{
	struct seen *seen = context;

	assert(skip < record->length);
	proceed(seen, record->direction, record->position + skip, record->length - skip);
	seen->came++;
}

static void on_gap(void *context, enum record_direction direction, uint64_t position, uint64_t length)
{
	struct seen *seen = context;

	if (!seen->next[direction])
		seen->next[direction] = position;
	proceed(seen, direction, position, length);
}

static void on_overlap(void *context, const struct record_data *record)
{
	struct seen *seen = context;

	(void)record;
	seen->came++;
}

static const struct stream_events events = { .record = on_record, .gap = on_gap, .overlap = on_overlap };

static void give(struct stream *stream, struct seen *seen, const uint8_t *bytes)
{
	struct record_data *record = calloc(1, sizeof(*record));
	unsigned int direction = bytes[0] & 1;

	if (!record)
		return;
	record->header.kind = RECORD_DATA;
	record->header.size = sizeof(*record);
	record->direction = (uint8_t)direction;
	/* Mostly near what is expected. */
	record->position = bytes[0] & 2 || !stream->next[direction] ? BASE + bytes[1] : stream->next[direction] + bytes[1] % 4;
	record->length = bytes[2] + 1u;
	record->other_position = bytes[0] & 4 ? BASE + bytes[3] : stream->next[!direction] + bytes[3] % 4;
	seen->given++;
	if (stream_record(stream, record, &events, seen) < 0)
		seen->given--;
	free(record);
	assert(stream->held_count <= HELD_RECORDS_MAX && stream->held_bytes <= HELD_BYTES_MAX);
	if (bytes[0] & 8)
		stream_flush(stream, &events, seen);
}

static void hostile(const uint8_t *data, size_t size)
{
	struct stream stream = { 0 };
	struct seen seen = { 0 };

	for (; size >= 4; data += 4, size -= 4)
		give(&stream, &seen, data);
	stream_flush(&stream, &events, &seen);
	assert(!stream.held && !stream.held_count && !stream.held_bytes);
	assert(seen.given == seen.came);
	stream_done(&stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[0] == TALK)
		stream_talk(data + 1, size - 1);
	else
		hostile(data, size);
	return 0;
}
