// SPDX-License-Identifier: Apache-2.0
/* Threads that never wait for a client may do other work while a request is open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

#define TRACED(path) \
	"GET " path " HTTP/1.1\r\nHost: h\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n"

/* The front end's sockets are non-blocking, as an event loop's are. */
static void make_loop(struct link_fixture *f)
{
	f->first.server.flags = f->second.server.flags = f->back.client.flags = RECORD_DATA_NONBLOCKING;
}

static void play_call(struct link_fixture *f, const char *inbound, const char *outbound)
{
	tape_request(&f->tape, &f->first, inbound);
	call_back_end(f, outbound);
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
}

static const struct span *front_end_span(const struct link_fixture *f, enum span_kind kind)
{
	for (size_t i = 0; i < f->spans.count; i++)
		if (f->spans.spans[i]->kind == kind && f->spans.spans[i]->resource->pid == 200)
			return f->spans.spans[i];
	fail();
	return NULL;
}

static void timer_beside_a_request(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	play_call(f, GET("/slow"), GET("/poll"));
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/poll"), NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

static void proxy(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	play_call(f, GET("/items/1?a=b"), GET("/items/1?a=b"));
	assert_child(front_end_span(f, SPAN_KIND_CLIENT), front_end_span(f, SPAN_KIND_SERVER), "thread");
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 0);
}

/* Requests that a proxy receives and sends on, and whether it is the same that both ask for. */
static const struct {
	const char *in, *out;
	bool same;
} passed[] = {
	{ "GET http://h/p?a=b HTTP/1.1\r\nHost: h\r\n\r\n", GET("/p?a=b"), true },
	{ "GET HTTP://H:80/p HTTP/1.1\r\nHost: other\r\n\r\n", GET("/p"), true },
	{ "GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n", "GET /p HTTP/1.1\r\nHost: h:80\r\n\r\n", true },
	{ "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", GET("/"), true },
	{ "OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", true },
	/* To another proxy. */
	{ GET("/p"), "GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n", true },
	{ "GET http://h:8080/p HTTP/1.1\r\nHost: h:8080\r\n\r\n", GET("/p"), false },
	{ "GET https://h/p HTTP/1.1\r\nHost: h\r\n\r\n", "GET /p HTTP/1.1\r\nHost: h:80\r\n\r\n", false },
	{ "GET http://other/p HTTP/1.1\r\nHost: h\r\n\r\n", GET("/p"), false },
	{ "GET http://h/p?a HTTP/1.1\r\nHost: h\r\n\r\n", GET("/p"), false },
	{ "GET http://h/p/ HTTP/1.1\r\nHost: h\r\n\r\n", GET("/p"), false },
	{ "GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/q HTTP/1.1\r\nHost: h\r\n\r\n", false },
	{ "OPTIONS http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", false },
	{ "GET http://u:p/w@h/p HTTP/1.1\r\nHost: h\r\n\r\n", GET("/p"), false },
};

static void proxy_of_another_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++) {
		void *fresh;
		struct link_fixture *f;

		link_setup(&fresh);
		f = fresh;
		make_loop(f);
		play_call(f, passed[i].in, passed[i].out);
		if ((engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN] == 0) != passed[i].same)
			fail_msg("%s", passed[i].in);
		if (passed[i].same)
			assert_child(front_end_span(f, SPAN_KIND_CLIENT), front_end_span(f, SPAN_KIND_SERVER),
				     "thread");
		link_teardown(&fresh);
	}
}

static void proxy_of_another_method(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	play_call(f, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", GET("/a"));
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

static void forwarded_context(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	play_call(f, TRACED("/a"), TRACED("/b"));
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/b"), span_of(f, SPAN_KIND_SERVER, "/a"), "thread");
}

/* A servlet container: non-blocking towards its clients, but each request has a thread that waits for its calls. */
static void thread_that_waits_for_its_call(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	f->back.client.flags = 0;
	f->second.server.tid = 201;
	tape_request(&f->tape, &f->second, GET("/other"));
	tape_response(&f->tape, &f->second, OK);
	play_call(f, GET("/a"), GET("/b"));
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/b"), span_of(f, SPAN_KIND_SERVER, "/a"), "thread");
}

/* The only thread that serves is a loop, though it waits for this call. */
static void loop_that_blocks(void **state)
{
	struct link_fixture *f = *state;

	make_loop(f);
	f->back.client.flags = 0;
	play_call(f, GET("/a"), GET("/b"));
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/b"), NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, link_setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timer_beside_a_request),
		TEST(proxy),
		cmocka_unit_test(proxy_of_another_form),
		TEST(proxy_of_another_method),
		TEST(forwarded_context),
		TEST(thread_that_waits_for_its_call),
		TEST(loop_that_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
