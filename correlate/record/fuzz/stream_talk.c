// SPDX-License-Identifier: Apache-2.0
#include "correlate/record/fuzz/stream_talk.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/record.h"
#include "correlate/record/stream.h"
#include "correlate/record/view.h"

#define RECORDS_MAX 96
#define LENGTH_MAX 32
#define NONE ((size_t)-1)

/* What a call moved. */
struct move {
	uint8_t direction;
	uint32_t length, copied;
	uint64_t position, other_position;
};

struct talk {
	struct move moves[RECORDS_MAX];
	size_t count;
};

/* One byte of a stream, as it came out. */
struct cell {
	uint64_t position;
	uint8_t direction;
	uint8_t byte; /* 0: not copied */
};

struct output {
	struct cell cells[RECORDS_MAX * LENGTH_MAX];
	size_t count;
	uint64_t gap_from[2], gap_to[2]; /* by direction; from 0: none */
};

static void talk_read(struct talk *talk, const uint8_t *data, size_t size)
{
	uint64_t next[2] = { 1000, (UINT64_C(1) << 32) - 200 };

	talk->count = 0;
	for (; size >= 2 && talk->count < RECORDS_MAX; data += 2, size -= 2) {
		struct move *move = &talk->moves[talk->count++];

		move->direction = data[0] & 1;
		move->length = (data[0] >> 1) % LENGTH_MAX + 1u;
		move->copied = data[1] < move->length ? data[1] : move->length;
		move->position = next[move->direction];
		move->other_position = next[!move->direction];
		next[move->direction] += move->length;
	}
}

/* Never 0, and different for positions near each other. */
static uint8_t byte_at(unsigned int direction, uint64_t position)
{
	return (uint8_t)(1 + (position * 7 + direction * 101) % 255);
}

static void put(struct output *output, unsigned int direction, uint64_t position, uint8_t byte)
{
	assert(output->count < sizeof(output->cells) / sizeof(output->cells[0]));
	output->cells[output->count++] = (struct cell){ position, (uint8_t)direction, byte };
}

static void on_record(void *context, const struct record_data *record, uint32_t skip)
{
	uint32_t offset = 0;
	struct slice bytes = { 0 };
	size_t cursor = 0;
	bool copied = record_next_fragment(record, &cursor, &offset, &bytes);

	assert(skip < record->length);
	for (uint32_t at = skip; at < record->length; at++) {
		bool here = copied && at >= offset && at - offset < bytes.length;

		put(context, record->direction, record->position + at, here ? (uint8_t)bytes.data[at - offset] : 0);
	}
}

static void on_gap(void *context, enum record_direction direction, uint64_t position, uint64_t length)
{
	struct output *output = context;

	assert(length > 0);
	assert(!output->gap_from[direction] || output->gap_to[direction] == position);
	if (!output->gap_from[direction])
		output->gap_from[direction] = position;
	output->gap_to[direction] = position + length;
}

static void on_overlap(void *context, const struct record_data *record)
{
	(void)context;
	(void)record;
	assert(!"no byte was given twice");
}

static const struct stream_events events = { .record = on_record, .gap = on_gap, .overlap = on_overlap };

static void give(struct stream *stream, struct output *output, const struct move *move)
{
	size_t fragment = move->copied ? sizeof(struct record_fragment) + ((move->copied + 7u) & ~7u) : 0;
	struct record_data *record = calloc(1, sizeof(*record) + fragment);

	if (!record)
		abort();
	record->header.kind = RECORD_DATA;
	record->header.size = (uint32_t)(sizeof(*record) + fragment);
	record->direction = move->direction;
	record->position = move->position;
	record->other_position = move->other_position;
	record->length = move->length;
	record->fragments = move->copied > 0;
	if (move->copied) {
		struct record_fragment *head = (struct record_fragment *)(record + 1);
		uint8_t *bytes = (uint8_t *)(head + 1);

		head->length = move->copied;
		for (uint32_t i = 0; i < move->copied; i++)
			bytes[i] = byte_at(move->direction, move->position + i);
	}
	if (stream_record(stream, record, &events, output) < 0)
		abort();
	free(record);
}

static void give_bytewise(struct stream *stream, struct output *output, const struct move *move)
{
	for (uint32_t i = 0; i < move->length; i++) {
		struct move piece = *move;

		piece.position += i;
		piece.length = 1;
		piece.copied = i < move->copied;
		give(stream, output, &piece);
	}
}

static void run(const struct talk *talk, struct output *output, bool bytewise, size_t left_out)
{
	struct stream stream = { 0 };

	memset(output, 0, sizeof(*output));
	for (size_t i = 0; i < talk->count; i++) {
		if (i == left_out)
			continue;
		if (bytewise)
			give_bytewise(&stream, output, &talk->moves[i]);
		else
			give(&stream, output, &talk->moves[i]);
	}
	stream_flush(&stream, &events, output);
	assert(!stream.held && !stream.held_count && !stream.held_bytes);
	stream_done(&stream);
}

/* All came out as it went in, and nothing else. */
static void check_whole(const struct talk *talk, const struct output *output)
{
	size_t at = 0;

	for (size_t i = 0; i < talk->count; i++) {
		const struct move *move = &talk->moves[i];

		for (uint32_t j = 0; j < move->length; j++, at++) {
			const struct cell *cell = &output->cells[at];
			uint8_t byte = j < move->copied ? byte_at(move->direction, move->position + j) : 0;

			assert(at < output->count);
			assert(cell->direction == move->direction && cell->position == move->position + j);
			assert(cell->byte == byte);
		}
	}
	assert(at == output->count && !output->gap_from[0] && !output->gap_from[1]);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->direction == b->direction && a->position == b->position && a->byte == b->byte;
}

static void check_same(const struct output *a, const struct output *b)
{
	assert(a->count == b->count && !b->gap_from[0] && !b->gap_from[1]);
	for (size_t i = 0; i < a->count; i++)
		assert(same_cell(&a->cells[i], &b->cells[i]));
}

/* Where a direction stands is known from the first record on; that it went on, only from its next one for sure. */
static bool must_be_reported(const struct talk *talk, size_t left_out)
{
	if (!left_out)
		return false;
	for (size_t i = left_out + 1; i < talk->count; i++)
		if (talk->moves[i].direction == talk->moves[left_out].direction)
			return true;
	return false;
}

static void check_gap(const struct talk *talk, const struct output *whole, const struct output *output, size_t left_out)
{
	const struct move *move = &talk->moves[left_out];
	uint64_t from = output->gap_from[move->direction], to = output->gap_to[move->direction];
	size_t at = 0;

	for (size_t i = 0; i < whole->count; i++) {
		const struct cell *cell = &whole->cells[i];

		if (cell->direction == move->direction && cell->position >= move->position &&
		    cell->position - move->position < move->length)
			continue;
		assert(at < output->count && same_cell(cell, &output->cells[at]));
		at++;
	}
	assert(at == output->count && !output->gap_from[!move->direction]);
	if (from || must_be_reported(talk, left_out))
		assert(from == move->position && to == move->position + move->length);
}

void stream_talk(const uint8_t *data, size_t size)
{
	static struct talk talk;
	static struct output whole, other;

	if (size < 1)
		return;
	talk_read(&talk, data + 1, size - 1);
	run(&talk, &whole, false, NONE);
	check_whole(&talk, &whole);
	run(&talk, &other, true, NONE);
	check_same(&whole, &other);
	if (!talk.count)
		return;
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		run(&talk, &other, bytewise, data[0] % talk.count);
		check_gap(&talk, &whole, &other, data[0] % talk.count);
	}
}
