// SPDX-License-Identifier: Apache-2.0
/* The first exchange on connections that are older than the agent, and were quiet when it came. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine_state.h"
#include "correlate/test/engine_fixture.h"

#define REFUSE(status) "HTTP/1.1 " status " X\r\nContent-Length: 0\r\n\r\n"

/* Both ends are older than the agent, and what moved last was an answer. */
static void quiet(struct fixture *f, struct wire *wire)
{
	wire->client.flags = wire->server.flags = RECORD_DATA_LATE;
	tape_socket(&f->tape, &wire->client);
	f->tape.records[f->tape.count - 1]->flags = RECORD_SOCKET_QUIET_RECEIVED;
	tape_socket(&f->tape, &wire->server);
	f->tape.records[f->tape.count - 1]->flags = RECORD_SOCKET_QUIET_SENT;
	/* The kernel tells no roles of such connections. */
	wire->client.connection.role = wire->server.connection.role = RECORD_ROLE_UNKNOWN;
}

static void exchange(struct fixture *f, const char *request, const char *response)
{
	tape_request(&f->tape, &f->wire, request);
	tape_response(&f->tape, &f->wire, response);
}

static void play_all(struct fixture *f)
{
	fixture_play(f);
	engine_finish(f->engine);
}

/* A claim of each end was dropped and counted. */
static void assert_dropped(const struct fixture *f, const char *path)
{
	assert_null(span_list_find(&f->spans, SPAN_KIND_SERVER, path));
	assert_null(span_list_find(&f->spans, SPAN_KIND_CLIENT, path));
	assert_int_equal(fixture_loss(f, LOSS_ATTACHED_LATE), 2);
}

static void proven_by_the_next_request(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), OK("2", "hi"));
	exchange(f, GET("/b"), REFUSE("404"));
	play_all(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
	assert_int_equal(status_of(client_span(f, "/a")), 200);
	assert_memory_equal(server_span(f, "/a")->parent_span_id, client_span(f, "/a")->span_id, 8);
	assert_int_equal(status_of(server_span(f, "/b")), 404);
}

static void proven_by_the_end(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), OK("2", "hi"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	play_all(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
}

/* No span before that, however much time passes. */
static void held_back_until_then(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), OK("2", "hi"));
	fixture_play(f);
	engine_advance(f->engine, f->tape.time + 100 * NSEC_PER_SEC);
	assert_int_equal(f->spans.count, 0);
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 0);
	assert_dropped(f, "/a");
}

/* The answer is that of a request that nobody saw; its own follows. */
static void one_answer_too_many(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), REFUSE("404"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	exchange(f, GET("/b"), OK("0", ""));
	play_all(f);
	assert_dropped(f, "/a");
	assert_null(span_list_find(&f->spans, SPAN_KIND_SERVER, "/b"));
}

static void two_answers_in_one_call(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), REFUSE("404") OK("2", "hi"));
	exchange(f, GET("/b"), OK("0", ""));
	play_all(f);
	assert_dropped(f, "/a");
}

static void pipelined(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a") GET("/b"), REFUSE("404") OK("2", "hi"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	play_all(f);
	assert_dropped(f, "/a");
	assert_int_equal(f->spans.count, 0);
}

/* What its thread calls meanwhile is caused by what it may be: proven too late for that. */
static void unproven_is_no_parent(void **state)
{
	struct fixture *f = *state;
	struct wire back;

	wire_init(&back, 2);
	back.client.tgid = back.client.tid = 200;
	quiet(f, &f->wire);
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_send(&f->tape, &back.client, GET("/call"));
	tape_receive(&f->tape, &back.client, OK("0", ""));
	tape_response(&f->tape, &f->wire, REFUSE("404"));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	play_all(f);
	assert_dropped(f, "/a");
	assert_memory_equal(client_span(f, "/call")->parent_span_id, "\0\0\0\0\0\0\0", 8);
	assert_string_attribute(client_span(f, "/call"), "wirespan.link.missing", "request_unproven");
}

/* The one end is proven to have asked only after the other was. */
static void sender_proven_later(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, GET("/a"), OK("2", "hi"));
	tape_receive(&f->tape, &f->wire.server, GET("/b"));
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_send(&f->tape, &f->wire.client, GET("/b"));
	play_all(f);
	assert_int_equal(fixture_loss(f, LOSS_ATTACHED_LATE), 0);
	server_span(f, "/a");
	client_span(f, "/a");
	assert_memory_equal(server_span(f, "/a")->parent_span_id, "\0\0\0\0\0\0\0", 8);
}

static void timed_out(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	tape_request(&f->tape, &f->wire, GET("/a"));
	fixture_play(f);
	engine_advance(f->engine, f->tape.time + 100 * NSEC_PER_SEC);
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 0);
	assert_dropped(f, "/a");
	assert_int_equal(fixture_loss(f, LOSS_OPEN_AT_EXIT), 0);
}

static int setup_timeout(void **state)
{
	return fixture_setup_with(state, 10 * NSEC_PER_SEC);
}

static void closed_unanswered(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	play_all(f);
	assert_dropped(f, "/a");
}

static void answer_lost(void **state)
{
	struct fixture *f = *state;
	size_t lost;

	quiet(f, &f->wire);
	tape_request(&f->tape, &f->wire, GET("/a"));
	lost = f->tape.count;
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	exchange(f, GET("/b"), REFUSE("404"));
	for (size_t i = lost; i < lost + 2; i++) {
		free(f->tape.records[i]);
		f->tape.records[i] = NULL;
	}
	play_all(f);
	assert_dropped(f, "/a");
	assert_int_equal(status_of(server_span(f, "/b")), 404);
}

/* Not quiet, for all that is known: no claim. */
static void not_quiet(void **state)
{
	const uint16_t both = RECORD_SOCKET_QUIET_SENT | RECORD_SOCKET_QUIET_RECEIVED;
	const uint16_t flags[][2] = {
		{ 0, 0 },
		{ RECORD_SOCKET_QUIET_SENT, RECORD_SOCKET_QUIET_RECEIVED },
		{ both, both },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct fixture *f;

		fixture_setup((void **)&f);
		quiet(f, &f->wire);
		f->tape.records[0]->flags = flags[i][0];
		f->tape.records[1]->flags = flags[i][1];
		exchange(f, GET("/a"), OK("2", "hi"));
		exchange(f, GET("/b"), OK("2", "hi"));
		play_all(f);
		assert_dropped(f, "/a");
		assert_int_equal(f->spans.count, 2);
		fixture_teardown((void **)&f);
	}
}

/* A send that had begun before the agent looked. */
static void begun_before(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	f->tape.records[0]->time += 5 * TAPE_STEP;
	f->tape.records[1]->time += 5 * TAPE_STEP;
	exchange(f, GET("/a"), OK("2", "hi"));
	exchange(f, GET("/b"), OK("2", "hi"));
	play_all(f);
	assert_dropped(f, "/a");
}

static void not_a_request(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, "the rest of a body" GET("/a"), OK("2", "hi"));
	exchange(f, GET("/b"), OK("2", "hi"));
	play_all(f);
	assert_dropped(f, "/a");
	server_span(f, "/b");
}

static void telemetry_is_left_out(void **state)
{
	struct fixture *f = *state;

	quiet(f, &f->wire);
	exchange(f, "POST /v1/traces HTTP/1.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n",
		 OK("0", ""));
	exchange(f, GET("/b"), OK("2", "hi"));
	play_all(f);
	assert_no_loss(f);
	assert_int_equal(engine_ignored(f->engine)->telemetry, 2);
	assert_int_equal(hashmap_count(f->engine->quiet.connections), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(proven_by_the_next_request),
		TEST(proven_by_the_end),
		TEST(held_back_until_then),
		TEST(one_answer_too_many),
		TEST(two_answers_in_one_call),
		TEST(pipelined),
		TEST(unproven_is_no_parent),
		TEST(sender_proven_later),
		cmocka_unit_test_setup_teardown(timed_out, setup_timeout, fixture_teardown),
		TEST(closed_unanswered),
		TEST(answer_lost),
		cmocka_unit_test(not_quiet),
		TEST(begun_before),
		TEST(not_a_request),
		TEST(telemetry_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
