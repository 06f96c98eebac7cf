// SPDX-License-Identifier: Apache-2.0
/* Requests find their responses, and spans say what happened. */
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

static void plain_exchange(void **state)
{
	struct fixture *f = *state;
	const struct span *client, *server;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	client = span_list_find(&f->spans, SPAN_KIND_CLIENT, "/a");
	server = span_list_find(&f->spans, SPAN_KIND_SERVER, "/a");
	assert_non_null(client);
	assert_non_null(server);
	assert_int_equal(status_of(client), 200);
	assert_int_equal(status_of(server), 200);
	assert_int_equal(client->resource->pid, 100);
	assert_int_equal(server->resource->pid, 200);
	assert_memory_equal(server->parent_span_id, client->span_id, 8);
	assert_memory_equal(server->trace_id, client->trace_id, 16);
	assert_string_attribute(server, "wirespan.link.evidence", "connection");
	assert_true(client->start <= server->start && server->end <= client->end);
}


static void receiver_first_in_ring(void **state)
{
	struct fixture *f = *state;
	struct record_data *sent, *read;
	struct record_header *moved;

	sent = tape_send(&f->tape, &f->wire.client, GET("/a"));
	read = tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	/* The server's thread returned from its call before the client's did. */
	sent->header.time = read->header.time + 1000;
	moved = f->tape.records[0];
	f->tape.records[0] = f->tape.records[1];
	f->tape.records[1] = moved;
	fixture_play(f);
	assert_no_loss(f);
	assert_memory_equal(server_span(f, "/a")->parent_span_id, client_span(f, "/a")->span_id, 8);
}

static void server_inside_client(void **state)
{
	struct fixture *f = *state;
	const struct span *client, *server;
	struct record_data *sent;

	tape_request(&f->tape, &f->wire, GET("/a"));
	sent = tape_send(&f->tape, &f->wire.server, OK("2", "hi"));
	tape_receive(&f->tape, &f->wire.client, OK("2", "hi"));
	/* The client had read it all before the server's call returned. */
	sent->header.time = f->tape.time + 5000;
	fixture_play(f);
	client = client_span(f, "/a");
	server = server_span(f, "/a");
	assert_true(client->start <= server->start && server->end <= client->end && server->start <= server->end);
}

static void records_of_one_connection_out_of_order(void **state)
{
	struct fixture *f = *state;
	struct record_header *moved;

	tape_receive(&f->tape, &f->wire.server, "POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\n");
	tape_receive(&f->tape, &f->wire.server, "ab");
	tape_receive(&f->tape, &f->wire.server, "cd");
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_serve(f, GET("/b"), OK("1", "x"));
	moved = f->tape.records[1];
	f->tape.records[1] = f->tape.records[3];
	f->tape.records[3] = moved;
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
}

static void repeated_records_change_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_serve(f, GET("/a"), OK("2", "hi"));
	fixture_serve(f, GET("/b"), OK("2", "hi"));
	for (size_t i = 0; i < f->tape.count; i++) {
		engine_record(f->engine, f->tape.records[i], f->tape.records[i]->size);
		engine_record(f->engine, f->tape.records[i], f->tape.records[i]->size);
	}
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(fixture_loss(f, LOSS_STREAM_OVERLAP), 4);
}

static void pipelined(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/1") GET("/2") GET("/3"));
	tape_response(&f->tape, &f->wire, OK("1", "a"));
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n" OK("0", ""));
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n" OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 6);
	assert_int_equal(status_of(server_span(f, "/2")), 404);
	assert_int_equal(status_of(client_span(f, "/3")), 200);
	assert_memory_equal(server_span(f, "/3")->parent_span_id, client_span(f, "/3")->span_id, 8);
}

static void too_many_pipelined(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 300; i++)
		tape_receive(&f->tape, &f->wire.server, GET("/x"));
	fixture_play(f);
	assert_int_equal(f->spans.count, 0);
	assert_int_equal(fixture_loss(f, LOSS_PIPELINE_LIMIT), 1);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 299);
}

static void head_byte_by_byte(void **state)
{
	static const char head[] = "POST /slow HTTP/1.1\r\nContent-Length: 1\r\n\r\nx";
	struct fixture *f = *state;
	uint64_t first = 0;

	for (size_t i = 0; head[i]; i++) {
		char text[2] = { head[i], 0 };

		tape_receive(&f->tape, &f->wire.server, text);
		first = first ? first : f->tape.time;
	}
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(server_span(f, "/slow")->start, first);
}

static void body_of_which_little_is_copied(void **state)
{
	static char body[100000];
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 199959\r\n\r\n";
	struct fixture *f = *state;

	memcpy(body, head, sizeof(head) - 1);
	tape_receive(&f->tape, &f->wire.server, GET("/big"));
	tape_move(&f->tape, &f->wire.server, RECORD_SEND, body, sizeof(body), 4096, 64);
	/* sendfile */
	tape_move(&f->tape, &f->wire.server, RECORD_SEND, body, sizeof(body), 0, 0);
	tape_move(&f->tape, &f->wire.server, RECORD_SEND, body, sizeof(head) - 1 - 41, 0, 0);
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(duration(server_span(f, "/big")), 3 * TAPE_STEP);
}

/* The kernel has counted them; the same of a head whose end alone is spliced away it has not. */
static void messages_spliced_away_are_counted_once(void **state)
{
	static const char request[] = GET("/a"), response[] = OK("0", "");
	const uint32_t request_size = sizeof(request) - 1, response_size = sizeof(response) - 1;
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, request, request_size, 0, 0);
		tape_move(&f->tape, &f->wire.server, RECORD_SEND, response, response_size, 0, 0);
	}
	fixture_serve(f, GET("/b"), response);
	fixture_play(f);
	assert_int_equal(f->spans.count, 1);
	assert_no_loss(f);
	server_span(f, "/b");

	tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, request, 10, 10, 0);
	tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, request, request_size - 10, 0, 0);
	fixture_play(f);
	assert_int_equal(fixture_loss(f, LOSS_HEAD_TRUNCATED), 1);
}

static void lost_body_record(void **state)
{
	struct fixture *f = *state;
	const struct attribute *lost;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_send(&f->tape, &f->wire.server, OK("6", "ab"));
	tape_send(&f->tape, &f->wire.server, "cd");
	tape_send(&f->tape, &f->wire.server, "ef");
	fixture_serve(f, GET("/b"), OK("0", ""));
	free(f->tape.records[2]);
	f->tape.records[2] = NULL;
	fixture_play(f);
	assert_int_equal(f->spans.count, 2);
	lost = span_attribute(server_span(f, "/a"), "wirespan.loss");
	assert_non_null(lost);
	assert_int_equal(lost->type, ATTRIBUTE_STRING_ARRAY);
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
	assert_null(span_attribute(server_span(f, "/b"), "wirespan.loss"));
	assert_int_equal(fixture_loss(f, LOSS_STREAM_GAP), 1);
}

static void lost_end_of_chunked_body(void **state)
{
	struct fixture *f = *state;
	uint64_t last_seen;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
	last_seen = f->tape.time;
	tape_send(&f->tape, &f->wire.server, "0\r\n\r\n");
	fixture_serve(f, GET("/b"), OK("0", ""));
	free(f->tape.records[2]);
	f->tape.records[2] = NULL;
	fixture_play(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(server_span(f, "/a")->end, last_seen);
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
	assert_int_equal(server_span(f, "/a")->status, SPAN_STATUS_UNSET);
	assert_int_equal(status_of(server_span(f, "/b")), 200);
}

static void interim_responses(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	tape_response(&f->tape, &f->wire, "HTTP/1.1 100 Continue\r\n\r\n");
	tape_request(&f->tape, &f->wire, "hi");
	tape_response(&f->tape, &f->wire, OK("0", ""));
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_response(&f->tape, &f->wire, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
	assert_int_equal(status_of(server_span(f, "/b")), 404);
}

static void upgrade_ends_with_101(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
	tape_response(&f->tape, &f->wire, "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
	tape_request(&f->tape, &f->wire, GET("/inside"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(status_of(server_span(f, "/ws")), 101);
}

static void head_has_no_body(void **state)
{
	struct fixture *f = *state;

	fixture_serve(f, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	fixture_serve(f, GET("/b"), "HTTP/1.1 304 N\r\nContent-Length: 1000\r\n\r\n");
	fixture_serve(f, GET("/c"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 3);
}

static void attached_late(void **state)
{
	struct fixture *f = *state;

	f->wire.server.flags = f->wire.client.flags = RECORD_DATA_LATE;
	tape_request(&f->tape, &f->wire, GET("/body-or-head"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_response(&f->tape, &f->wire, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
	fixture_play(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
	assert_int_equal(status_of(client_span(f, "/b")), 404);
	assert_int_equal(fixture_loss(f, LOSS_ATTACHED_LATE), 2);
	assert_memory_equal(server_span(f, "/a")->parent_span_id, client_span(f, "/a")->span_id, 8);
}

/* ... in the middle of an upload whose content looks like requests. */
static void attached_late_in_a_body(void **state)
{
	struct fixture *f = *state;

	f->wire.server.flags = RECORD_DATA_LATE;
	tape_receive(&f->tape, &f->wire.server, GET("/evil"));
	tape_receive(&f->tape, &f->wire.server, GET("/evil"));
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_serve(f, GET("/a"), OK("0", ""));
	fixture_play(f);
	assert_int_equal(f->spans.count, 1);
	server_span(f, "/a");
}

/* A body that came after its answer, and the next request in the same read. */
static void the_end_of_a_body_is_no_method(void **state)
{
	struct fixture *f = *state;

	f->wire.server.flags = RECORD_DATA_LATE;
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	tape_receive(&f->tape, &f->wire.server, "body" GET("/evil"));
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	fixture_serve(f, GET("/a"), OK("0", ""));
	fixture_play(f);
	assert_int_equal(f->spans.count, 1);
	assert_string_attribute(server_span(f, "/a"), "http.request.method", "GET");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_exchange),
		TEST(receiver_first_in_ring),
		TEST(server_inside_client),
		TEST(records_of_one_connection_out_of_order),
		TEST(repeated_records_change_nothing),
		TEST(pipelined),
		TEST(too_many_pipelined),
		TEST(head_byte_by_byte),
		TEST(body_of_which_little_is_copied),
		TEST(messages_spliced_away_are_counted_once),
		TEST(lost_body_record),
		TEST(lost_end_of_chunked_body),
		TEST(interim_responses),
		TEST(upgrade_ends_with_101),
		TEST(head_has_no_body),
		TEST(attached_late),
		TEST(attached_late_in_a_body),
		TEST(the_end_of_a_body_is_no_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
