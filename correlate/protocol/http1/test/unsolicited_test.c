// SPDX-License-Identifier: Apache-2.0
/* What servers say that nobody asked for, and requests that end within their head: no spans, and no losses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

#define TIMEOUT "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"
#define HALF "GET /half HTTP/1.1\r\nHost:"

static void assert_ignored(const struct fixture *f, uint64_t unsolicited, uint64_t incomplete)
{
	assert_no_loss(f);
	assert_int_equal(engine_ignored(f->engine)->unsolicited, unsolicited);
	assert_int_equal(engine_ignored(f->engine)->incomplete_request, incomplete);
}

/* The server closes, then the client. */
static void close_both(struct fixture *f)
{
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
}

static void timeout_of_an_idle_connection(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	tape_response(&f->tape, &f->wire, TIMEOUT);
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 2, 0);
	assert_int_equal(f->spans.count, 2);
}

static void timeout_of_an_unused_connection(void **state)
{
	struct fixture *f = *state;

	tape_response(&f->tape, &f->wire, TIMEOUT);
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 2, 0);
	assert_int_equal(f->spans.count, 0);
}

/* Its head in two calls, and who is who is not known before. */
static void timeout_in_pieces(void **state)
{
	struct fixture *f = *state;

	f->wire.server.connection.role = RECORD_ROLE_UNKNOWN;
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 40");
	tape_send(&f->tape, &f->wire.server, "8 Request Timeout\r\n\r\n");
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_ignored(f, 1, 0);
}

static void timeout_of_half_a_head(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, HALF);
	tape_response(&f->tape, &f->wire, TIMEOUT);
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 0, 2);
	assert_int_equal(f->spans.count, 0);
}

/* The rest comes, though its answer has come before: nothing pairs them, and nothing waits for another. */
static void rest_of_a_head_after_its_answer(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, HALF);
	tape_response(&f->tape, &f->wire, "HTTP/1.1 431 X\r\nContent-Length: 0\r\n\r\n");
	tape_request(&f->tape, &f->wire, " h\r\n\r\n");
	tape_request(&f->tape, &f->wire, GET("/a"));
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 0, 2);
	assert_int_equal(f->spans.count, 0);
}

static void half_a_head_then_close(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	tape_request(&f->tape, &f->wire, HALF);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_ignored(f, 0, 2);
	assert_int_equal(f->spans.count, 2);
}

/* The whole ones before it were sent all the same, and fail with the connection. */
static void half_a_head_behind_pipelined_requests(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a") GET("/b") GET("/c"));
	tape_response(&f->tape, &f->wire, OK("0", "") OK("0", "") OK("0", ""));
	tape_request(&f->tape, &f->wire, GET("/d") HALF);
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 0, 2);
	assert_int_equal(f->spans.count, 8);
	for (size_t i = 6; i < 8; i++)
		assert_true(slice_equal(f->spans.spans[i]->error_type, SLICE_LITERAL("connection_closed")));
}

static void half_a_head_then_reset(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, HALF);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	fixture_play(f);
	assert_ignored(f, 0, 2);
}

/* Nothing but empty lines: no request has begun. */
static void empty_lines_then_close(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "\r\n");
	close_both(f);
	fixture_play(f);
	assert_ignored(f, 0, 0);
}

/* The thread that read half a head works on nothing: its next request's calls have one cause. */
static void half_a_head_is_no_context(void **state)
{
	struct fixture *f = *state;
	struct wire other, back;

	wire_init(&other, 2);
	wire_init(&back, 3);
	back.client.tgid = back.client.tid = 200;
	tape_receive(&f->tape, &f->wire.server, HALF);
	tape_send(&f->tape, &f->wire.server, TIMEOUT);
	tape_receive(&f->tape, &other.server, GET("/a"));
	tape_send(&f->tape, &back.client, GET("/b"));
	tape_receive(&f->tape, &back.client, OK("0", ""));
	tape_send(&f->tape, &other.server, OK("0", ""));
	fixture_play(f);
	assert_ignored(f, 0, 1);
	assert_memory_equal(client_span(f, "/b")->parent_span_id, server_span(f, "/a")->span_id, 8);
}

static void second_answer_copied_or_not(void **state)
{
	static const char answers[] = OK("2", "hi") OK("2", "ho");
	uint32_t head = (uint32_t)strlen(OK("2", ""));
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_move(&f->tape, &f->wire.server, RECORD_SEND, answers, sizeof(answers) - 1, head, 0);
	tape_receive(&f->tape, &f->wire.client, answers);
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_ignored(f, 2, 0);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(span_attribute(server_span(f, "/a"), "http.response.body.size")->integer, 2);
	server_span(f, "/b");
}

static void more_than_its_length(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi, and something that no length told of"));
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_ignored(f, 2, 0);
	assert_int_equal(f->spans.count, 4);
}

/* The framework's 100, as its handler reads the body of what it has answered already. */
static void continue_after_the_answer(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	tape_response(&f->tape, &f->wire, OK("0", ""));
	tape_response(&f->tape, &f->wire, "HTTP/1.1 100 Continue\r\n\r\n");
	tape_request(&f->tape, &f->wire, "hi");
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_ignored(f, 0, 0);
	assert_int_equal(f->spans.count, 4);
	server_span(f, "/b");
}

/* A request that was lost has an answer all the same. */
static void answer_to_a_lost_request(void **state)
{
	struct fixture *f = *state;

	fixture_serve(f, GET("/a"), OK("0", ""));
	f->wire.server.position[RECORD_RECEIVE] += 40;
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_UNPAIRED), 1);
	assert_int_equal(engine_ignored(f->engine)->unsolicited, 0);
}

static void first_request_lost(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	free(f->tape.records[0]);
	f->tape.records[0] = NULL;
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_UNPAIRED), 1);
	assert_int_equal(engine_ignored(f->engine)->unsolicited, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timeout_of_an_idle_connection),
		TEST(timeout_of_an_unused_connection),
		TEST(timeout_in_pieces),
		TEST(timeout_of_half_a_head),
		TEST(rest_of_a_head_after_its_answer),
		TEST(half_a_head_then_close),
		TEST(half_a_head_behind_pipelined_requests),
		TEST(half_a_head_then_reset),
		TEST(empty_lines_then_close),
		TEST(half_a_head_is_no_context),
		TEST(second_answer_copied_or_not),
		TEST(more_than_its_length),
		TEST(continue_after_the_answer),
		TEST(answer_to_a_lost_request),
		TEST(first_request_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
