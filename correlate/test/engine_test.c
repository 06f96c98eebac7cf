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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(plain_exchange, setup, teardown),
	};

	(void)assert_error;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
