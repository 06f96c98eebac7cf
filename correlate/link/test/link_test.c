// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define TRACED(path, parent_id) \
	"GET " path " HTTP/1.1\r\nHost: h\r\ntraceparent: 00-" TRACE_ID "-" parent_id "-01\r\ntracestate: a=1\r\n\r\n"

static void assert_remote(const struct span *span, const char *parent_id)
{
	char text[17];

	for (int i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", span->parent_span_id[i]);
	assert_string_equal(text, parent_id);
	assert_int_equal(span->trace_id[0], 0x4b);
	assert_int_equal(span->flags, 0x301);
	assert_int_equal(span->trace_state.length, 3);
	assert_evidence(span, "header");
}

static void whole_chain(void **state)
{
	struct link_fixture *f = *state;
	const struct span *root, *front, *call, *back;

	tape_request(&f->tape, &f->first, GET("/a"));
	call_back_end(f, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	root = span_of(f, SPAN_KIND_CLIENT, "/a");
	front = span_of(f, SPAN_KIND_SERVER, "/a");
	call = span_of(f, SPAN_KIND_CLIENT, "/b");
	back = span_of(f, SPAN_KIND_SERVER, "/b");
	assert_evidence(root, NULL);
	assert_int_equal(root->flags, 0x03);
	assert_child(front, root, "connection");
	assert_int_equal(front->flags, 0x303);
	assert_child(call, front, "thread");
	assert_int_equal(call->flags, 0x103);
	assert_child(back, call, "connection");
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), front, "thread");
}

/* The client has gone, but its request is being worked on; the thread goes on to another's then. */
static void calls_after_the_reset(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_state(&f->tape, &f->first.server, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_HELD, ECONNRESET);
	tape_wait(&f->tape, NSEC_PER_SEC);
	call_back_end(f, GET("/b"));
	tape_state(&f->tape, &f->first.server, RECORD_STATE_GONE | RECORD_STATE_LEFT, 0);
	tape_receive(&f->tape, &f->second.server, GET("/c"));
	call_back_end(f, GET("/d"));
	tape_send(&f->tape, &f->second.server, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/b"), span_of(f, SPAN_KIND_SERVER, "/a"), "thread");
	assert_true(span_of(f, SPAN_KIND_SERVER, "/a")->end > span_of(f, SPAN_KIND_CLIENT, "/b")->end);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/d"), span_of(f, SPAN_KIND_SERVER, "/c"), "thread");
}

/* A send that fails ends it, whenever its thread gets to close the connection. */
static void calls_after_a_failed_answer(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_state(&f->tape, &f->first.server, RECORD_STATE_GONE | RECORD_STATE_RESET | RECORD_STATE_HELD, ECONNRESET);
	tape_state(&f->tape, &f->first.server, RECORD_STATE_REFUSED, 0);
	tape_receive(&f->tape, &f->second.server, GET("/c"));
	call_back_end(f, GET("/d"));
	tape_send(&f->tape, &f->second.server, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/d"), span_of(f, SPAN_KIND_SERVER, "/c"), "thread");
}

/* The wall clock is set back while the spans of one trace are delivered. */
static void children_stay_inside(void **state)
{
	struct link_fixture *f = *state;
	const struct span *root, *call;

	tape_clock(&f->tape, 10 * NSEC_PER_SEC);
	tape_request(&f->tape, &f->first, GET("/a"));
	call_back_end(f, GET("/b"));
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_exit(&f->tape, 1);
	tape_clock(&f->tape, 0);
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	root = span_of(f, SPAN_KIND_CLIENT, "/a");
	call = span_of(f, SPAN_KIND_CLIENT, "/b");
	assert_true(root->start <= call->start && call->end <= root->end);
	call = span_of(f, SPAN_KIND_CLIENT, "/c");
	assert_true(root->start <= call->start && call->end <= root->end);
	assert_in_range(root->end - root->start, NSEC_PER_SEC, NSEC_PER_SEC + NSEC_PER_MSEC);
}

static void two_open_requests_on_one_thread(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->first, OK);
	/* Now only one is left. */
	call_back_end(f, GET("/d"));
	tape_response(&f->tape, &f->second, OK);
	call_back_end(f, GET("/e"));
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/c"), NULL);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/d"), span_of(f, SPAN_KIND_SERVER, "/b"), "thread");
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/e"), NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

static void two_threads(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.tid = 201;
	f->second.server.tid = 202;
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_request(&f->tape, &f->second, GET("/b"));
	f->back.client.tid = 202;
	call_back_end(f, GET("/c"));
	f->back.client.tid = 203;
	call_back_end(f, GET("/d"));
	tape_response(&f->tape, &f->first, OK);
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), span_of(f, SPAN_KIND_SERVER, "/b"), "thread");
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/d"), NULL);
}

static void another_thread_answers(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->first.server.tid = 201;
	tape_response(&f->tape, &f->first, OK);
	/* Looks like the cause, but may be anyone's. */
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/c"), NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

static void header_from_elsewhere(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, TRACED("/a", "00f067aa0ba902b7"));
	call_back_end(f, GET("/b"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_remote(span_of(f, SPAN_KIND_SERVER, "/a"), "00f067aa0ba902b7");
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/b"), span_of(f, SPAN_KIND_SERVER, "/a"), "thread");
}

static void client_span_stands_between(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, TRACED("/a", "00f067aa0ba902b7"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_remote(span_of(f, SPAN_KIND_CLIENT, "/a"), "00f067aa0ba902b7");
	assert_child(span_of(f, SPAN_KIND_SERVER, "/a"), span_of(f, SPAN_KIND_CLIENT, "/a"), "connection");
}

static void forwarded_context(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, TRACED("/a", "00f067aa0ba902b7"));
	call_back_end(f, TRACED("/same", "00f067aa0ba902b7"));
	call_back_end(f, TRACED("/own", "1111111111111111"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/same"), span_of(f, SPAN_KIND_SERVER, "/a"), "thread");
	assert_remote(span_of(f, SPAN_KIND_CLIENT, "/own"), "1111111111111111");
}

static void address_translation(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.connection.remote_address[0] = 172;
	f->first.server.connection.remote_port = 61000;
	f->first.server.connection.local_address[0] = 192;
	f->first.server.connection.netns = 2;
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_SERVER, "/a"), span_of(f, SPAN_KIND_CLIENT, "/a"), "connection");
}

/* Two pairs of namespaces, the same four addresses and ports. */
static void equal_addresses(void **state)
{
	struct link_fixture *f = *state;
	struct record_connection *client = &f->second.client.connection, *server = &f->second.server.connection;

	client->local_port = server->remote_port = f->first.client.connection.local_port;
	client->netns = server->netns = 2;
	tape_send(&f->tape, &f->first.client, GET("/a"));
	tape_send(&f->tape, &f->second.client, GET("/b"));
	tape_receive(&f->tape, &f->second.server, GET("/b"));
	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_response(&f->tape, &f->second, OK);
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_SERVER, "/a"), span_of(f, SPAN_KIND_CLIENT, "/a"), "connection");
	assert_child(span_of(f, SPAN_KIND_SERVER, "/b"), span_of(f, SPAN_KIND_CLIENT, "/b"), "connection");
}

/* Senders of so many requests that the chain is not looked through: any of the others might be the one. */
static void too_many_senders(void **state)
{
	struct link_fixture *f = *state;
	uint64_t other_position = f->first.client.position[RECORD_RECEIVE];

	f->first.server.connection.remote_port = 61000;
	for (unsigned int i = 0; i < 70; i++) {
		struct wire wire = f->first;

		wire.client.connection.cookie += 100 * (i + 1);
		wire.client.position[RECORD_RECEIVE] = other_position + (i == 0 || i == 69 ? 0 : i);
		tape_send(&f->tape, &wire.client, i == 69 ? GET("/a") : GET("/b"));
	}
	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/a"), NULL);
}

static void own_positions_prove_nothing(void **state)
{
	struct link_fixture *f = *state;

	f->first.client.flags = f->first.server.flags = RECORD_DATA_OWN_POSITIONS;
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/a"), NULL);
}

/* Nobody knows when the send began that ended after its bytes were read: no later than they were. */
static void send_of_unknown_begin(void **state)
{
	static const char request[] = GET("/a");
	struct link_fixture *f = *state;
	const struct record_data *read;
	struct record_data *sent;
	const struct span *client;

	read = tape_receive(&f->tape, &f->first.server, request);
	sent = tape_send(&f->tape, &f->first.client, request);
	sent->begin = sent->header.time;
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	client = span_of(f, SPAN_KIND_CLIENT, "/a");
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/a"), "connection");
	assert_int_equal(client->start, span_of(f, SPAN_KIND_SERVER, "/a")->start);
	assert_true(read->header.time < sent->header.time);
}

/* The same of the answer: what was read had been sent. */
static void answer_of_unknown_begin(void **state)
{
	struct link_fixture *f = *state;
	const struct record_data *read;
	struct record_data *sent;

	tape_request(&f->tape, &f->first, GET("/a"));
	read = tape_receive(&f->tape, &f->first.client, OK);
	sent = tape_send(&f->tape, &f->first.server, OK);
	sent->begin = sent->header.time;
	tape_play(&f->tape, f->engine);
	assert_true(read->header.time < sent->header.time);
	assert_evidence(span_of(f, SPAN_KIND_SERVER, "/a"), "connection");
	assert_int_equal(span_of(f, SPAN_KIND_SERVER, "/a")->end, span_of(f, SPAN_KIND_CLIENT, "/a")->end);
}

/* A blocking upload: the sender's record comes when the server has long read the head. */
static void slow_upload(void **state)
{
	static const char head[] = "POST /up HTTP/1.1\r\nContent-Length: 1000\r\n\r\n";
	static char request[sizeof(head) - 1 + 1000];
	struct link_fixture *f = *state;
	struct record_data *sent;
	uint64_t begin;

	memcpy(request, head, sizeof(head) - 1);
	begin = f->tape.time + 1;
	tape_move(&f->tape, &f->first.server, RECORD_RECEIVE, request, 543, 543, 0);
	tape_wait(&f->tape, 5 * NSEC_PER_SEC);
	tape_move(&f->tape, &f->first.server, RECORD_RECEIVE, request + 543, sizeof(request) - 543, 0, 0);
	sent = tape_move(&f->tape, &f->first.client, RECORD_SEND, request, sizeof(request), 543, 0);
	sent->begin = begin;
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_SERVER, "/up"), span_of(f, SPAN_KIND_CLIENT, "/up"), "connection");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, link_setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_chain),
		TEST(calls_after_the_reset),
		TEST(calls_after_a_failed_answer),
		TEST(children_stay_inside),
		TEST(two_open_requests_on_one_thread),
		TEST(two_threads),
		TEST(another_thread_answers),
		TEST(header_from_elsewhere),
		TEST(client_span_stands_between),
		TEST(forwarded_context),
		TEST(address_translation),
		TEST(equal_addresses),
		TEST(too_many_senders),
		TEST(own_positions_prove_nothing),
		TEST(send_of_unknown_begin),
		TEST(answer_of_unknown_begin),
		TEST(slow_upload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
