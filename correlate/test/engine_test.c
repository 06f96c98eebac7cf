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

#include "base/clock.h"
#include "correlate/engine.h"
#include "correlate/test/record_builder.h"

struct fixture {
	struct tape tape;
	struct wire wire;
	struct span_list spans;
	struct engine *engine;
};

static int setup_with(void **state, uint64_t request_timeout)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct engine_options options = { .seed = 1, .request_timeout = request_timeout };

	assert_non_null(f);
	tape_init(&f->tape);
	wire_init(&f->wire, 1);
	options.sink = span_list_sink(&f->spans);
	f->engine = engine_new(&options);
	assert_non_null(f->engine);
	*state = f;
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, 0);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	engine_free(f->engine);
	span_list_done(&f->spans);
	tape_done(&f->tape);
	free(f);
	return 0;
}

static void play(struct fixture *f)
{
	tape_play(&f->tape, f->engine);
}

static uint64_t loss(const struct fixture *f, enum loss which)
{
	return engine_losses(f->engine)->count[which];
}

static void assert_no_loss(const struct fixture *f)
{
	for (enum loss which = 0; which < LOSS_COUNT; which++)
		if (loss(f, which))
			fail_msg("%s is %lu", loss_name(which), (unsigned long)loss(f, which));
}

static int64_t status_of(const struct span *span)
{
	const struct attribute *attribute = span_attribute(span, "http.response.status_code");

	return attribute ? attribute->integer : 0;
}

static void assert_error(const struct span *span, const char *error_type)
{
	assert_non_null(span);
	assert_int_equal(span->status, SPAN_STATUS_ERROR);
	assert_int_equal(span->error_type.length, strlen(error_type));
	assert_memory_equal(span->error_type.data, error_type, strlen(error_type));
}

static void assert_string_attribute(const struct span *span, const char *key, const char *value)
{
	const struct attribute *attribute = span_attribute(span, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->string.length, strlen(value));
	assert_memory_equal(attribute->string.data, value, strlen(value));
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK(body_length, body) "HTTP/1.1 200 OK\r\nContent-Length: " body_length "\r\n\r\n" body

static void plain_exchange(void **state)
{
	struct fixture *f = *state;
	const struct span *client, *server;

	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	play(f);
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


static const struct span *server_span(const struct fixture *f, const char *path)
{
	const struct span *span = span_list_find(&f->spans, SPAN_KIND_SERVER, path);

	assert_non_null(span);
	return span;
}

static const struct span *client_span(const struct fixture *f, const char *path)
{
	const struct span *span = span_list_find(&f->spans, SPAN_KIND_CLIENT, path);

	assert_non_null(span);
	return span;
}

static uint64_t duration(const struct span *span)
{
	return span->end - span->start;
}

/* The server's end alone, as where the client is on another host. */
static void serve(struct fixture *f, const char *request, const char *response)
{
	tape_receive(&f->tape, &f->wire.server, request);
	tape_send(&f->tape, &f->wire.server, response);
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
	play(f);
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
	play(f);
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
	serve(f, GET("/b"), OK("1", "x"));
	moved = f->tape.records[1];
	f->tape.records[1] = f->tape.records[3];
	f->tape.records[3] = moved;
	play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
}

static void repeated_records_change_nothing(void **state)
{
	struct fixture *f = *state;

	serve(f, GET("/a"), OK("2", "hi"));
	serve(f, GET("/b"), OK("2", "hi"));
	for (size_t i = 0; i < f->tape.count; i++) {
		engine_record(f->engine, f->tape.records[i], f->tape.records[i]->size);
		engine_record(f->engine, f->tape.records[i], f->tape.records[i]->size);
	}
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(loss(f, LOSS_STREAM_OVERLAP), 4);
}

static void pipelined(void **state)
{
	struct fixture *f = *state;

	tape_request(&f->tape, &f->wire, GET("/1") GET("/2") GET("/3"));
	tape_response(&f->tape, &f->wire, OK("1", "a"));
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n" OK("0", ""));
	tape_receive(&f->tape, &f->wire.client, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n" OK("0", ""));
	play(f);
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
	play(f);
	assert_int_equal(f->spans.count, 0);
	assert_int_equal(loss(f, LOSS_PIPELINE_LIMIT), 1);
	assert_int_equal(loss(f, LOSS_REQUEST_UNPAIRED), 299);
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
	play(f);
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
	play(f);
	assert_no_loss(f);
	assert_int_equal(duration(server_span(f, "/big")), 3 * TAPE_STEP);
}

static void lost_body_record(void **state)
{
	struct fixture *f = *state;
	const struct attribute *lost;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_send(&f->tape, &f->wire.server, OK("6", "ab"));
	tape_send(&f->tape, &f->wire.server, "cd");
	tape_send(&f->tape, &f->wire.server, "ef");
	serve(f, GET("/b"), OK("0", ""));
	free(f->tape.records[2]);
	f->tape.records[2] = NULL;
	play(f);
	assert_int_equal(f->spans.count, 2);
	lost = span_attribute(server_span(f, "/a"), "wirespan.loss");
	assert_non_null(lost);
	assert_int_equal(lost->type, ATTRIBUTE_STRING_ARRAY);
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
	assert_null(span_attribute(server_span(f, "/b"), "wirespan.loss"));
	assert_int_equal(loss(f, LOSS_STREAM_GAP), 1);
}

static void lost_end_of_chunked_body(void **state)
{
	struct fixture *f = *state;
	uint64_t last_seen;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_send(&f->tape, &f->wire.server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
	last_seen = f->tape.time;
	tape_send(&f->tape, &f->wire.server, "0\r\n\r\n");
	serve(f, GET("/b"), OK("0", ""));
	free(f->tape.records[2]);
	f->tape.records[2] = NULL;
	play(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(server_span(f, "/a")->end, last_seen);
	assert_string_attribute(server_span(f, "/a"), "wirespan.loss", "stream_gap");
	assert_int_equal(server_span(f, "/a")->status, SPAN_STATUS_UNSET);
	assert_int_equal(status_of(server_span(f, "/b")), 200);
}

static void close_delimited_at_server(void **state)
{
	struct fixture *f = *state;
	uint64_t last_byte;

	serve(f, "GET /a HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc");
	tape_send(&f->tape, &f->wire.server, "def");
	last_byte = f->tape.time;
	tape_wait(&f->tape, NSEC_PER_MSEC);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED, 0);
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE, 0);
	play(f);
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
	play(f);
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
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_GONE | RECORD_STATE_RESET, ECONNRESET);
	play(f);
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
	play(f);
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
	play(f);
	assert_no_loss(f);
	assert_int_equal(client_span(f, "/a")->error_type.length, 0);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
}

static void connection_times_out(void **state)
{
	struct fixture *f = *state;

	tape_send(&f->tape, &f->wire.client, GET("/a"));
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_GONE, ETIMEDOUT);
	play(f);
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
	play(f);
	assert_error(server_span(f, "/a"), "process_exit");
	assert_int_equal(server_span(f, "/a")->end, death);
	assert_error(client_span(f, "/a"), "connection_reset");
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
	play(f);
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
	play(f);
	assert_int_equal(server_span(f, "/a")->error_type.length, 0);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
}

static void worker_is_its_own_resource(void **state)
{
	struct fixture *f = *state;
	const struct span *span;

	tape_process(&f->tape, 150, "/usr/bin/server");
	tape_fork(&f->tape, 150, 200);
	serve(f, GET("/a"), OK("0", ""));
	play(f);
	span = server_span(f, "/a");
	assert_int_equal(span->resource->pid, 200);
	assert_memory_equal(span->resource->service_name.data, "server", span->resource->service_name.length);
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
	play(f);
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
	play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(status_of(server_span(f, "/ws")), 101);
}

static void head_has_no_body(void **state)
{
	struct fixture *f = *state;

	serve(f, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	serve(f, GET("/b"), "HTTP/1.1 304 N\r\nContent-Length: 1000\r\n\r\n");
	serve(f, GET("/c"), OK("0", ""));
	play(f);
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
	play(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(status_of(server_span(f, "/a")), 200);
	assert_int_equal(status_of(client_span(f, "/b")), 404);
	assert_int_equal(loss(f, LOSS_ATTACHED_LATE), 2);
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
	serve(f, GET("/a"), OK("0", ""));
	play(f);
	assert_int_equal(f->spans.count, 1);
	server_span(f, "/a");
}

static int setup_timeout(void **state)
{
	return setup_with(state, NSEC_PER_SEC);
}

static void request_times_out(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	tape_process(&f->tape, 1, "/sbin/init");
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_send(&f->tape, &f->wire.server, OK("0", ""));
	serve(f, GET("/b"), "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
	play(f);
	assert_int_equal(f->spans.count, 2);
	assert_error(server_span(f, "/a"), "timeout");
	assert_int_equal(duration(server_span(f, "/a")), NSEC_PER_SEC);
	assert_int_equal(loss(f, LOSS_RESPONSE_LATE), 1);
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
	play(f);
	assert_no_loss(f);
	assert_true(duration(server_span(f, "/events")) > 30 * NSEC_PER_SEC);
}

static void open_at_the_end(void **state)
{
	struct fixture *f = *state;

	tape_receive(&f->tape, &f->wire.server, GET("/a"));
	play(f);
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 0);
	assert_int_equal(loss(f, LOSS_OPEN_AT_EXIT), 1);
}

/* The bytes say who serves, whoever connected. */
static void roles_by_bytes(void **state)
{
	struct fixture *f = *state;

	f->wire.server.connection.role = RECORD_ROLE_CLIENT;
	f->wire.client.connection.role = RECORD_ROLE_UNKNOWN;
	tape_request(&f->tape, &f->wire, GET("/a"));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	play(f);
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
	assert_int_equal(loss(f, LOSS_RECORD_MALFORMED), 3);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
		TEST(lost_body_record),
		TEST(lost_end_of_chunked_body),
		TEST(close_delimited_at_server),
		TEST(close_delimited_at_client),
		TEST(reset_in_mid_response),
		TEST(server_closes_without_answer),
		TEST(client_closes_its_half),
		TEST(connection_times_out),
		TEST(process_dies),
		TEST(process_dies_and_its_close_is_lost),
		TEST(process_dies_but_its_child_has_the_socket),
		TEST(worker_is_its_own_resource),
		TEST(interim_responses),
		TEST(upgrade_ends_with_101),
		TEST(head_has_no_body),
		TEST(attached_late),
		TEST(attached_late_in_a_body),
		cmocka_unit_test_setup_teardown(request_times_out, setup_timeout, teardown),
		TEST(event_streams_stay_open),
		TEST(open_at_the_end),
		TEST(roles_by_bytes),
		TEST(malformed_records),
		TEST(connections_are_bounded),
		TEST(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
