// SPDX-License-Identifier: Apache-2.0
/* A call without parent says why, where its process serves; and is a loss where a request of it was open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

#define COLLECTOR_EXPORT                                                                               \
	"POST /v1/traces HTTP/1.1\r\nHost: collector:4318\r\nContent-Type: application/x-protobuf\r\n" \
	"User-Agent: OpenTelemetry Collector/0.159.0\r\nContent-Length: 3\r\n\r\nabc"

/* The call "/call" has no parent for that reason (NULL: says nothing), and `lost` are counted as such. */
static void assert_missing(struct link_fixture *f, const char *reason, unsigned int lost)
{
	const struct span *span;
	const struct attribute *attribute;

	tape_play(&f->tape, f->engine);
	span = span_of(f, SPAN_KIND_CLIENT, "/call");
	assert_evidence(span, NULL);
	attribute = span_attribute(span, "wirespan.link.missing");
	if (reason) {
		assert_non_null(attribute);
		assert_int_equal(attribute->string.length, strlen(reason));
		assert_memory_equal(attribute->string.data, reason, strlen(reason));
	} else {
		assert_null(attribute);
	}
	assert_int_equal(engine_losses(f->engine)->count[LOSS_PARENT_UNKNOWN], lost);
}

/* One request, answered. */
static void serve(struct link_fixture *f)
{
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
}

static void serves_nothing(void **state)
{
	struct link_fixture *f = *state;

	call_back_end(f, GET("/call"));
	assert_missing(f, NULL, 0);
}

static void between_requests(void **state)
{
	struct link_fixture *f = *state;

	serve(f);
	call_back_end(f, GET("/call"));
	serve(f);
	assert_missing(f, "no_request", 0);
}

/* A thread pool's: the request is open, on another thread. */
static void on_another_thread(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->back.client.tid = 201;
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, "other_thread", 1);
}

/* Who waited for a response goes on before the record of its send is made. */
static void beside_a_response_that_is_being_sent(void **state)
{
	struct link_fixture *f = *state;
	struct record_data *sent;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->back.client.tid = 201;
	tape_wait(&f->tape, NSEC_PER_MSEC);
	call_back_end(f, GET("/call"));
	sent = tape_send(&f->tape, &f->first.server, OK);
	sent->begin = sent->header.time - NSEC_PER_MSEC;
	tape_receive(&f->tape, &f->first.client, OK);
	assert_missing(f, "no_request", 0);
}

/* What a connection carries next has not been caused by what it carried before. */
static void to_itself_on_one_connection(void **state)
{
	struct link_fixture *f = *state;

	f->first.client.tgid = 200;
	f->first.client.tid = 201;
	tape_request(&f->tape, &f->first, GET("/a"));
	tape_request(&f->tape, &f->first, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, "no_request", 0);
}

static void on_another_thread_afterwards(void **state)
{
	struct link_fixture *f = *state;

	serve(f);
	f->back.client.tid = 201;
	call_back_end(f, GET("/call"));
	assert_missing(f, "no_request", 0);
}

/* It is open still, though its span has ended. */
static void while_a_request_takes_too_long(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_wait(&f->tape, 5 * NSEC_PER_SEC);
	f->back.client.tid = 201;
	call_back_end(f, GET("/call"));
	assert_missing(f, "other_thread", 1);
}

static int setup_impatient(void **state)
{
	return link_setup_with(state, (struct engine_options){ .request_timeout = NSEC_PER_SEC });
}

static void in_another_process(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->back.client.tgid = f->back.client.tid = 201;
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, NULL, 0);
}

/* A scrape that is under way is not why anybody calls. */
static void beside_what_is_left_out(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	f->back.client.tid = 201;
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, "no_request", 0);
}

static void for_what_is_left_out(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, COLLECTOR_EXPORT);
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, "left_out", 0);
}

static void for_one_of_several(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_request(&f->tape, &f->second, GET("/b"));
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	tape_response(&f->tape, &f->second, OK);
	assert_missing(f, "several_requests", 1);
}

static void in_an_event_loop(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.flags = f->back.client.flags = RECORD_DATA_NONBLOCKING;
	tape_request(&f->tape, &f->first, GET("/a"));
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->first, OK);
	assert_missing(f, "event_loop", 1);
}

static void where_threads_hand_over(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	f->first.server.tid = 201;
	tape_response(&f->tape, &f->first, OK);
	tape_request(&f->tape, &f->second, GET("/b"));
	f->back.client.tid = 202;
	call_back_end(f, GET("/call"));
	tape_response(&f->tape, &f->second, OK);
	assert_missing(f, "shared_threads", 1);
}

/* What is on the older connection, nobody knows yet. */
static void beside_an_older_connection(void **state)
{
	struct link_fixture *f = *state;

	f->second.server.connection.role = RECORD_ROLE_SERVER;
	tape_socket(&f->tape, &f->second.server);
	call_back_end(f, GET("/call"));
	assert_missing(f, "attached_late", 0);
}

static void after_a_loss(void **state)
{
	struct link_fixture *f = *state;

	serve(f);
	tape_play(&f->tape, f->engine);
	engine_note_loss(f->engine, f->tape.time);
	tape_done(&f->tape);
	tape_wait(&f->tape, 2 * NSEC_PER_SEC);
	call_back_end(f, GET("/call"));
	assert_missing(f, "loss", 0);
}

/* A server's span says nothing of it, nor does one that has a parent. */
static void where_there_is_a_parent(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	call_back_end(f, GET("/b"));
	tape_response(&f->tape, &f->first, OK);
	tape_play(&f->tape, f->engine);
	for (size_t i = 0; i < f->spans.count; i++)
		assert_null(span_attribute(f->spans.spans[i], "wirespan.link.missing"));
}

/* Whoever gets the id of a server that is gone serves nothing. */
static void in_a_process_that_came_after_a_server(void **state)
{
	struct link_fixture *f = *state;

	tape_process(&f->tape, 200, "/usr/bin/server");
	serve(f);
	tape_exit(&f->tape, 200);
	tape_process(&f->tape, 200, "/usr/bin/curl");
	call_back_end(f, GET("/call"));
	assert_missing(f, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, link_setup, link_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(serves_nothing),
		TEST(between_requests),
		TEST(on_another_thread),
		TEST(on_another_thread_afterwards),
		TEST(beside_a_response_that_is_being_sent),
		TEST(to_itself_on_one_connection),
		cmocka_unit_test_setup_teardown(while_a_request_takes_too_long, setup_impatient, link_teardown),
		TEST(in_another_process),
		TEST(beside_what_is_left_out),
		TEST(for_what_is_left_out),
		TEST(for_one_of_several),
		TEST(in_an_event_loop),
		TEST(where_threads_hand_over),
		TEST(beside_an_older_connection),
		TEST(after_a_loss),
		TEST(where_there_is_a_parent),
		TEST(in_a_process_that_came_after_a_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
