// SPDX-License-Identifier: Apache-2.0
/* Connections that are over while their owner has the socket still: what it can read, works on and gives up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/engine_state.h"
#include "correlate/test/engine_fixture.h"

#define RESET_HELD (RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_HELD)
#define OVER_HELD (RECORD_STATE_GONE | RECORD_STATE_PEER_CLOSED | RECORD_STATE_HELD)

static void reset_with_unread(struct fixture *f, const struct wire_end *end, size_t unread)
{
	tape_state(&f->tape, end, RESET_HELD, ECONNRESET)->receive_end += unread;
}

static void leave(struct fixture *f, const struct wire_end *end)
{
	tape_state(&f->tape, end, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0)->receive_end = 0;
}

static void refuse(struct fixture *f, const struct wire_end *end)
{
	tape_state(&f->tape, end, RECORD_STATE_REFUSED, 0)->receive_end = 0;
}

static void assert_success(const struct span *span)
{
	assert_int_equal(span->error_type.length, 0);
	assert_int_equal(span->status, SPAN_STATUS_UNSET);
	assert_int_equal(status_of(span), 200);
	assert_null(span_attribute(span, "wirespan.response.abandoned"));
}

static void assert_abandoned(const struct span *span)
{
	const struct attribute *abandoned = span_attribute(span, "wirespan.response.abandoned");

	assert_non_null(abandoned);
	assert_true(abandoned->boolean);
	assert_int_equal(span->status, SPAN_STATUS_UNSET);
	assert_int_equal(status_of(span), 200);
	assert_null(span_attribute(span, "http.response.body.size"));
}

static void assert_forgotten(const struct fixture *f)
{
	assert_no_loss(f);
	assert_int_equal(hashmap_count(f->engine->connections), 0);
	assert_int_equal(f->engine->pool.memory, 0);
}

static void response_read_long_after_a_reset(void **state)
{
	struct fixture *f = *state;
	uint64_t read_at;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	reset_with_unread(f, &f->wire.client, strlen(OK("2", "hi")));
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	tape_receive(&f->tape, &f->wire.client, OK("2", "hi"));
	read_at = f->tape.time;
	fixture_play(f);
	assert_success(client_span(f, "/a"));
	assert_int_equal(span_attribute(client_span(f, "/a"), "http.response.body.size")->integer, 2);
	assert_int_equal(client_span(f, "/a")->end, read_at);
	assert_forgotten(f);
}

static void response_not_read_after_a_reset(void **state)
{
	struct fixture *f = *state;
	uint64_t left_at;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	reset_with_unread(f, &f->wire.client, 30);
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	leave(f, &f->wire.client);
	left_at = f->tape.time;
	fixture_play(f);
	assert_error(client_span(f, "/a"), "connection_reset");
	assert_int_equal(client_span(f, "/a")->end, left_at);
	assert_forgotten(f);
}

/* A body without a length is whole only by a FIN; one by chunks or length only by them. */
static void response_cut_by_a_reset(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.0 200 OK\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		OK("10", "abc"),
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct fixture *f;
		uint64_t read_at;

		fixture_setup((void **)&f);
		tape_send(&f->tape, &f->wire.client, GET("/a"));
		reset_with_unread(f, &f->wire.client, strlen(answers[i]));
		tape_wait(&f->tape, NSEC_PER_SEC);
		tape_receive(&f->tape, &f->wire.client, answers[i]);
		read_at = f->tape.time;
		tape_wait(&f->tape, NSEC_PER_SEC);
		leave(f, &f->wire.client);
		fixture_play(f);
		assert_error(client_span(f, "/a"), "connection_reset");
		assert_int_equal(status_of(client_span(f, "/a")), 200);
		assert_null(span_attribute(client_span(f, "/a"), "http.response.body.size"));
		assert_int_equal(client_span(f, "/a")->end, read_at);
		assert_forgotten(f);
		fixture_teardown((void **)&f);
	}
	(void)state;
}

/* The peer closed in order; a later send of ours drew the reset (EPIPE). */
static void response_whole_by_a_fin_before_the_reset(void **state)
{
	struct fixture *f = *state;

	tape_send(&f->tape, &f->wire.client, "GET /a HTTP/1.0\r\n\r\n");
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0)->receive_end += 22;
	reset_with_unread(f, &f->wire.client, 22);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.0 200 OK\r\n\r\nabc");
	fixture_play(f);
	assert_success(client_span(f, "/a"));
	assert_forgotten(f);
}

static void half_closed_and_not_read(void **state)
{
	struct fixture *f = *state;
	uint64_t left_at;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, OVER_HELD, 0)->receive_end += 30;
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	leave(f, &f->wire.client);
	left_at = f->tape.time;
	fixture_play(f);
	assert_error(client_span(f, "/a"), "connection_closed");
	assert_int_equal(client_span(f, "/a")->end, left_at);
	assert_forgotten(f);
}

static void half_closed_and_exited(void **state)
{
	struct fixture *f = *state;
	uint64_t death;

	tape_process(&f->tape, f->wire.client.tgid, "/usr/bin/client");
	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, OVER_HELD, 0)->receive_end += 30;
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	tape_exit(&f->tape, f->wire.client.tgid);
	death = f->tape.time;
	leave(f, &f->wire.client);
	fixture_play(f);
	assert_error(client_span(f, "/a"), "process_exit");
	assert_int_equal(client_span(f, "/a")->end, death);
}

/* Nobody knew of the connection when it was reset. */
static void request_read_after_the_reset(void **state)
{
	struct fixture *f = *state;
	uint64_t left_at;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_LEFT, ECONNRESET);
	left_at = f->tape.time;
	fixture_play(f);
	assert_error(server_span(f, "/a"), "connection_reset");
	assert_int_equal(server_span(f, "/a")->end, left_at);
	assert_forgotten(f);
}

static void next_request_read_after_the_reset(void **state)
{
	struct fixture *f = *state;

	fixture_serve(f, GET("/a"), OK("0", ""));
	reset_with_unread(f, &f->wire.server, strlen(GET("/b")));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_receive(&f->tape, &f->wire.server, GET("/b"));
	tape_wait(&f->tape, NSEC_PER_SEC);
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_success(server_span(f, "/a"));
	assert_error(server_span(f, "/b"), "connection_reset");
	assert_true(duration(server_span(f, "/b")) >= NSEC_PER_SEC);
	assert_forgotten(f);
}

static void next_request_never_read(void **state)
{
	struct fixture *f = *state;

	fixture_serve(f, GET("/a"), OK("0", ""));
	reset_with_unread(f, &f->wire.server, strlen(GET("/b")));
	tape_wait(&f->tape, NSEC_PER_SEC);
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_int_equal(f->spans.count, 1);
	assert_forgotten(f);
}

/* The call that read it was still under way when the reset came: its record follows that of the reset. */
static void request_told_after_the_reset(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	fixture_serve(f, GET("/a"), OK("0", ""));
	gone = tape_state(&f->tape, &f->wire.server, RESET_HELD, ECONNRESET);
	gone->receive_end += strlen(GET("/b"));
	gone->read_end = gone->receive_end;
	tape_receive(&f->tape, &f->wire.server, GET("/b"));
	tape_wait(&f->tape, NSEC_PER_SEC);
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_error(server_span(f, "/b"), "connection_reset");
	assert_true(duration(server_span(f, "/b")) >= NSEC_PER_SEC);
	assert_forgotten(f);
}

static void handler_works_on_after_the_reset(void **state)
{
	struct fixture *f = *state;
	uint64_t left_at;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_state(&f->tape, &f->wire.server, RESET_HELD, ECONNRESET);
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	leave(f, &f->wire.server);
	left_at = f->tape.time;
	fixture_play(f);
	assert_error(server_span(f, "/a"), "connection_reset");
	assert_int_equal(server_span(f, "/a")->end, left_at);
	assert_forgotten(f);
}

static void handler_fails_to_answer(void **state)
{
	struct fixture *f = *state;
	uint64_t refused_at;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_state(&f->tape, &f->wire.server, RESET_HELD, ECONNRESET);
	tape_wait(&f->tape, NSEC_PER_SEC);
	refuse(f, &f->wire.server);
	refused_at = f->tape.time;
	tape_wait(&f->tape, NSEC_PER_SEC);
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_error(server_span(f, "/a"), "connection_reset");
	assert_int_equal(server_span(f, "/a")->end, refused_at);
	assert_forgotten(f);
}

/* What another thread sent before is told only now: the answer was complete. */
static void answer_told_after_a_failed_send(void **state)
{
	struct fixture *f = *state;
	struct record_state *refused;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	refused = tape_state(&f->tape, &f->wire.server, RECORD_STATE_REFUSED, ECONNRESET);
	refused->send_end += strlen(OK("2", "hi"));
	tape_send(&f->tape, &f->wire.server, OK("2", "hi"));
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_success(server_span(f, "/a"));
	assert_forgotten(f);
}

/* A client whose send fails has an answer to read, perhaps. */
static void refusal_before_the_body_was_sent(void **state)
{
	struct fixture *f = *state;

	tape_send(&f->tape, &f->wire.client, "POST /a HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc");
	reset_with_unread(f, &f->wire.client, strlen(OK("0", "")));
	refuse(f, &f->wire.client);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_receive(&f->tape, &f->wire.client, OK("0", ""));
	leave(f, &f->wire.client);
	fixture_play(f);
	assert_success(client_span(f, "/a"));
	assert_forgotten(f);
}

/* Answered, then reset: all the same to who was answered. */
static void reset_after_the_response(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	tape_state(&f->tape, &f->wire.client, RESET_HELD, 0);
	leave(f, &f->wire.client);
	tape_state(&f->tape, &f->wire.server, RESET_HELD, ECONNRESET);
	tape_wait(&f->tape, NSEC_PER_SEC);
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_success(client_span(f, "/a"));
	assert_success(server_span(f, "/a"));
	assert_forgotten(f);
}

/* A health check that has seen the status: it resets the connection before the body is sent. */
static void client_leaves_after_the_head(void **state)
{
	struct fixture *f = *state;
	uint64_t refused_at;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("10", ""));
	tape_state(&f->tape, &f->wire.client, RESET_HELD, 0);
	leave(f, &f->wire.client);
	tape_state(&f->tape, &f->wire.server, RESET_HELD, ECONNRESET);
	refuse(f, &f->wire.server);
	refused_at = f->tape.time;
	leave(f, &f->wire.server);
	fixture_play(f);
	assert_abandoned(client_span(f, "/a"));
	assert_abandoned(server_span(f, "/a"));
	assert_int_equal(server_span(f, "/a")->end, refused_at);
	assert_forgotten(f);
}

/* It has all of it in its socket, and reads the head alone. */
static void client_closes_with_unread_body(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_receive(&f->tape, &f->wire.client, OK("10", ""));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0)->receive_end += 10;
	gone = tape_state(&f->tape, &f->wire.client, RESET_HELD, 0);
	gone->receive_end += 10;
	leave(f, &f->wire.client);
	fixture_play(f);
	assert_abandoned(client_span(f, "/a"));
	assert_forgotten(f);
}

/* The server closed too early, in order: nobody has left. */
static void server_cuts_its_response(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("10", "abc"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
	fixture_play(f);
	assert_error(client_span(f, "/a"), "connection_closed");
	assert_error(server_span(f, "/a"), "connection_closed");
}

/* Positions of our own (MPTCP before Linux 6.15) do not tell what has arrived: the peer's FIN comes first. */
static void unknown_answer_then_close(struct fixture *f, const char *answer)
{
	f->wire.client.flags = RECORD_DATA_OWN_POSITIONS;
	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0)->receive_end = 0;
	tape_wait(&f->tape, NSEC_PER_SEC);
	if (answer)
		tape_receive(&f->tape, &f->wire.client, answer);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0)->receive_end = 0;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0)->receive_end = 0;
	fixture_play(f);
	assert_forgotten(f);
}

static void unknown_answer_with_length(void **state)
{
	struct fixture *f = *state;

	unknown_answer_then_close(f, OK("2", "hi"));
	assert_success(client_span(f, "/a"));
}

static void unknown_answer_until_close(void **state)
{
	struct fixture *f = *state;

	unknown_answer_then_close(f, "HTTP/1.1 200 OK\r\n\r\nhello");
	assert_success(client_span(f, "/a"));
	assert_int_equal(span_attribute(client_span(f, "/a"), "http.response.body.size")->integer, 5);
}

static void unknown_answer_that_was_none(void **state)
{
	struct fixture *f = *state;

	unknown_answer_then_close(f, NULL);
	assert_error(client_span(f, "/a"), "connection_closed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(response_read_long_after_a_reset),
		TEST(response_not_read_after_a_reset),
		cmocka_unit_test(response_cut_by_a_reset),
		TEST(response_whole_by_a_fin_before_the_reset),
		TEST(half_closed_and_not_read),
		TEST(half_closed_and_exited),
		TEST(request_read_after_the_reset),
		TEST(next_request_read_after_the_reset),
		TEST(next_request_never_read),
		TEST(request_told_after_the_reset),
		TEST(handler_works_on_after_the_reset),
		TEST(handler_fails_to_answer),
		TEST(answer_told_after_a_failed_send),
		TEST(refusal_before_the_body_was_sent),
		TEST(reset_after_the_response),
		TEST(client_leaves_after_the_head),
		TEST(client_closes_with_unread_body),
		TEST(server_cuts_its_response),
		TEST(unknown_answer_with_length),
		TEST(unknown_answer_until_close),
		TEST(unknown_answer_that_was_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
