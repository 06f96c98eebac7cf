// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/clock.h"
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
	assert_int_equal(fake_warned(&collector, "no room for spans that wait"), 1);
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
		cmocka_unit_test(test_batch_by_number),    cmocka_unit_test(test_batch_by_time),
		cmocka_unit_test(test_batch_by_size),      cmocka_unit_test(test_full_memory_drops_the_oldest),
		cmocka_unit_test(test_send_fails),         cmocka_unit_test(test_encoder_fails),
		cmocka_unit_test(test_flush_is_cancelled), cmocka_unit_test(test_flush_tries_on),
		cmocka_unit_test(test_metrics_wait_alone), cmocka_unit_test(test_one_warning_for_both_signals),
		cmocka_unit_test(test_without_endpoint),   cmocka_unit_test(test_stats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
