// SPDX-License-Identifier: Apache-2.0
#include "correlate/fuzz/play.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/record/view.h"

#define DRAIN 4 /* records */

static void give(struct engine *engine, const void *record, size_t size)
{
	int error = engine_record(engine, record, size);

	assert(error == 0);
}

/* The byte of a record at `at`, NULL where it was not copied. */
static const char *byte_at(const struct record_data *record, uint32_t at)
{
	size_t cursor = 0;
	struct slice bytes;
	uint32_t offset;

	while (record_next_fragment(record, &cursor, &offset, &bytes))
		if (at >= offset && at - offset < bytes.length)
			return bytes.data + (at - offset);
	return NULL;
}

/* As the kernel would tell of it (bpf/trace/capture.bpf.c): only the first call begins the stream or the turn. */
static void give_byte(struct engine *engine, const struct record_data *record, uint32_t at)
{
	struct {
		struct record_data data;
		struct record_fragment fragment;
		char byte[8];
	} piece = { .data = *record, .fragment.length = 1 };
	const char *byte = byte_at(record, at);

	if (at)
		piece.data.header.flags &= (uint16_t)~(RECORD_DATA_TURN | RECORD_DATA_BEGIN);
	piece.data.header.size = byte ? sizeof(piece) : sizeof(piece.data);
	piece.data.position += at;
	piece.data.length = 1;
	piece.data.fragments = byte != NULL;
	if (byte)
		piece.byte[0] = *byte;
	give(engine, &piece, piece.data.header.size);
}

static void give_bytewise(struct engine *engine, const struct record_header *record)
{
	const struct record_data *data = (const struct record_data *)record;

	if (record->kind != RECORD_DATA) {
		give(engine, record, record->size);
		return;
	}
	for (uint32_t at = 0; at < data->length; at++)
		give_byte(engine, data, at);
}

void play(const struct tape *tape, bool bytewise, size_t left_out, struct played *ret_played)
{
	struct engine_options options = { .sink = span_list_sink(&ret_played->spans), .seed = 1 };
	struct engine *engine = engine_new(&options);

	if (!engine)
		abort();
	for (size_t i = 0; i < tape->count; i++) {
		const struct record_header *record = tape->records[i];

		if (i != left_out && bytewise)
			give_bytewise(engine, record);
		else if (i != left_out)
			give(engine, record, record->size);
		if (i % DRAIN != DRAIN - 1)
			continue;
		if (left_out <= i && i - left_out < DRAIN)
			engine_note_loss(engine, record->time);
		engine_advance(engine, record->time);
	}
	if (left_out < tape->count && left_out >= tape->count / DRAIN * DRAIN)
		engine_note_loss(engine, tape->time);
	engine_advance(engine, tape->time + NSEC_PER_SEC);
	engine_finish(engine);
	ret_played->losses = *engine_losses(engine);
	engine_free(engine);
}

void played_done(struct played *played)
{
	span_list_done(&played->spans);
}
