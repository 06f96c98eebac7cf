// SPDX-License-Identifier: Apache-2.0
/* Records lost, or still to come, when a connection ends. */
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

#define POST(path, length, body) "POST " path " HTTP/1.1\r\nContent-Length: " length "\r\n\r\n" body

/* The last records were lost: the state alone tells that there was an answer. */
static void last_response_lost(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	f->wire.server.position[RECORD_SEND] += 50;
	f->wire.client.position[RECORD_RECEIVE] += 50;
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_int_equal(f->spans.count, 0);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 2);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
}

/* What is lost is content, whose length is known. */
static void end_of_last_response_lost(void **state)
{
	struct fixture *f = *state;
	uint64_t last_byte;

	fixture_serve(f, GET("/a"), OK("50", "0123456789"));
	last_byte = f->tape.time;
	f->wire.server.position[RECORD_SEND] += 40;
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
	assert_int_equal(server_span(f, "/a")->end, last_byte);
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
}

/* Both ends lost the record of the content's end; only their states tell of it. */
static void end_of_unanswered_request_lost(void **state)
{
	struct fixture *f = *state;
	uint64_t closed;

	tape_request(&f->tape, &f->wire, POST("/a", "10", "abc"));
	f->wire.client.position[RECORD_SEND] += 7;
	f->wire.server.position[RECORD_RECEIVE] += 7;
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	closed = f->tape.time;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 2);
	assert_error(client_span(f, "/a"), "connection_closed");
	assert_int_equal(client_span(f, "/a")->end, closed);
	assert_string_attribute(client_span(f, "/a"), "wirespan.loss", "stream_gap");
	assert_error(server_span(f, "/a"), "connection_closed");
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
}

/* Answered before all of it was sent. */
static void end_of_answered_request_lost(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, POST("/a", "10", "abc"));
	tape_response(&f->tape, &f->wire, OK("2", "no"));
	f->wire.client.position[RECORD_SEND] += 7;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 1);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
	assert_string_attribute(client_span(f, "/a"), "wirespan.loss", "stream_gap");
}

/* The peer's FIN arrives during the send: the record of the FIN precedes the send's. */
static void closed_during_the_send(void **state)
{
	struct fixture *f = *state;
	struct record_state *fin;

	tape_send(&f->tape, &f->wire.client, POST("/a", "10", "abc"));
	fin = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	fin->send_end += 7;
	tape_send(&f->tape, &f->wire.client, "0123456");
	fixture_play(f);
	assert_no_loss(f);
	assert_error(client_span(f, "/a"), "connection_closed");
	assert_int_equal(client_span(f, "/a")->end, fin->header.time);
	assert_int_equal(span_attribute(client_span(f, "/a"), "http.request.body.size")->integer, 10);
}

/* Its answer lasts until the close and is read when the connection has long been over. */
static void end_of_request_lost_and_answer_read_late(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, POST("/a", "10", "abc"));
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.0 200 OK\r\n\r\nabc");
	f->wire.client.position[RECORD_SEND] += 7;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	gone = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	gone->receive_end += 3;
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	f->wire.client.position[RECORD_SEND] -= 7;
	tape_receive(&f->tape, &f->wire.client, "def");
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 1);
	assert_int_equal(client_span(f, "/a")->end, f->tape.time);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
	assert_string_attribute(client_span(f, "/a"), "wirespan.loss", "stream_gap");
}

/* What follows a loss still waits when the connection is over, and the client has yet to read its answer. */
static void answer_read_after_a_loss_and_the_end(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_receive(&f->tape, &f->wire.client, OK("0", ""));
	f->wire.client.position[RECORD_SEND] += 30;
	f->wire.client.position[RECORD_RECEIVE] += 30;
	tape_send(&f->tape, &f->wire.client, GET("/b"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	gone = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	gone->receive_end += strlen(OK("2", "hi"));
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_receive(&f->tape, &f->wire.client, OK("2", "hi"));
	fixture_play(f);
	assert_int_equal(client_span(f, "/b")->error_type.length, 0);
	assert_int_equal(status_of(client_span(f, "/b")), 200);
	assert_int_equal(client_span(f, "/b")->end, f->tape.time);
}

/* Nothing of it is kept where what waited was no request. */
static void nothing_open_after_a_loss_and_the_end(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	f->wire.client.position[RECORD_SEND] += 30;
	tape_receive(&f->tape, &f->wire.client, OK("0", ""));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	gone = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE | RECORD_STATE_HELD, 0);
	gone->receive_end += 5;
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
	fixture_play(f);
	assert_int_equal(hashmap_count(f->engine->connections), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(last_response_lost),
		TEST(end_of_last_response_lost),
		TEST(end_of_unanswered_request_lost),
		TEST(end_of_answered_request_lost),
		TEST(closed_during_the_send),
		TEST(end_of_request_lost_and_answer_read_late),
		TEST(answer_read_after_a_loss_and_the_end),
		TEST(nothing_open_after_a_loss_and_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
