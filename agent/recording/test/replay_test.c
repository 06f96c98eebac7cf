// SPDX-License-Identifier: Apache-2.0
/* What the engine says of a recording is what it said live; without a block of it, no more than that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/recording/reader.h"
#include "agent/recording/writer.h"
#include "correlate/test/record_builder.h"

#define EXCHANGES 40
#define BLOCKS_MAX 64

static const struct recording_header header = {
	.id = 1, .monotonic = TAPE_START, .wall = TAPE_START, .boottime = TAPE_START
};

/* A client, and a server that calls another one, half a second apart: some of it in every block. */
static void script(struct tape *tape)
{
	struct wire front, back;
	char request[64];

	tape_init(tape);
	tape_clock(tape, NSEC_PER_SEC);
	tape_process(tape, 100, "/usr/bin/client");
	tape_process(tape, 200, "/usr/bin/server");
	wire_init(&front, 1);
	wire_init(&back, 2);
	back.client.tgid = back.client.tid = 200;
	back.server.tgid = back.server.tid = 300;
	for (int i = 0; i < EXCHANGES; i++) {
		snprintf(request, sizeof(request), "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
		tape_request(tape, &front, request);
		tape_request(tape, &back, request);
		tape_response(tape, &back, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
		tape_response(tape, &front, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
		tape_wait(tape, NSEC_PER_SEC / 2);
	}
}

struct result {
	struct span_list spans;
	struct losses losses;
};

static struct engine *begin(struct result *result)
{
	const struct engine_options options = { .sink = span_list_sink(&result->spans),
						.seed = 7,
						.infer_routes = true };
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	return engine;
}

static void end(struct result *result, struct engine *engine)
{
	engine_finish(engine);
	result->losses = *engine_losses(engine);
	engine_free(engine);
}

/* As the agent does: the engine and the writer are told the same. */
static void run_live(const struct tape *tape, struct result *result, int fd)
{
	struct engine *engine = begin(result);
	struct recording_writer *writer;

	assert_int_equal(recording_writer_new(fd, &header, &writer), 0);
	for (size_t i = 0; i < tape->count; i++) {
		const struct record_header *record = tape->records[i];

		recording_writer_record(writer, record, record->size);
		engine_record(engine, record, record->size);
		if (i == tape->count / 2) {
			recording_writer_note_loss(writer, record->time);
			engine_note_loss(engine, record->time);
		}
		recording_writer_advance(writer, record->time);
		engine_advance(engine, record->time);
	}
	end(result, engine);
	assert_int_equal(recording_writer_finish(writer, NULL, 0), 0);
	recording_writer_free(writer);
}

static struct recording_damage run_replay(const void *bytes, size_t size, struct result *result)
{
	FILE *file = fmemopen((void *)bytes, size, "r");
	struct engine *engine = begin(result);
	struct recording_reader *reader;
	struct recording_item item;
	struct recording_damage damage;

	assert_non_null(file);
	assert_int_equal(recording_reader_new(file, &reader), 0);
	while (recording_reader_next(reader, &item) > 0) {
		if (item.kind == RECORDING_ITEM_RECORD)
			engine_record(engine, item.record, item.size);
		else if (item.kind == RECORDING_ITEM_LOSS)
			engine_note_loss(engine, item.time);
		else
			engine_advance(engine, item.time);
	}
	end(result, engine);
	damage = recording_reader_damage(reader);
	recording_reader_free(reader);
	fclose(file);
	return damage;
}

struct fixture {
	struct tape tape;
	struct result live, replayed;
	char *bytes;
	size_t size;
	size_t blocks[BLOCKS_MAX + 1]; /* where they begin, and the end */
	size_t block_count;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct stat status;
	struct recording_block block;
	size_t at = sizeof(struct recording_header);

	assert_non_null(f);
	script(&f->tape);
	run_live(&f->tape, &f->live, fd);
	assert_int_equal(fstat(fd, &status), 0);
	f->size = (size_t)status.st_size;
	f->bytes = malloc(f->size);
	assert_non_null(f->bytes);
	assert_int_equal(pread(fd, f->bytes, f->size, 0), status.st_size);
	close(fd);
	for (; at < f->size; at += sizeof(block) + block.stored) {
		assert_true(f->block_count < BLOCKS_MAX);
		f->blocks[f->block_count++] = at;
		memcpy(&block, f->bytes + at, sizeof(block));
	}
	f->blocks[f->block_count] = f->size;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	span_list_done(&f->live.spans);
	span_list_done(&f->replayed.spans);
	tape_done(&f->tape);
	free(f->bytes);
	free(f);
	return 0;
}

static bool same_id(const uint8_t *a, const uint8_t *b, size_t size)
{
	return memcmp(a, b, size) == 0;
}

static void a_replay_is_the_live_run_again(void **state)
{
	struct fixture *f = *state;
	struct recording_damage damage = run_replay(f->bytes, f->size, &f->replayed);

	assert_false(damage.cut || damage.blocks || damage.bytes);
	assert_true(f->block_count > 10);
	assert_int_equal(f->live.spans.count, 4 * EXCHANGES);
	assert_int_equal(f->replayed.spans.count, f->live.spans.count);
	assert_memory_equal(&f->replayed.losses, &f->live.losses, sizeof(f->live.losses));
	for (size_t i = 0; i < f->live.spans.count; i++) {
		const struct span *live = f->live.spans.spans[i], *again = f->replayed.spans.spans[i];

		assert_true(same_id(live->trace_id, again->trace_id, sizeof(live->trace_id)));
		assert_true(same_id(live->span_id, again->span_id, sizeof(live->span_id)));
		assert_true(same_id(live->parent_span_id, again->parent_span_id, sizeof(live->parent_span_id)));
		assert_true(live->start == again->start && live->end == again->end && live->kind == again->kind);
	}
}

static const struct span *twin_of(const struct result *live, const struct span *span)
{
	for (size_t i = 0; i < live->spans.count; i++) {
		const struct span *other = live->spans.spans[i];

		if (other->kind == span->kind && other->start == span->start && other->end == span->end)
			return other;
	}
	return NULL;
}

static const struct span *parent_of(const struct result *result, const struct span *span)
{
	for (size_t i = 0; i < result->spans.count; i++)
		if (same_id(result->spans.spans[i]->span_id, span->parent_span_id, sizeof(span->parent_span_id)))
			return result->spans.spans[i];
	return NULL;
}

/* No span and no link that the live run has not. */
static void check_subset(const struct result *live, const struct result *result)
{
	assert_true(result->spans.count <= live->spans.count);
	for (size_t i = 0; i < result->spans.count; i++) {
		const struct span *span = result->spans.spans[i], *twin = twin_of(live, span), *parent;

		assert_non_null(twin);
		parent = parent_of(result, span);
		assert_true(!parent || twin_of(live, parent) == parent_of(live, twin));
	}
}

static void without_blocks_there_is_nothing_new(void **state)
{
	struct fixture *f = *state;
	char *bytes = malloc(f->size);

	assert_non_null(bytes);
	for (size_t i = 1; i + 1 < f->block_count; i++) {
		for (size_t count = 1; count <= 3 && i + count < f->block_count; count++) {
			size_t from = f->blocks[i], to = f->blocks[i + count];
			struct recording_damage damage;

			memcpy(bytes, f->bytes, from);
			memcpy(bytes + from, f->bytes + to, f->size - to);
			damage = run_replay(bytes, f->size - (to - from), &f->replayed);
			assert_int_equal(damage.blocks, count);
			assert_false(damage.cut);
			assert_true(f->replayed.spans.count < f->live.spans.count);
			check_subset(&f->live, &f->replayed);
			span_list_done(&f->replayed.spans);
		}
	}
	free(bytes);
}

static void cut_after_any_block_there_is_nothing_new(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 1; i < f->block_count; i++) {
		struct recording_damage damage = run_replay(f->bytes, f->blocks[i], &f->replayed);

		assert_true(damage.cut);
		check_subset(&f->live, &f->replayed);
		span_list_done(&f->replayed.spans);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_replay_is_the_live_run_again, setup, teardown),
		cmocka_unit_test_setup_teardown(without_blocks_there_is_nothing_new, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_after_any_block_there_is_nothing_new, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
