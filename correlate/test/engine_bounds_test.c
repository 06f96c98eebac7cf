// SPDX-License-Identifier: Apache-2.0
/* Every bound of the engine: what it costs is counted, and others do not pay for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

static void connections_are_bounded(void **state)
{
	struct engine_options options = { .max_connections = 10 };
	struct fixture *f = *state;
	struct span_list spans;
	struct engine *engine;

	options.sink = span_list_sink(&spans);
	engine = engine_new(&options);
	for (unsigned int i = 1; i <= 30; i++) {
		wire_init(&f->wire, i);
		tape_receive(&f->tape, &f->wire.server, GET("/a"));
	}
	tape_play(&f->tape, engine);
	assert_int_equal(engine_losses(engine)->count[LOSS_CONNECTION_LIMIT], 20);
	assert_int_equal(engine_losses(engine)->count[LOSS_REQUEST_UNPAIRED], 20);
	engine_finish(engine);
	assert_int_equal(engine_losses(engine)->count[LOSS_OPEN_AT_EXIT], 10);
	engine_free(engine);
}

static void idle_connections_are_forgotten_without_loss(void **state)
{
	struct engine_options options = { .max_connections = 10 };
	struct fixture *f = *state;
	struct engine *engine;

	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	for (unsigned int i = 1; i <= 30; i++) {
		wire_init(&f->wire, i);
		fixture_serve(f, GET("/a"), OK("0", ""));
	}
	tape_play(&f->tape, engine);
	assert_int_equal(f->spans.count, 30);
	assert_int_equal(engine_losses(engine)->count[LOSS_CONNECTION_LIMIT], 0);
	engine_free(engine);
}

/* Records of a connection that another thread's last one overtakes. */
static void data_after_the_end(void **state)
{
	struct engine_options options = { .max_connections = 1 };
	struct fixture *f = *state;
	struct engine *engine;

	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	fixture_serve(f, GET("/a"), OK("0", ""));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE, 0);
	fixture_serve(f, GET("/b"), OK("0", ""));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_play(&f->tape, engine);
	assert_int_equal(f->spans.count, 2);
	tape_done(&f->tape);
	/* Nothing is left of it. */
	wire_init(&f->wire, 2);
	tape_receive(&f->tape, &f->wire.server, GET("/c"));
	tape_play(&f->tape, engine);
	assert_int_equal(engine_losses(engine)->count[LOSS_CONNECTION_LIMIT], 0);
	engine_finish(engine);
	assert_int_equal(engine_losses(engine)->count[LOSS_OPEN_AT_EXIT], 1);
	engine_free(engine);
}

static void memory_is_bounded(void **state)
{
	struct engine_options options = { .max_memory = 4096 };
	struct fixture *f = *state;
	struct span_list spans;
	struct engine *engine;

	options.sink = span_list_sink(&spans);
	engine = engine_new(&options);
	for (unsigned int i = 1; i <= 50; i++) {
		wire_init(&f->wire, i);
		tape_receive(&f->tape, &f->wire.server, "GET /half-a-head HTTP/1.1\r\nHost: ");
	}
	tape_play(&f->tape, engine);
	assert_true(engine_losses(engine)->count[LOSS_MEMORY_LIMIT] > 0);
	engine_free(engine);
}

#define LONG 900

/* A text of LONG bytes that begins so. */
static const char *long_text(const char *beginning)
{
	static char text[LONG + 1];

	memset(text, 'a', LONG);
	memcpy(text, beginning, strlen(beginning));
	return text;
}

static void kept_requests_are_bounded(void **state)
{
	struct engine_options options = { .max_memory = 1 << 20 };
	struct fixture *f = *state;
	char request[8300] = "GET /";
	struct engine *engine;
	uint64_t open;

	memset(request + 5, 'a', 8000);
	strcpy(request + 8005, " HTTP/1.1\r\nHost: h\r\n\r\n");
	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	for (unsigned int i = 1; i <= 300; i++) {
		wire_init(&f->wire, i);
		tape_receive(&f->tape, &f->wire.server, request);
	}
	tape_play(&f->tape, engine);
	assert_true(engine_losses(engine)->count[LOSS_MEMORY_LIMIT] > 150);
	engine_finish(engine);
	open = engine_losses(engine)->count[LOSS_OPEN_AT_EXIT];
	assert_true(open > 50 && open * 8000 < options.max_memory);
	engine_free(engine);
}

/* What was kept of them is given up with them. */
static void answered_requests_make_room(void **state)
{
	struct engine_options options = { .max_memory = 1 << 20 };
	struct fixture *f = *state;
	struct engine *engine;

	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	for (unsigned int i = 0; i < 2000; i++) {
		tape_request(&f->tape, &f->wire, GET("/a"));
		tape_response(&f->tape, &f->wire, OK("0", ""));
		if (i % 20)
			continue;
		tape_wait(&f->tape, 2 * NSEC_PER_SEC);
		tape_play(&f->tape, engine);
		tape_done(&f->tape);
	}
	for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
		assert_int_equal(engine_losses(engine)->count[loss], 0);
	engine_free(engine);
}

/* The thread of a request that was forgotten may still be working on it, but not for ever. */
static void forgotten_requests_contradict_for_a_while(void **state)
{
	struct engine_options options = { .max_connections = 3 };
	struct fixture *f = *state;
	struct wire forgotten, back;
	struct engine *engine;

	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	wire_init(&forgotten, 2);
	wire_init(&back, 3);
	back.client.tgid = back.client.tid = 200;
	tape_receive(&f->tape, &forgotten.server, GET("/x"));
	for (unsigned int i = 10; i < 13; i++) {
		wire_init(&forgotten, i);
		forgotten.client.tid = 101;
		tape_send(&f->tape, &forgotten.client, GET("/y"));
	}
	for (int i = 0; i < 2; i++) {
		tape_receive(&f->tape, &f->wire.server, GET("/a"));
		tape_send(&f->tape, &back.client, i ? GET("/late") : GET("/early"));
		tape_receive(&f->tape, &back.client, OK("0", ""));
		tape_send(&f->tape, &f->wire.server, OK("0", ""));
		tape_wait(&f->tape, 120 * NSEC_PER_SEC);
	}
	tape_play(&f->tape, engine);
	assert_false(span_has_parent(client_span(f, "/early")));
	assert_true(span_has_parent(client_span(f, "/late")));
	engine_free(engine);
}

/* Whoever sends half a head and falls silent pays, not the others, whose readers are made anew. */
static void silent_heads_go_first(void **state)
{
	struct engine_options options = { .max_memory = 128 << 10 };
	struct fixture *f = *state;
	struct engine *engine;
	struct wire other;

	options.sink = span_list_sink(&f->spans);
	engine = engine_new(&options);
	fixture_serve(f, GET("/1") GET("/2"), OK("0", "") OK("0", ""));
	for (unsigned int i = 2; i < 200; i++) {
		wire_init(&other, i);
		tape_receive(&f->tape, &other.server, long_text("GET / HTTP/1.1\r\nA: "));
	}
	fixture_serve(f, GET("/3") GET("/4"), OK("0", "") OK("0", ""));
	for (unsigned int i = 200; i < 250; i++) {
		wire_init(&other, i);
		tape_receive(&f->tape, &other.server, "GET /honest HTTP/1.1\r\n");
		tape_receive(&f->tape, &other.server, "Host: h\r\n\r\n");
		tape_send(&f->tape, &other.server, OK("0", ""));
	}
	tape_play(&f->tape, engine);
	assert_int_equal(f->spans.count, 4 + 50);
	assert_in_range(engine_losses(engine)->count[LOSS_MEMORY_LIMIT], 100, 198);
	engine_free(engine);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connections_are_bounded),
		TEST(idle_connections_are_forgotten_without_loss),
		TEST(data_after_the_end),
		TEST(memory_is_bounded),
		TEST(kept_requests_are_bounded),
		TEST(answered_requests_make_room),
		TEST(forgotten_requests_contradict_for_a_while),
		TEST(silent_heads_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
