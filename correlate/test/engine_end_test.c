// SPDX-License-Identifier: Apache-2.0
/* How exchanges end where no response does it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

static void close_delimited_at_server(void **state)
{
	struct fixture *f = *state;
	uint64_t last_byte;

	fixture_serve(f, "GET /a HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc");
	tape_send(&f->tape, &f->wire.server, "def");
	last_byte = f->tape.time;
	tape_wait(&f->tape, NSEC_PER_MSEC);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(server_span(f, "/a")->end, last_byte);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
}

/* The peer's FIN comes before the application has read everything. */
static void close_delimited_at_client(void **state)
{
	struct fixture *f = *state;
	struct record_state *fin;

	tape_send(&f->tape, &f->wire.client, "GET /a HTTP/1.0\r\n\r\n");
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.0 200 OK\r\n\r\nabc");
	fin = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	fin->receive_end += 3;
	tape_receive(&f->tape, &f->wire.client, "def");
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(client_span(f, "/a")->end, f->tape.time);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
}

static void reset_in_mid_response(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("10", "hi"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, 0);
	fixture_play(f);
	assert_no_loss(f);
	assert_error(client_span(f, "/a"), "connection_reset");
	assert_int_equal(status_of(client_span(f, "/a")), 200);
	assert_error(server_span(f, "/a"), "connection_reset");
}

static void server_closes_without_answer(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED, 0);
	fixture_play(f);
	assert_no_loss(f);
	assert_error(client_span(f, "/a"), "connection_closed");
	assert_error(server_span(f, "/a"), "connection_closed");
}

/* shutdown(SHUT_WR): the response still comes. */
static void client_closes_its_half(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_PEER_CLOSED, 0);
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
}

/* A half-closed client that takes its time: the connection is over before it has read its answer. */
static void answer_read_after_the_end(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, "GET /a HTTP/1.0\r\n\r\n");
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED, 0);
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.0 200 OK\r\n\r\nabc");
	gone = tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	gone->receive_end += 3;
	tape_wait(&f->tape, 10 * NSEC_PER_SEC);
	tape_receive(&f->tape, &f->wire.client, "def");
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(client_span(f, "/a")->end, f->tape.time);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
}

/* What arrived and was never read is no loss. */
static void response_not_read(void **state)
{
	struct fixture *f = *state;
	struct record_state *gone;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	gone = tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET, 0);
	gone->receive_end += 50;
	fixture_play(f);
	assert_no_loss(f);
	assert_error(client_span(f, "/a"), "connection_reset");
}

static void connection_times_out(void **state)
{
	struct fixture *f = *state;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE, ETIMEDOUT);
	fixture_play(f);
	assert_error(client_span(f, "/a"), "connection_timeout");
}

static void process_dies(void **state)
{
	struct fixture *f = *state;
	uint64_t death;

	tape_process(&f->tape, 200, "/usr/bin/server");
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_exit(&f->tape, 200);
	death = f->tape.time;
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	fixture_play(f);
	assert_error(server_span(f, "/a"), "process_exit");
	assert_int_equal(server_span(f, "/a")->end, death);
	assert_error(client_span(f, "/a"), "connection_reset");
}

static void process_dies_after_its_connection(void **state)
{
	struct fixture *f = *state;

	tape_process(&f->tape, 200, "/usr/bin/server");
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	tape_wait(&f->tape, 10 * NSEC_PER_MSEC);
	tape_exit(&f->tape, 200);
	fixture_play(f);
	assert_error(server_span(f, "/a"), "connection_reset");
}

/* What the server did meanwhile took its time. */
static void client_gives_up_before_the_server_does(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_wait(&f->tape, 10 * NSEC_PER_MSEC);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_wait(&f->tape, 20 * NSEC_PER_MSEC);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_true(duration(client_span(f, "/a")) < 11 * NSEC_PER_MSEC);
	assert_true(duration(server_span(f, "/a")) > 30 * NSEC_PER_MSEC);
}

static void process_dies_and_its_close_is_lost(void **state)
{
	struct fixture *f = *state;

	tape_process(&f->tape, 200, "/usr/bin/server");
	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_exit(&f->tape, 200);
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	fixture_play(f);
	assert_error(server_span(f, "/a"), "process_exit");
}

/* The socket lives on in the child. */
static void process_dies_but_its_child_has_the_socket(void **state)
{
	struct fixture *f = *state;

	tape_process(&f->tape, 200, "/usr/bin/server");
	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_fork(&f->tape, 200, 201);
	tape_exit(&f->tape, 200);
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	f->wire.server.tgid = f->wire.server.tid = 201;
	tape_send(&f->tape, &f->wire.server, OK("2", "hi"));
	fixture_play(f);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
}

static void worker_is_its_own_resource(void **state)
{
	struct fixture *f = *state;
	const struct span *span;

	tape_process(&f->tape, 150, "/usr/bin/server");
	tape_fork(&f->tape, 150, 200);
	fixture_serve(f, GET("/a"), OK("0", ""));
	fixture_play(f);
	span = server_span(f, "/a");
	assert_int_equal(span->resource->pid, 200);
	assert_memory_equal(span->resource->service_name.data, "server", span->resource->service_name.length);
}

static int setup_timeout(void **state)
{
	return fixture_setup_with(state, NSEC_PER_SEC);
}

static void request_times_out(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_serve(f, GET("/b"), "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
	fixture_play(f);
	assert_int_equal(f->spans.count, 2);
	assert_error(server_span(f, "/a"), "timeout");
	assert_int_equal(duration(server_span(f, "/a")), NSEC_PER_SEC);
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_LATE), 1);
	assert_int_equal(status_of(server_span(f, "/b")), 404);
}

static void event_streams_stay_open(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/events"));
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 30; i++) {
		tape_wait(&f->tape, NSEC_PER_SEC);
		tape_send(&f->tape, &f->wire.server, "3\r\nabc\r\n");
	}
	tape_send(&f->tape, &f->wire.server, "0\r\n\r\n");
	fixture_play(f);
	assert_no_loss(f);
	assert_true(duration(server_span(f, "/events")) > 30 * NSEC_PER_SEC);
}

static void open_at_the_end(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	fixture_play(f);
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 0);
	assert_int_equal(fixture_loss(f, LOSS_OPEN_AT_EXIT), 1);
}

/* The bytes say who serves, whoever connected. */
static void roles_by_bytes(void **state)
{
	struct fixture *f = *state;

	f->wire.server.connection.role = RECORD_ROLE_CLIENT;
	f->wire.client.connection.role = RECORD_ROLE_UNKNOWN;
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_memory_equal(server_span(f, "/a")->parent_span_id, client_span(f, "/a")->span_id, 8);
}

static void malformed_records(void **state)
{
	struct fixture *f = *state;
	struct record_data *record = tape_receive(&f->tape, &f->wire.server, GET("/a"));

	assert_int_equal(engine_record(f->engine, record, 16), -EBADMSG);
	assert_int_equal(engine_record(f->engine, record, record->header.size - 8), -EBADMSG);
	record->length--;
	assert_int_equal(engine_record(f->engine, record, record->header.size), -EBADMSG);
	assert_int_equal(fixture_loss(f, LOSS_RECORD_MALFORMED), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(close_delimited_at_server),
		TEST(close_delimited_at_client),
		TEST(reset_in_mid_response),
		TEST(server_closes_without_answer),
		TEST(client_closes_its_half),
		TEST(answer_read_after_the_end),
		TEST(response_not_read),
		TEST(connection_times_out),
		TEST(process_dies),
		TEST(process_dies_after_its_connection),
		TEST(client_gives_up_before_the_server_does),
		TEST(process_dies_and_its_close_is_lost),
		TEST(process_dies_but_its_child_has_the_socket),
		TEST(worker_is_its_own_resource),
		cmocka_unit_test_setup_teardown(request_times_out, setup_timeout, fixture_teardown),
		TEST(event_streams_stay_open),
		TEST(open_at_the_end),
		TEST(roles_by_bytes),
		TEST(malformed_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
