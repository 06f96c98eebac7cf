// SPDX-License-Identifier: Apache-2.0
/* Who asks is told why a span has no parent and why a connection was given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/link/test/link_fixture.h"

static struct explanation heard[16];
static uint8_t heard_spans[16][8];
static size_t heard_count;

static void hear(void *context, const struct explanation *explanation)
{
	(void)context;
	assert_true(heard_count < 16);
	assert_ptr_equal(explanation->text, explain_text(explanation->reason));
	if (explanation->span_id)
		memcpy(heard_spans[heard_count], explanation->span_id, 8);
	heard[heard_count++] = *explanation;
}

static int setup(void **state)
{
	heard_count = 0;
	return link_setup_with(state, (struct engine_options){ .explain = { .accept = hear } });
}

/* The `index`th said so of the end of that connection that belongs to process `pid`. */
static void assert_heard(size_t index, enum explain_reason reason, const struct wire_end *end, uint32_t pid)
{
	assert_true(index < heard_count);
	if (heard[index].reason != reason)
		fail_msg("it said: %s", heard[index].text);
	assert_int_equal(heard[index].cookie, end->connection.cookie);
	assert_int_equal(heard[index].pid, pid);
}

static void every_reason_has_a_text(void **state)
{
	(void)state;
	for (enum explain_reason reason = EXPLAIN_NOTHING + 1; reason < EXPLAIN_COUNT; reason++)
		assert_in_range(strlen(explain_text(reason)), 10, 120);
}

/* When and of whom. */
static void each_says_when_and_of_which_service(void **state)
{
	struct link_fixture *f = *state;

	tape_clock(&f->tape, 10 * NSEC_PER_SEC);
	tape_process(&f->tape, 100, "/usr/bin/curl");
	tape_ignored(&f->tape, &f->first.client, RECOGNISED_TLS);
	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TLS);
	tape_ignored(&f->tape, &f->first.server, RECOGNISED_TUNNEL);
	tape_play(&f->tape, f->engine);
	assert_int_equal(heard_count, 2);
	assert_heard(0, EXPLAIN_UNREAD, &f->first.client, 100);
	assert_true(slice_equal(heard[0].service, SLICE_LITERAL("curl")));
	assert_int_equal(heard[0].wall, f->tape.time - 2 * TAPE_STEP + 10 * NSEC_PER_SEC);
	assert_heard(1, EXPLAIN_UNREAD, &f->first.server, 200);
}

static void a_root_says_why(void **state)
{
	struct link_fixture *f = *state;

	tape_request(&f->tape, &f->first, GET("/a"));
	tape_response(&f->tape, &f->first, OK);
	tape_receive(&f->tape, &f->second.server, GET("/b"));
	tape_send(&f->tape, &f->second.server, OK);
	tape_play(&f->tape, f->engine);
	assert_int_equal(heard_count, 2);
	assert_heard(0, EXPLAIN_NO_CONTEXT, &f->first.client, 100);
	assert_memory_equal(heard_spans[0], span_of(f, SPAN_KIND_CLIENT, "/a")->span_id, 8);
	assert_heard(1, EXPLAIN_NO_SENDER, &f->second.server, 200);
	assert_memory_equal(heard_spans[1], span_of(f, SPAN_KIND_SERVER, "/b")->span_id, 8);
}

static void so_does_a_refused_parent(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_receive(&f->tape, &f->second.server, GET("/b"));
	tape_send(&f->tape, &f->back.client, GET("/c"));
	tape_receive(&f->tape, &f->back.client, OK);
	tape_send(&f->tape, &f->second.server, OK);
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_int_equal(heard_count, 3);
	assert_heard(0, EXPLAIN_PARENT_AMBIGUOUS, &f->back.client, 200);
}

static void a_gap_deafens(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	f->first.server.position[RECORD_SEND] += 1000;
	tape_send(&f->tape, &f->first.server, "rest");
	tape_play(&f->tape, f->engine);
	assert_true(heard_count >= 1);
	assert_heard(0, EXPLAIN_STREAM_GAP, &f->first.server, 200);
}

static void so_does_what_is_no_head(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_send(&f->tape, &f->first.server, "no head at all\r\n\r\n");
	tape_play(&f->tape, f->engine);
	assert_heard(0, EXPLAIN_HEAD_UNPARSABLE, &f->first.server, 200);
	assert_null(heard[0].span_id);
}

static void a_response_without_request_is_named(void **state)
{
	struct link_fixture *f = *state;

	f->first.server.position[RECORD_RECEIVE] += strlen(GET("/a"));
	f->first.server.last = RECORD_RECEIVE;
	tape_send(&f->tape, &f->first.server, OK);
	tape_play(&f->tape, f->engine);
	assert_heard(0, EXPLAIN_RESPONSE_UNPAIRED, &f->first.server, 200);
}

static void so_is_one_that_nobody_asked_for(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, GET("/a"));
	tape_send(&f->tape, &f->first.server, OK OK);
	tape_play(&f->tape, f->engine);
	assert_heard(0, EXPLAIN_UNSOLICITED, &f->first.server, 200);
}

static void so_is_a_head_cut_short(void **state)
{
	struct link_fixture *f = *state;

	tape_receive(&f->tape, &f->first.server, "GET /a HT");
	tape_send(&f->tape, &f->first.server, "HTTP/1.1 408 T\r\n\r\n");
	tape_play(&f->tape, f->engine);
	assert_heard(0, EXPLAIN_REQUEST_INCOMPLETE, &f->first.server, 200);
}

static void a_variable_left_out_is_named(void **state)
{
	static const char environment[] = "OTEL_SERVICE_NAME=\xff\0OTEL_RESOURCE_ATTRIBUTES=service.name=a=b";
	struct link_fixture *f = *state;
	struct {
		struct record_process record;
		char environment[sizeof(environment)];
	} told = { .record = { .header = { .kind = RECORD_PROCESS, .size = sizeof(told), .tgid = 7 },
			       .environment_length = sizeof(environment) } };

	memcpy(told.environment, environment, sizeof(environment));
	assert_int_equal(engine_record(f->engine, &told, sizeof(told)), 0);
	assert_int_equal(heard_count, 2);
	for (size_t i = 0; i < heard_count; i++) {
		assert_int_equal(heard[i].reason, EXPLAIN_SERVICE_NAME + i);
		assert_int_equal(heard[i].cookie, 0);
		assert_int_equal(heard[i].pid, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_a_text),
		cmocka_unit_test_setup_teardown(each_says_when_and_of_which_service, setup, link_teardown),
		cmocka_unit_test_setup_teardown(a_root_says_why, setup, link_teardown),
		cmocka_unit_test_setup_teardown(so_does_a_refused_parent, setup, link_teardown),
		cmocka_unit_test_setup_teardown(a_gap_deafens, setup, link_teardown),
		cmocka_unit_test_setup_teardown(so_does_what_is_no_head, setup, link_teardown),
		cmocka_unit_test_setup_teardown(a_response_without_request_is_named, setup, link_teardown),
		cmocka_unit_test_setup_teardown(a_variable_left_out_is_named, setup, link_teardown),
		cmocka_unit_test_setup_teardown(so_is_one_that_nobody_asked_for, setup, link_teardown),
		cmocka_unit_test_setup_teardown(so_is_a_head_cut_short, setup, link_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
