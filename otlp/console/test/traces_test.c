// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#include "otlp/console/traces.h"
#include "otlp/test/sample.h"

#define MSEC NSEC_PER_MSEC

/* Each trace handed over: its number and count of spans, as text. */
struct log {
	char text[256];
	size_t length;
};

static void note_trace(void *context, struct span *const *spans, size_t count)
{
	struct log *log = context;

	log->length += (size_t)snprintf(log->text + log->length, sizeof(log->text) - log->length, "%u:%zu ",
					spans[0]->trace_id[15], count);
}

struct fixture {
	struct resource *resource;
	struct traces *traces;
	struct log log;
};

static void setup(struct fixture *fixture, size_t spans_max)
{
	*fixture = (struct fixture){ .resource = sample_resource("shop", 1) };
	fixture->traces = traces_new(&(struct traces_options){
		.spans_max = spans_max, .quiet = 300 * MSEC, .patience = 30000 * MSEC,
		.ready = note_trace, .context = &fixture->log });
	assert_non_null(fixture->traces);
}

static void teardown(struct fixture *fixture)
{
	traces_free(fixture->traces);
	assert_int_equal(fixture->resource->references, 1);
	resource_unref(fixture->resource);
}

static void add(struct fixture *fixture, uint8_t trace, uint8_t id, uint8_t parent, const char *evidence, uint64_t now)
{
	struct span span = sample_span(fixture->resource, trace, id, parent, SPAN_KIND_SERVER, "GET", 0, 1);

	if (evidence)
		sample_string(&span, "wirespan.link.evidence", evidence);
	assert_int_equal(traces_add(fixture->traces, span_clone(&span), now), 0);
}

static void assert_ready(struct fixture *fixture, uint64_t now, const char *expected)
{
	fixture->log = (struct log){ 0 };
	traces_advance(fixture->traces, now);
	assert_string_equal(fixture->log.text, expected);
}

static void test_quiet(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	add(&fixture, 1, 1, 0, NULL, 0);
	add(&fixture, 2, 1, 0, NULL, 100 * MSEC);
	add(&fixture, 1, 2, 1, "thread", 200 * MSEC);
	assert_ready(&fixture, 399 * MSEC, "");
	assert_ready(&fixture, 400 * MSEC, "2:1 ");
	assert_ready(&fixture, 500 * MSEC, "1:2 ");
	assert_ready(&fixture, 99000 * MSEC, "");
	teardown(&fixture);
}

static void test_waits_for_parents(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	add(&fixture, 1, 3, 2, "connection", 0);
	add(&fixture, 1, 2, 1, "thread", 10 * MSEC);
	assert_ready(&fixture, 5000 * MSEC, "");
	add(&fixture, 1, 1, 0, NULL, 6000 * MSEC);
	assert_ready(&fixture, 6299 * MSEC, "");
	assert_ready(&fixture, 6300 * MSEC, "1:3 ");
	assert_int_equal(traces_cut(fixture.traces), 0);
	teardown(&fixture);
}

static void test_patience_ends(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 100);
	add(&fixture, 1, 3, 2, "connection", 0);
	assert_ready(&fixture, 29999 * MSEC, "");
	assert_ready(&fixture, 30000 * MSEC, "1:1 ");
	teardown(&fixture);
}

/* Complete or not: a trace that is never quiet is shown in pieces. */
static void test_endless_trace(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 1000);
	for (uint64_t i = 0; i < 400; i++) {
		add(&fixture, 1, (uint8_t)(i % 255 + 1), 0, NULL, i * 200 * MSEC);
		traces_advance(fixture.traces, i * 200 * MSEC);
	}
	assert_string_equal(fixture.log.text, "1:151 1:151 ");
	fixture.log = (struct log){ 0 };
	traces_flush(fixture.traces);
	assert_string_equal(fixture.log.text, "1:98 ");
	/* Waiting for a parent in between changes nothing. */
	fixture.log = (struct log){ 0 };
	for (uint64_t i = 0; i < 40; i++) {
		add(&fixture, 2, (uint8_t)(i + 1), 99, "thread", i * 1000 * MSEC);
		traces_advance(fixture.traces, i * 1000 * MSEC + 500 * MSEC);
	}
	assert_string_equal(fixture.log.text, "2:31 ");
	assert_int_equal(traces_cut(fixture.traces), 0);
	teardown(&fixture);
}

static void test_foreign_parent_is_not_awaited(void **state)
{
	struct fixture fixture;
	struct span span;

	(void)state;
	setup(&fixture, 100);
	add(&fixture, 1, 3, 9, "header", 0);
	assert_ready(&fixture, 300 * MSEC, "1:1 ");
	span = sample_span(fixture.resource, 2, 1, 9, SPAN_KIND_SERVER, "GET", 0, 1);
	assert_true(span_expects_parent(&span));
	span.flags = 0x301;
	assert_false(span_expects_parent(&span));
	sample_string(&span, "wirespan.link.evidence", "connection");
	assert_true(span_expects_parent(&span));
	teardown(&fixture);
}

static void test_bound(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 4);
	add(&fixture, 1, 1, 0, NULL, 0);
	add(&fixture, 2, 1, 9, "connection", 1);
	add(&fixture, 3, 1, 0, NULL, 2);
	add(&fixture, 4, 1, 0, NULL, 3);
	assert_string_equal(fixture.log.text, "");
	add(&fixture, 5, 1, 0, NULL, 4);
	assert_string_equal(fixture.log.text, "1:1 ");
	assert_int_equal(traces_cut(fixture.traces), 0);
	add(&fixture, 6, 1, 0, NULL, 5);
	assert_string_equal(fixture.log.text, "1:1 2:1 ");
	assert_int_equal(traces_cut(fixture.traces), 1);
	traces_flush(fixture.traces);
	assert_string_equal(fixture.log.text, "1:1 2:1 3:1 4:1 5:1 6:1 ");
	teardown(&fixture);
}

static void test_bound_takes_waiting_first(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 2);
	add(&fixture, 1, 1, 9, "thread", 0);
	traces_advance(fixture.traces, 400 * MSEC);
	add(&fixture, 2, 1, 0, NULL, 500 * MSEC);
	add(&fixture, 3, 1, 0, NULL, 600 * MSEC);
	assert_string_equal(fixture.log.text, "1:1 ");
	assert_int_equal(traces_cut(fixture.traces), 1);
	teardown(&fixture);
}

static void test_one_trace_past_the_bound(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture, 10);
	for (uint8_t id = 1; id <= 25; id++)
		add(&fixture, 1, id, id > 1 ? 1 : 0, "thread", id);
	assert_string_equal(fixture.log.text, "1:11 1:11 ");
	traces_flush(fixture.traces);
	assert_string_equal(fixture.log.text, "1:11 1:11 1:3 ");
	teardown(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_waits_for_parents),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_endless_trace),
		cmocka_unit_test(test_foreign_parent_is_not_awaited),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bound_takes_waiting_first),
		cmocka_unit_test(test_one_trace_past_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
