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
#include "otlp/delivery_retry.h"
#include "otlp/test/fake_collector.h"

static struct fake_collector collector;
static struct fake_answer next_answer;

/* The same for every request. */
static struct fake_answer answer_next(struct fake_collector *self, const struct transport_request *request)
{
	(void)self;
	(void)request;
	return next_answer;
}

static struct output *start_with(struct otlp_config config, size_t queue_bytes)
{
	struct output *output;

	fake_collector_init(&collector);
	collector.answer = answer_next;
	next_answer = (struct fake_answer){ .latency = NSEC_PER_MSEC };
	assert_int_equal(output_delivery_new(&(struct delivery_options){ .config = &config,
									 .version = "1",
									 .transport = fake_transport_new(&collector),
									 .queue_bytes = queue_bytes,
									 .clock = fake_clock,
									 .warn = fake_warn,
									 .context = &collector },
					     &output),
			 0);
	assert_true(output_waits(output));
	return output;
}

static struct output *start(void)
{
	return start_with(fake_config(), 0);
}

static void set_answer(enum transport_verdict verdict, const char *cause)
{
	next_answer = (struct fake_answer){ .verdict = verdict, .latency = NSEC_PER_MSEC, .cause = cause };
}

static void assert_all_once(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		assert_int_equal(collector.taken[i], 1);
	assert_int_equal(collector.spans_taken, count);
	assert_false(collector.disordered);
	assert_false(collector.overlapped);
}

static void test_batch_by_number(void **state)
{
	struct output *output = start();

	(void)state;
	fake_give(output, 0, 25, 100);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.requests[OTLP_TRACES], 2);
	assert_int_equal(collector.spans_taken, 20);
	assert_int_equal(delivery_stats(output).queue_spans, 5);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(collector.requests[OTLP_TRACES], 3);
	assert_all_once(25);
	assert_int_equal(fake_lost(output), 0);
	assert_int_equal(delivery_stats(output).spans_delivered, 25);
	assert_int_equal(collector.text_count, 0);
	output_free(output);
}

static void test_batch_by_time(void **state)
{
	struct output *output = start();

	(void)state;
	fake_run(output, 7 * NSEC_PER_SEC);
	fake_give(output, 0, 1, 100);
	fake_run(output, 3 * NSEC_PER_SEC);
	fake_give(output, 1, 1, 100);
	fake_run(output, 2 * NSEC_PER_SEC - 1);
	assert_int_equal(collector.requests[OTLP_TRACES], 0);
	fake_run(output, 1);
	assert_int_equal(collector.requests[OTLP_TRACES], 1);
	fake_run(output, NSEC_PER_SEC);
	assert_all_once(2);
	/* Ten a second, not more. */
	assert_in_range(collector.waits, 130, 150);
	output_free(output);
}

static void test_batch_by_size(void **state)
{
	struct otlp_config config = fake_config();
	struct output *output;

	(void)state;
	config.batch_spans = 512;
	output = start_with(config, 0);
	/* Clones are small here: only the encoder sees that a request would be too large. */
	fake_give(output, 0, 12, 1 << 20);
	assert_int_equal(output_flush(output), 0);
	assert_all_once(12);
	assert_true(collector.requests[OTLP_TRACES] >= 4);
	assert_true(collector.largest <= OTLP_REQUEST_SIZE_TARGET);
	/* One alone may be longer, but not without limit. */
	fake_give(output, 12, 1, 5 << 20);
	fake_give(output, 13, 1, OTLP_REQUEST_SIZE_MAX);
	fake_give(output, 14, 1, 10);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(collector.spans_taken, 14);
	assert_int_equal(fake_counter(output, "export_encoding_failed"), 1);
	assert_int_equal(fake_lost(output), 1);
	output_free(output);
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

static void test_full_memory_drops_the_oldest(void **state)
{
	struct output *output = start_with(fake_config(), 50 * 1000);

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 10, 1000);
	fake_run(output, NSEC_PER_MSEC);
	fake_give(output, 10, 190, 1000);
	fake_run(output, NSEC_PER_SEC);
	/* Four batches of ten wait beside the one that is tried. */
	assert_int_equal(fake_counter(output, "export_dropped"), 150);
	assert_int_equal(delivery_stats(output).queue_batches, 4);
	assert_true(delivery_stats(output).queue_bytes <= 50 * 1000);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 40 * NSEC_PER_SEC);
	assert_int_equal(collector.taken[0], 1);
	assert_int_equal(collector.taken[10], 0);
	assert_int_equal(collector.taken[199], 1);
	assert_int_equal(collector.spans_taken, 50);
	assert_int_equal(fake_warned(&collector, "150 spans were lost"), 1);
	output_free(output);
}

static void test_send_fails(void **state)
{
	struct output *output = start();

	(void)state;
	collector.send_error = -ENOMEM;
	fake_give(output, 0, 10, 1000);
	fake_run(output, 60 * NSEC_PER_SEC);
	assert_true(collector.waits < 1000);
	assert_int_equal(collector.text_count, 1);
	collector.send_error = 0;
	fake_run(output, 40 * NSEC_PER_SEC);
	assert_all_once(10);
	output_free(output);
}

static void test_encoder_fails(void **state)
{
	struct output *output = start();

	(void)state;
	fake_encoder_fail(-ENOMEM);
	fake_give(output, 0, 15, 1000);
	fake_encoder_fail(0);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(fake_counter(output, "export_encoding_failed"), 10);
	assert_int_equal(collector.spans_taken, 5);
	output_free(output);
}

/* Cancelled while it waits for an answer that never comes. */
static void test_flush_is_cancelled(void **state)
{
	struct output *output = start();

	(void)state;
	next_answer.latency = UINT64_MAX;
	fake_give(output, 0, 25, 100);
	fake_run(output, NSEC_PER_SEC);
	output_cancel(output);
	assert_int_equal(output_flush(output), -ECANCELED);
	assert_int_equal(fake_counter(output, "export_undelivered"), 25);
	assert_int_equal(delivery_stats(output).queue_spans, 0);
	output_free(output);
}

static struct output *cancelled_after_first;

static struct fake_answer cancel_at_third(struct fake_collector *self, const struct transport_request *request)
{
	(void)request;
	if (self->requests[OTLP_TRACES] == 3)
		output_cancel(cancelled_after_first);
	return next_answer;
}

/* Without a spool it tries as long as it may, and at once. */
static void test_flush_tries_on(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	fake_give(output, 0, 10, 100);
	fake_run(output, 100 * NSEC_PER_SEC);
	collector.requests[OTLP_TRACES] = 0;
	collector.answer = cancel_at_third;
	cancelled_after_first = output;
	assert_int_equal(output_flush(output), -ECANCELED);
	assert_int_equal(collector.requests[OTLP_TRACES], 3);
	assert_true(collector.request_times[2] - collector.request_times[0] < 3 * NSEC_PER_SEC);
	assert_int_equal(fake_counter(output, "export_undelivered"), 10);
	output_free(output);
}

static struct metric_set *metrics_of(uint64_t time)
{
	struct resource *resource = calloc(1, sizeof(*resource));
	struct metric_set *set;

	assert_non_null(resource);
	resource->references = 1;
	set = metric_set_new(resource, 1, 1);
	resource_unref(resource);
	assert_non_null(set);
	assert_non_null(metric_set_add(set, "m", METRIC_GAUGE, "1", "", 1));
	set->time = time;
	return set;
}

static uint64_t last_metrics;

static struct fake_answer note_metrics(struct fake_collector *self, const struct transport_request *request)
{
	(void)self;
	if (request->signal == OTLP_TRACES)
		return (struct fake_answer){ .latency = NSEC_PER_MSEC };
	assert_int_equal(request->body.length, sizeof(last_metrics));
	memcpy(&last_metrics, request->body.data, sizeof(last_metrics));
	return next_answer;
}

static void test_metrics_wait_alone(void **state)
{
	struct output *output = start();

	(void)state;
	collector.answer = note_metrics;
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	assert_int_equal(output_metrics(output, metrics_of(1), fake_clock()), 0);
	fake_run(output, NSEC_PER_SEC / 4);
	assert_int_equal(last_metrics, 1);
	assert_int_equal(output_metrics(output, metrics_of(2), fake_clock()), 0);
	assert_int_equal(output_metrics(output, metrics_of(3), fake_clock()), 0);
	/* Spans are not held up by metrics that nobody takes. */
	fake_give(output, 0, 100, 100);
	fake_run(output, NSEC_PER_SEC / 5);
	assert_all_once(100);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(last_metrics, 3);
	assert_int_equal(collector.requests[OTLP_METRICS], 2);
	assert_int_equal(fake_warned(&collector, "cannot deliver metrics"), 1);
	assert_int_equal(fake_warned(&collector, "takes metrics again"), 1);
	assert_int_equal(fake_lost(output), 0);
	/* At the end they are tried, but not waited for. */
	set_answer(TRANSPORT_RETRY, "HTTP 503");
	assert_int_equal(output_metrics(output, metrics_of(4), fake_clock()), 0);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(last_metrics, 4);
	output_free(output);
}

static void test_one_warning_for_both_signals(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 10, 100);
	fake_run(output, NSEC_PER_SEC / 4);
	assert_int_equal(output_metrics(output, metrics_of(1), fake_clock()), 0);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_true(collector.requests[OTLP_METRICS] > 1);
	assert_int_equal(collector.text_count, 1);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 40 * NSEC_PER_SEC);
	assert_int_equal(collector.text_count, 2);
	output_free(output);
}

static void test_without_endpoint(void **state)
{
	struct otlp_config config = fake_config();
	struct output *output;

	(void)state;
	config.signals[OTLP_METRICS].endpoint = NULL;
	config.exporters[OTLP_TRACES] = CONFIG_EXPORTER_NONE;
	output = start_with(config, 0);
	fake_give(output, 0, 100, 100);
	assert_int_equal(output_metrics(output, metrics_of(1), fake_clock()), 0);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(collector.requests[OTLP_TRACES] + collector.requests[OTLP_METRICS], 0);
	assert_int_equal(fake_lost(output), 0);
	output_free(output);
}

static void test_stats(void **state)
{
	struct output *output = start();
	struct delivery_stats stats;

	(void)state;
	next_answer.latency = 20 * NSEC_PER_MSEC;
	fake_give(output, 0, 20, 100);
	fake_run(output, NSEC_PER_SEC);
	stats = delivery_stats(output);
	assert_int_equal(stats.requests, 2);
	assert_int_equal(stats.answers, 2);
	assert_int_equal(stats.retries, 0);
	assert_int_equal(stats.bytes, 20 * (100 + FAKE_SPAN_HEAD));
	assert_int_equal(stats.latency_sum, 40 * NSEC_PER_MSEC);
	assert_int_equal(stats.latency_max, 20 * NSEC_PER_MSEC);
	assert_int_equal(delivery_stats(output).latency_max, 0);
	output_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch_by_number),
		cmocka_unit_test(test_batch_by_time),
		cmocka_unit_test(test_batch_by_size),
		cmocka_unit_test(test_retry_with_backoff),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_each_cause_once),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_partial_success),
		cmocka_unit_test(test_too_large_is_split),
		cmocka_unit_test(test_nothing_is_small_enough),
		cmocka_unit_test(test_full_memory_drops_the_oldest),
		cmocka_unit_test(test_send_fails),
		cmocka_unit_test(test_encoder_fails),
		cmocka_unit_test(test_flush_is_cancelled),
		cmocka_unit_test(test_flush_tries_on),
		cmocka_unit_test(test_metrics_wait_alone),
		cmocka_unit_test(test_one_warning_for_both_signals),
		cmocka_unit_test(test_without_endpoint),
		cmocka_unit_test(test_stats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
