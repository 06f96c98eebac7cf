// SPDX-License-Identifier: Apache-2.0
/* A final answer where the client waits for 100 (Continue): what comes next is the next request, or the body after all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/test/engine_fixture.h"

#define EXPECT(path, length) "POST " path " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: " length "\r\n\r\n"
#define REFUSE(status) "HTTP/1.1 " status " X\r\nContent-Length: 0\r\n\r\n"
#define POST(path, length, body) "POST " path " HTTP/1.1\r\nContent-Length: " length "\r\n\r\n" body

/* What both ends say of an exchange. */
static void assert_both(const struct fixture *f, const char *path, int status)
{
	assert_int_equal(status_of(server_span(f, path)), status);
	assert_int_equal(status_of(client_span(f, path)), status);
	assert_memory_equal(server_span(f, path)->parent_span_id, client_span(f, path)->span_id, 8);
}

static void exchange(struct fixture *f, const char *request, const char *response)
{
	tape_request(&f->tape, &f->wire, request);
	tape_response(&f->tape, &f->wire, response);
}

/* A request that announces `body` and is refused. */
static void refuse_body(struct fixture *f, const char *body)
{
	char request[256];

	snprintf(request, sizeof(request), "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %zu\r\n\r\n",
		 strlen(body));
	exchange(f, request, REFUSE("417"));
}

/* As curl does: the same again without Expect, then whatever it was asked for. */
static void tried_again(void **state)
{
	static const char *const refusals[] = { REFUSE("417"), REFUSE("401"), REFUSE("413"), REFUSE("200"), REFUSE("500") };

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct fixture *f;

		fixture_setup((void **)&f);
		exchange(f, EXPECT("/a", "500"), refusals[i]);
		exchange(f, POST("/b", "4", "body"), OK("2", "hi"));
		exchange(f, GET("/c"), OK("0", ""));
		exchange(f, GET("/d"), OK("0", ""));
		fixture_play(f);
		assert_no_loss(f);
		assert_int_equal(f->spans.count, 8);
		assert_both(f, "/a", atoi(refusals[i] + strlen("HTTP/1.1 ")));
		assert_both(f, "/b", 200);
		assert_int_equal(span_attribute(server_span(f, "/b"), "http.request.body.size")->integer, 4);
		assert_both(f, "/c", 200);
		assert_both(f, "/d", 200);
		fixture_teardown((void **)&f);
	}
}

/* A large one, of which little is copied, goes beyond where the first would have ended. */
static void tried_again_with_much(void **state)
{
	static char text[4000] = POST("/b", "100000", "");
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "100000"), REFUSE("417"));
	tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, text, 60000, sizeof(text), 0);
	tape_move(&f->tape, &f->wire.server, RECORD_RECEIVE, text, 40000 + (uint32_t)strlen(text), 64, 0);
	tape_send(&f->tape, &f->wire.server, OK("2", "hi"));
	fixture_serve(f, GET("/c"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(status_of(server_span(f, "/b")), 200);
	assert_int_equal(span_attribute(server_span(f, "/b"), "http.request.body.size")->integer, 100000);
	server_span(f, "/c");
}

static void tried_again_in_pieces(void **state)
{
	static const char request[] = POST("/b", "4", "body");
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "500"), REFUSE("417"));
	for (size_t i = 0; request[i]; i++)
		tape_request(&f->tape, &f->wire, (char[]){ request[i], 0 });
	tape_response(&f->tape, &f->wire, OK("2", "hi"));
	fixture_play(f);
	assert_no_loss(f);
	assert_both(f, "/b", 200);
}

static void refused_twice(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "5"), REFUSE("401"));
	exchange(f, EXPECT("/b", "5"), REFUSE("401"));
	exchange(f, EXPECT("/c", "5"), "HTTP/1.1 100 C\r\n\r\n");
	exchange(f, "hello", OK("0", ""));
	exchange(f, GET("/d"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_both(f, "/a", 401);
	assert_both(f, "/b", 401);
	assert_both(f, "/c", 200);
	assert_both(f, "/d", 200);
}

static void chunks_refused(void **state)
{
	struct fixture *f = *state;

	exchange(f, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", REFUSE("417"));
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_both(f, "/b", 200);
}

static void chunks_sent_all_the_same(void **state)
{
	struct fixture *f = *state;

	exchange(f, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", REFUSE("417"));
	tape_request(&f->tape, &f->wire, "5\r\nhello\r\n0\r\n\r\n");
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 4);
	assert_both(f, "/b", 200);
}

static void body_sent_all_the_same(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "5"), REFUSE("413"));
	tape_request(&f->tape, &f->wire, "hello");
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 4);
	assert_both(f, "/b", 200);
}

/* The body is requests as they are: nothing of it is one. */
static void body_that_looks_like_requests(void **state)
{
	static const char *const bodies[] = { GET("/evil") GET("/evil"), GET("/evil") "and something that is none",
					      POST("/evil", "2", "no") "and something" };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct fixture *f;

		fixture_setup((void **)&f);
		refuse_body(f, bodies[i]);
		tape_request(&f->tape, &f->wire, bodies[i]);
		exchange(f, GET("/b"), OK("0", ""));
		exchange(f, GET("/c"), OK("0", ""));
		fixture_play(f);
		assert_no_loss(f);
		assert_int_equal(f->spans.count, 6);
		assert_both(f, "/b", 200);
		assert_both(f, "/c", 200);
		fixture_teardown((void **)&f);
	}
}

/* One that claims the next request for its own content. */
static void body_that_swallows_the_next_request(void **state)
{
	struct fixture *f = *state;

	refuse_body(f, POST("/evil", "9999", ""));
	tape_request(&f->tape, &f->wire, POST("/evil", "9999", ""));
	exchange(f, GET("/b"), OK("0", ""));
	exchange(f, GET("/c"), OK("0", ""));
	fixture_play(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
	assert_both(f, "/a", 417);
	assert_both(f, "/c", 200);
}

/* The calls of a thread that has read such a body have no parent: it serves nothing. */
static void body_is_no_context(void **state)
{
	struct fixture *f = *state;
	struct wire back;

	wire_init(&back, 2);
	back.client.tgid = back.client.tid = 200;
	exchange(f, EXPECT("/a", "60"), REFUSE("417"));
	tape_request(&f->tape, &f->wire, GET("/evil"));
	tape_send(&f->tape, &back.client, GET("/call"));
	tape_receive(&f->tape, &back.client, OK("0", ""));
	tape_request(&f->tape, &f->wire, "and so on, to the length of 60");
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_int_equal(f->spans.count, 5);
	assert_memory_equal(client_span(f, "/call")->parent_span_id, "\0\0\0\0\0\0\0", 8);
}

/* But those of one that was a request do. */
static void request_is_a_context(void **state)
{
	struct fixture *f = *state;
	struct wire back;

	wire_init(&back, 2);
	back.client.tgid = back.client.tid = 200;
	exchange(f, EXPECT("/a", "60"), REFUSE("417"));
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_send(&f->tape, &back.client, GET("/call"));
	tape_receive(&f->tape, &back.client, OK("0", ""));
	tape_response(&f->tape, &f->wire, OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_memory_equal(client_span(f, "/call")->parent_span_id, server_span(f, "/b")->span_id, 8);
}

static void pipelined_after_it(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "500"), REFUSE("417"));
	exchange(f, GET("/b") GET("/c"), OK("0", ""));
	tape_response(&f->tape, &f->wire, REFUSE("404"));
	fixture_play(f);
	assert_both(f, "/a", 417);
	/* Whether they are requests shows too late for them. */
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_UNPAIRED), 2);
}

/* Nothing is swallowed for ever that doesn't begin like a request we know. */
static void unknown_method_after_it(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "500"), REFUSE("417"));
	exchange(f, "XYZ /b HTTP/1.1\r\n\r\n", OK("0", ""));
	exchange(f, GET("/c"), OK("0", ""));
	fixture_play(f);
	assert_int_equal(f->spans.count, 4);
	assert_int_equal(fixture_loss(f, LOSS_RESPONSE_UNPAIRED), 2);
	assert_both(f, "/c", 200);
}

static void closed_before_its_answer(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "500"), REFUSE("417"));
	tape_request(&f->tape, &f->wire, GET("/b"));
	tape_state(&f->tape, &f->wire.server, RECORD_STATE_CLOSED | RECORD_STATE_GONE, 0);
	tape_state(&f->tape, &f->wire.client, RECORD_STATE_PEER_CLOSED | RECORD_STATE_GONE, 0);
	fixture_play(f);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(fixture_loss(f, LOSS_REQUEST_UNPAIRED), 2);
}

static void open_at_exit(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "500"), REFUSE("417"));
	tape_request(&f->tape, &f->wire, GET("/b"));
	fixture_play(f);
	engine_finish(f->engine);
	assert_int_equal(f->spans.count, 2);
	assert_int_equal(fixture_loss(f, LOSS_OPEN_AT_EXIT), 2);
}

/* 100 before the answer: whatever it looks like, it is the body. */
static void continued(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "60"), "HTTP/1.1 100 C\r\n\r\n");
	tape_response(&f->tape, &f->wire, REFUSE("417"));
	tape_request(&f->tape, &f->wire, GET("/evil") GET("/evil"));
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_int_equal(f->spans.count, 4);
	assert_both(f, "/b", 200);
}

/* Early Hints are no word on the body. */
static void hinted(void **state)
{
	struct fixture *f = *state;

	exchange(f, EXPECT("/a", "60"), "HTTP/1.1 103 E\r\n\r\n");
	tape_response(&f->tape, &f->wire, REFUSE("417"));
	exchange(f, GET("/b"), OK("0", ""));
	fixture_play(f);
	assert_no_loss(f);
	assert_both(f, "/b", 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tried_again),
		TEST(tried_again_with_much),
		TEST(tried_again_in_pieces),
		TEST(refused_twice),
		TEST(chunks_refused),
		TEST(chunks_sent_all_the_same),
		TEST(body_sent_all_the_same),
		cmocka_unit_test(body_that_looks_like_requests),
		TEST(body_that_swallows_the_next_request),
		TEST(body_is_no_context),
		TEST(request_is_a_context),
		TEST(pipelined_after_it),
		TEST(unknown_method_after_it),
		TEST(closed_before_its_answer),
		TEST(open_at_exit),
		TEST(continued),
		TEST(hinted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
