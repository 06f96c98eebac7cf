// SPDX-License-Identifier: Apache-2.0
/* What was not seen, or not wholly, may be the true cause: contexts that are not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

/* What a lost record might contradict is not claimed. */
static void loss_between(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_play(&f->tape, f->engine);
	engine_note_loss(f->engine, f->tape.time + 2 * NSEC_PER_SEC);
	tape_done(&f->tape);
	tape_wait(&f->tape, 3 * NSEC_PER_SEC);
	call_back_end(f, GET("/b"));
	tape_response(&f->tape, &f->first, OK);
	/* The thread's next request is read after the loss. */
	tape_request(&f->tape, &f->first, GET("/c"));
	call_back_end(f, GET("/d"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/b"), NULL);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/d"), span_of(f, SPAN_KIND_SERVER, "/c"), "thread");
}

/* An event loop, of whose open requests one was lost sight of. */
static void ghosts_contradict(void **state)
{
	struct link_fixture *f = *state;
	struct record_header **lost;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_send(&f->tape, &f->first.server, "HTTP/1.1 100 Continue\r\n\r\n");
	lost = &f->tape.records[f->tape.count - 1];
	for (int i = 0; i < 20; i++)
		tape_receive(&f->tape, &f->first.server, GET("/pipelined"));
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->second, OK);
	free(*lost);
	*lost = NULL;
	tape_play(&f->tape, f->engine);
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, "/c"), NULL);
}

static void other_request(struct link_fixture *f)
{
	tape_request(&f->tape, &f->second, GET("/looks-like-it"));
	call_back_end(f, GET("/caused-by-another"));
	tape_response(&f->tape, &f->second, OK);
}

static void assert_no_cause(const struct link_fixture *f, const char *path)
{
	assert_evidence(span_of(f, SPAN_KIND_CLIENT, path), NULL);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 1);
}

/* The response may be long over when the thread calls on its own account. */
static void response_whose_end_was_not_seen(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_send(&f->tape, &f->first.server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	tape_move(&f->tape, &f->first.server, RECORD_SEND, "5\r\nhello\r\n0\r\n\r\n", 15, 0, 0);
	tape_wait(&f->tape, 5 * NSEC_PER_SEC);
	call_back_end(f, GET("/background"));
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/background");
}

static const char long_head[] = "GET /x HTTP/1.1\r\nHost: h\r\nCookie: 0123456789\r\n\r\n";

static void truncated_head(void **state)
{
	struct link_fixture *f = *state;

	tape_move(&f->tape, &f->first.server, RECORD_RECEIVE, long_head, sizeof(long_head) - 1, 20, 0);
	other_request(f);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
}

static void unparsable_head(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_receive(&f->tape, &f->first.server, "no head at all\r\n\r\n");
	other_request(f);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
}

/* Its next request shows that the one of which nothing could be read is over. */
static void unreadable_head(void **state)
{
	struct link_fixture *f = *state;

	tape_move(&f->tape, &f->first.server, RECORD_RECEIVE, long_head, sizeof(long_head) - 1, 0, 0);
	other_request(f);
	tape_send(&f->tape, &f->first.server, OK);
	tape_receive(&f->tape, &f->first.server, GET("/next"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), span_of(f, SPAN_KIND_SERVER, "/b"), "thread");
}

/* Nothing is read on a connection that has lost its order, but its requests are worked on. */
static void request_that_is_not_kept(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/1") GET("/2"));
	tape_send(&f->tape, &f->first.server, OK);
	f->first.server.position[RECORD_SEND] += 38;
	for (int i = 0; i < 2; i++) {
		tape_wait(&f->tape, NSEC_PER_SEC);
		tape_receive(&f->tape, &f->first.server, GET("/x"));
	}
	tape_wait(&f->tape, 120 * NSEC_PER_SEC);
	tape_receive(&f->tape, &f->first.server, GET("/x"));
	tape_wait(&f->tape, 20 * NSEC_PER_SEC);
	other_request(f);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
}

/* Under way when the agent came; nobody knew before it was answered. */
static void answered_after_attaching(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.flags = RECORD_DATA_LATE;
	other_request(f);
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
}

/* An older connection may show only when it is answered, long after the call's span is out. */
static void silent_since_attaching(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.flags = RECORD_DATA_LATE;
	tape_socket(&f->tape, &f->first.server);
	other_request(f);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_send(&f->tape, &f->first.server, OK);
	tape_wait(&f->tape, NSEC_PER_SEC);
	tape_receive(&f->tape, &f->first.server, GET("/next"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), span_of(f, SPAN_KIND_SERVER, "/b"), "thread");
}

/* Not told apart from the rest of a request, and so not believed. */
static void first_request_after_attaching(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.flags = RECORD_DATA_LATE;
	tape_receive(&f->tape, &f->first.server, GET("/x"));
	other_request(f);
	tape_send(&f->tape, &f->first.server, OK);
	tape_receive(&f->tape, &f->first.server, GET("/next"));
	call_back_end(f, GET("/c"));
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_no_cause(f, "/caused-by-another");
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), span_of(f, SPAN_KIND_SERVER, "/next"), "thread");
}

/* What was lost sight of is over after a minute, for all that anyone will know. */
static void ghosts_expire(void **state)
{
	struct link_fixture *f = *state;

	tape_move(&f->tape, &f->first.server, RECORD_RECEIVE, long_head, sizeof(long_head) - 1, 20, 0);
	tape_wait(&f->tape, 120 * NSEC_PER_SEC);
	for (int i = 0; i < 2; i++)
		other_request(f);
	tape_play(&f->tape, f->engine);
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], 0);
}

/* A response passed on by another process says nothing of this one's threads. */
static void another_process_answers(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->first.server.tgid = f->first.server.tid = 201;
	tape_response(&f->tape, &f->first, OK);
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/c"));
	tape_response(&f->tape, &f->second, OK);
	tape_play(&f->tape, f->engine);
	assert_child(span_of(f, SPAN_KIND_CLIENT, "/c"), span_of(f, SPAN_KIND_SERVER, "/b"), "thread");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, link_setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loss_between),
		TEST(ghosts_contradict),
		TEST(response_whose_end_was_not_seen),
		TEST(truncated_head),
		TEST(unparsable_head),
		TEST(unreadable_head),
		TEST(request_that_is_not_kept),
		TEST(answered_after_attaching),
		TEST(silent_since_attaching),
		TEST(first_request_after_attaching),
		TEST(ghosts_expire),
		TEST(another_process_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
