// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "otlp/deliver/retry.h"
#include "otlp/deliver/test/fixture.h"

static struct output *start_with(struct otlp_config config, size_t queue_bytes)
{
	collector_begin();
	return delivery_start(config, queue_bytes, NULL);
}

static struct output *start(void)
{
	return start_with(fake_config(), 0);
}

static void test_retry_with_backoff(void **state)
{
	uint64_t expected = DELIVERY_BACKOFF_FIRST;
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	next_answer.message = "busy";
	fake_give(output, 0, 10, 100);
	fake_run(output, 300 * NSEC_PER_SEC);
	assert_in_range(collector.requests[OTLP_TRACES], 14, 30);
	for (size_t i = 1; i < collector.requests[OTLP_TRACES]; i++) {
		uint64_t pause = collector.request_times[i] - collector.request_times[i - 1];

		/* The answer takes a millisecond, and may be seen a turn later. */
		assert_in_range(pause, expected / 2, expected + 3 * NSEC_PER_MSEC);
		expected = expected * 3 / 2 > DELIVERY_BACKOFF_MAX ? DELIVERY_BACKOFF_MAX : expected * 3 / 2;
	}
	assert_int_equal(collector.text_count, 1);
	assert_int_equal(fake_warned(&collector, "cannot deliver spans, trying again: HTTP 503: busy"), 1);
	assert_true(collector.waits < 4000);
	assert_int_equal(delivery_stats(output).retries, collector.requests[OTLP_TRACES] - 1);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 31 * NSEC_PER_SEC);
	assert_all_once(10);
	assert_int_equal(collector.text_count, 2);
	assert_int_equal(fake_warned(&collector, "the collector is back after 3"), 1);
	assert_int_equal(fake_warned(&collector, "0 spans were lost"), 1);
	/* The next time begins anew. */
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	fake_give(output, 10, 10, 100);
	fake_run(output, NSEC_PER_SEC + 10 * NSEC_PER_MSEC);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 2 * NSEC_PER_SEC);
	assert_all_once(20);
	assert_int_equal(fake_warned(&collector, "HTTP 503"), 2);
	output_free(output);
}

static void test_retry_after(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "HTTP 429");
	next_answer.retry_after = 7 * NSEC_PER_SEC;
	fake_give(output, 0, 10, 100);
	fake_run(output, 20 * NSEC_PER_SEC);
	assert_int_equal(collector.requests[OTLP_TRACES], 3);
	assert_in_range(collector.request_times[1] - collector.request_times[0], 7 * NSEC_PER_SEC,
			7 * NSEC_PER_SEC + 2 * NSEC_PER_MSEC);
	/* Nobody makes us wait for a year. */
	next_answer.retry_after = 365 * 86400 * NSEC_PER_SEC;
	fake_run(output, 2 * DELIVERY_RETRY_AFTER_MAX);
	assert_int_equal(collector.requests[OTLP_TRACES], 5);
	/* At the end it is asked once more, sooner than it wished. */
	set_answer(TRANSPORT_DELIVERED, NULL);
	assert_int_equal(output_flush(output), 0);
	assert_all_once(10);
	output_free(output);
}

/* What a long wait is for is said. */
static void test_long_retry_after_is_said(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	next_answer.retry_after = 86400 * NSEC_PER_SEC;
	fake_give(output, 0, 10, 100);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(fake_warned(&collector, "cannot deliver spans, trying again in 120 s, as it asks for time: HTTP 503"), 1);
	output_free(output);
}

static void test_each_cause_once(void **state)
{
	static const char *const causes[] = { "HTTP 503", "time-out after 10 s", "HTTP 503", "cannot connect" };
	struct output *output = start();
	char name[32];

	(void)state;
	fake_give(output, 0, 10, 100);
	for (size_t i = 0; i < 4; i++) {
		set_answer(TRANSPORT_RETRY, causes[i]);
		fake_run(output, 40 * NSEC_PER_SEC);
	}
	assert_int_equal(collector.text_count, 3);
	/* A collector with ever new causes fills no log. */
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "cause %d", i);
		set_answer(TRANSPORT_RETRY, name);
		fake_run(output, 40 * NSEC_PER_SEC);
	}
	assert_int_equal(collector.text_count, SAID_MAX);
	output_free(output);
}

static void test_refused(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_REFUSED, "HTTP 400");
	next_answer.message = "no such tenant";
	fake_give(output, 0, 50, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.requests[OTLP_TRACES], 5);
	assert_int_equal(fake_counter(output, "export_refused"), 50);
	assert_int_equal(collector.text_count, 1);
	assert_int_equal(fake_warned(&collector, "HTTP 400: no such tenant"), 1);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_give(output, 50, 10, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 10);
	assert_int_equal(fake_lost(output), 50);
	output_free(output);
}

static void test_partial_success(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_DELIVERED, "HTTP 200");
	next_answer.rejected = 3;
	next_answer.message = "bad attribute";
	fake_give(output, 0, 20, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 14);
	assert_int_equal(fake_counter(output, "export_rejected"), 6);
	assert_int_equal(delivery_stats(output).spans_delivered, 14);
	assert_int_equal(fake_warned(&collector, "rejected 3 of 10 spans: bad attribute"), 1);
	assert_int_equal(collector.text_count, 1);
	/* Nonsense is bounded; a message without rejections is a warning. */
	next_answer.rejected = INT64_MAX;
	fake_give(output, 20, 10, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(fake_counter(output, "export_rejected"), 16);
	next_answer.rejected = -5;
	next_answer.message = "deprecated";
	fake_give(output, 30, 10, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(fake_counter(output, "export_rejected"), 16);
	assert_int_equal(fake_warned(&collector, "warns: deprecated"), 1);
	assert_int_equal(collector.requests[OTLP_TRACES], 4);
	output_free(output);
}

static void test_too_large_is_split(void **state)
{
	struct otlp_config config = fake_config();
	uint64_t requests;
	struct output *output;

	(void)state;
	config.batch_spans = 512;
	config.signals[OTLP_TRACES].gzip = true;
	output = start_with(config, 0);
	collector.size_limit = 200 * 1000;
	fake_give(output, 0, 512, 1000);
	fake_run(output, NSEC_PER_SEC);
	assert_all_once(512);
	assert_int_equal(fake_lost(output), 0);
	assert_int_equal(collector.text_count, 0);
	/* From then on requests are small enough at once. */
	requests = collector.requests[OTLP_TRACES];
	fake_give(output, 512, 512, 1000);
	fake_run(output, NSEC_PER_SEC);
	assert_all_once(1024);
	assert_int_equal(collector.requests[OTLP_TRACES], requests + 4);
	output_free(output);
}

static void test_nothing_is_small_enough(void **state)
{
	struct otlp_config config = fake_config();
	struct output *output;

	(void)state;
	config.batch_spans = 512;
	output = start_with(config, 0);
	collector.size_limit = 1;
	fake_give(output, 0, 512, 1000);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 0);
	assert_int_equal(fake_counter(output, "export_refused"), 512);
	assert_int_equal(fake_warned(&collector, "HTTP 413"), 1);
	assert_in_range(collector.requests[OTLP_TRACES], 1, 40);
	output_free(output);
}

/* What could not be sent has not been sent before: it is no retry, and took no time. */
static void test_first_request_after_errors_of_ours(void **state)
{
	struct output *output = start();
	struct delivery_stats stats;

	(void)state;
	set_answer(TRANSPORT_DELIVERED, NULL);
	collector.send_error = -ENOMEM;
	fake_give(output, 0, 10, 100);
	fake_run(output, 20 * NSEC_PER_SEC);
	assert_int_equal(delivery_stats(output).requests, 0);
	collector.send_error = 0;
	fake_run(output, 30 * NSEC_PER_SEC);
	assert_all_once(10);
	stats = delivery_stats(output);
	assert_int_equal(stats.requests, 1);
	assert_int_equal(stats.retries, 0);
	assert_in_range(stats.durations[TRANSPORT_DELIVERED].sum, 0, NSEC_PER_SEC);
	output_free(output);
}

/* A collector at its limit answers 429 every other second, for days. */
static void test_outages_that_come_and_go(void **state)
{
	struct output *output = start();

	(void)state;
	for (uint64_t i = 0; i < 60; i++) {
		set_answer(TRANSPORT_RETRY, "HTTP 429");
		fake_give(output, 10 * i, 10, 100);
		fake_run(output, NSEC_PER_SEC / 10);
		set_answer(TRANSPORT_DELIVERED, NULL);
		fake_run(output, 19 * NSEC_PER_SEC / 10);
	}
	assert_all_once(600);
	/* Two minutes: those at the beginning, and one a minute. */
	assert_in_range(fake_warned(&collector, "HTTP 429"), TOLD_BURST + 1, TOLD_BURST + 2);
	assert_int_equal(fake_warned(&collector, "is back"), fake_warned(&collector, "HTTP 429"));
	/* One that lasts is told nevertheless. */
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	fake_give(output, 600, 10, 100);
	fake_run(output, TOLD_INTERVAL + DELIVERY_BACKOFF_MAX);
	assert_int_equal(fake_warned(&collector, "HTTP 503"), 1);
	output_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retry_with_backoff),      cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_long_retry_after_is_said),
		cmocka_unit_test(test_each_cause_once),         cmocka_unit_test(test_refused),
		cmocka_unit_test(test_partial_success),         cmocka_unit_test(test_too_large_is_split),
		cmocka_unit_test(test_nothing_is_small_enough),
		cmocka_unit_test(test_first_request_after_errors_of_ours),
		cmocka_unit_test(test_outages_that_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
