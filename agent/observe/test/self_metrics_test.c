// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/self_metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "otlp/encode/encoder.h"
#include "otlp/test/sample.h"

#define DOCUMENT_MAX 65536

static struct resource shop = { .service_name = SLICE_LITERAL("shop"), .pid = 7 };
static struct unread some_unread = {
	.count = 2,
	.rows = {
		{ .resource = &shop, .recognised = RECOGNISED_TLS, .role = RECORD_ROLE_CLIENT, .port = 443,
		  .connections = 12 },
		{ .resource = &shop, .recognised = RECOGNISED_UNKNOWN, .role = RECORD_ROLE_SERVER, .late = true,
		  .port = 9000, .connections = 3 },
	},
};

static struct stats some_stats(void)
{
	struct stats stats = {
		.wall = 2000,
		.traffic = { .records = { [RECORD_DATA] = 5 }, .latency_buckets = { 4, 1 }, .latency_sum = NSEC_PER_SEC },
		.ring_size = 1000,
		.sampled_out = 3,
		.filtered = 4,
		.spans = { .given = 100, .exported = 60, .queue_full = 10 },
		.queue_capacity = 128,
		.delivers = true,
		.delivery = { .spans_delivered = 50, .queue_spans = 6, .spool_spans = 4 },
		.user_time = 1500 * NSEC_PER_MSEC,
		.system_time = 500 * NSEC_PER_MSEC,
		.resident_bytes = 4096,
		.summary = {
			.losses = { { "stream_gap", 2 }, { "export_refused", 7 } },
			.loss_count = 2,
			.processes = { "instrumented_process", 1 },
			.unread = &some_unread,
		},
		.peaks = { .ring_used = 250 },
	};

	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++)
		stats.summary.connections[i] = (struct counter){ "tls", i };
	for (size_t i = 0; i < SUMMARY_EXCHANGES; i++)
		stats.summary.exchanges[i] = (struct counter){ "telemetry", i };
	for (size_t i = 0; i < SUMMARY_SPANS; i++)
		stats.summary.spans[i] = (struct counter){ "filtered_path", i };
	stats.delivery.durations[TRANSPORT_DELIVERED].buckets[2] = 3;
	stats.delivery.durations[TRANSPORT_DELIVERED].sum = 60 * NSEC_PER_MSEC;
	return stats;
}

static struct metric_set *make(const struct stats *stats, enum otlp_encoding encoding)
{
	struct resource *resource = sample_resource("wirespan", 1);
	struct metric_set *set = self_metrics_make(resource, stats, 1000, encoding);

	resource_unref(resource);
	assert_non_null(set);
	return set;
}

static const struct metric *find(const struct metric_set *set, const char *name)
{
	for (size_t i = 0; i < set->metric_count; i++)
		if (strcmp(set->metrics[i].name, name) == 0)
			return &set->metrics[i];
	return NULL;
}

static const struct metric *expect(const struct metric_set *set, const char *name)
{
	const struct metric *metric = find(set, name);

	if (!metric)
		fail_msg("no metric %s", name);
	return metric;
}

static struct slice attribute(const struct metric_point *point, const char *key)
{
	for (size_t i = 0; i < point->attribute_count; i++)
		if (slice_equal(point->attributes[i].key, slice_of_string(key)))
			return point->attributes[i].string;
	return slice_of(NULL, 0);
}

/* The point whose attribute `key` is `value` (NULL: that has none). */
static const struct metric_point *point_of(const struct metric *metric, const char *key, const char *value)
{
	for (size_t i = 0; i < metric->point_count; i++)
		if (slice_equal(attribute(&metric->points[i], key), slice_of_string(value)))
			return &metric->points[i];
	fail_msg("%s has no point with %s=%s", metric->name, key, value ? value : "");
	return NULL;
}

static void numbers_stand_where_they_belong(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set = make(&stats, OTLP_PROTOBUF);
	const struct metric *processed = expect(set, "otel.sdk.processor.span.processed");
	const struct metric *exported = expect(set, "otel.sdk.exporter.span.exported");

	(void)state;
	assert_int_equal(set->start, 1000);
	assert_int_equal(set->time, 2000);
	assert_int_equal(expect(set, "otel.sdk.processor.span.queue.size")->points[0].integer, 30);
	assert_int_equal(expect(set, "otel.sdk.processor.span.queue.capacity")->points[0].integer, 128);
	assert_int_equal(point_of(processed, "error.type", NULL)->integer, 60);
	assert_int_equal(point_of(processed, "error.type", "queue_full")->integer, 10);
	assert_int_equal(point_of(exported, "error.type", NULL)->integer, 50);
	assert_int_equal(point_of(exported, "error.type", "refused")->integer, 7);
	assert_int_equal(expect(set, "otel.sdk.exporter.span.inflight")->points[0].integer, 10);
	assert_int_equal(point_of(expect(set, "otel.sdk.span.started"), "otel.span.sampling_result", "DROP")->integer,
			 3);
	assert_int_equal(point_of(expect(set, "otel.sdk.span.started"), "otel.span.sampling_result",
				  "RECORD_AND_SAMPLE")->integer,
			 104);
	assert_int_equal(expect(set, "wirespan.ignored.spans")->point_count, SPAN_REASONS);
	assert_true(point_of(expect(set, "process.cpu.time"), "cpu.mode", "user")->number == 1.5);
	assert_true(expect(set, "wirespan.ring.fill")->points[0].number == 0.25);
	assert_int_equal(point_of(expect(set, "wirespan.losses"), "wirespan.loss", "stream_gap")->integer, 2);
	assert_int_equal(point_of(expect(set, "wirespan.records"), "wirespan.record.kind", "data")->integer, 5);
	metric_set_free(set);
}

static void histograms_hold_what_was_counted(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set = make(&stats, OTLP_PROTOBUF);
	const struct metric_histogram *drain = &expect(set, "wirespan.drain.latency")->points[0].histogram;
	const struct metric_histogram *sent =
		&point_of(expect(set, "otel.sdk.exporter.operation.duration"), "error.type", NULL)->histogram;

	(void)state;
	assert_int_equal(drain->count, 5);
	assert_true(drain->sum == 1.0);
	assert_int_equal(drain->bound_count, TRAFFIC_BOUNDS);
	assert_true(drain->bounds[0] == 0.000131072 && drain->bounds[TRAFFIC_BOUNDS - 1] == 4.294967296);
	assert_int_equal(sent->count, 3);
	assert_int_equal(sent->buckets[2], 3);
	assert_true(sent->bounds[2] == 0.025 && sent->sum == 0.06);
	for (size_t i = 1; i < drain->bound_count; i++)
		assert_true(drain->bounds[i] > drain->bounds[i - 1]);
	metric_set_free(set);
}

static void the_component_is_named_by_its_encoding(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set = make(&stats, OTLP_JSON);
	const struct metric_point *point = &expect(set, "otel.sdk.exporter.span.inflight")->points[0];

	(void)state;
	assert_true(
		slice_equal(attribute(point, "otel.component.type"), SLICE_LITERAL("otlp_http_json_span_exporter")));
	metric_set_free(set);
}

static void nothing_is_said_of_an_exporter_that_is_not_there(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set;

	(void)state;
	stats.delivers = false;
	set = make(&stats, OTLP_PROTOBUF);
	assert_null(find(set, "otel.sdk.exporter.span.exported"));
	assert_null(find(set, "wirespan.export.requests"));
	assert_non_null(find(set, "wirespan.losses"));
	metric_set_free(set);
}

static void services_that_are_not_read_have_points(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set = make(&stats, OTLP_PROTOBUF);
	const struct metric *metric = expect(set, "wirespan.unread.connections");
	const struct metric_point *point = point_of(metric, "wirespan.ignored.as", "tls");

	(void)state;
	assert_int_equal(metric->point_count, 2);
	assert_int_equal(point->integer, 12);
	assert_true(slice_equal(attribute(point, "wirespan.service"), SLICE_LITERAL("shop")));
	assert_true(slice_equal(attribute(point, "wirespan.ignored.end"), SLICE_LITERAL("client")));
	assert_int_equal(point->attributes[3].integer, 443);
	assert_int_equal(point_of(metric, "wirespan.ignored.as", "older")->integer, 3);
	metric_set_free(set);
}

/* As many losses as there can be: no metric must be left out for lack of room. */
static void the_set_has_room_for_all(void **state)
{
	struct stats stats = some_stats();
	static struct unread unread;
	struct metric_set *full, *usual = make(&stats, OTLP_PROTOBUF);
	struct encoder *encoder = encoder_new(OTLP_PROTOBUF, "0");
	struct slice body;

	(void)state;
	stats.summary.loss_count = SUMMARY_MAX;
	for (size_t i = 0; i < SUMMARY_MAX; i++)
		stats.summary.losses[i] = (struct counter){ "loss", UINT64_MAX };
	stats.summary.unread = &unread;
	unread.count = UNREAD_ROWS_MAX;
	for (size_t i = 0; i < UNREAD_ROWS_MAX; i++)
		unread.rows[i] = (struct unread_row){ .resource = &shop, .port = i };
	full = make(&stats, OTLP_PROTOBUF);
	assert_int_equal(full->metric_count, usual->metric_count);
	assert_int_equal(expect(full, "wirespan.losses")->point_count, SUMMARY_MAX);
	assert_int_equal(expect(full, "wirespan.losses")->points[0].integer, INT64_MAX);
	assert_non_null(encoder);
	assert_int_equal(encoder_metrics(encoder, full, &body), 0);
	encoder_free(encoder);
	metric_set_free(full);
	metric_set_free(usual);
}

static const char *kind_name(enum metric_kind kind)
{
	static const char *const names[] = {
		[METRIC_GAUGE] = "gauge",
		[METRIC_COUNTER] = "counter",
		[METRIC_UP_DOWN_COUNTER] = "up-down counter",
		[METRIC_HISTOGRAM] = "histogram",
	};

	return names[kind];
}

static char *read_document(void)
{
	char *text = calloc(1, DOCUMENT_MAX);
	FILE *file = fopen(METRICS_DOCUMENT, "re");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, DOCUMENT_MAX - 1, file) > 0);
	fclose(file);
	return text;
}

static void the_document_lists_what_is_sent(void **state)
{
	struct stats stats = some_stats();
	struct metric_set *set = make(&stats, OTLP_PROTOBUF);
	char *document = read_document();
	size_t rows = 0;

	(void)state;
	for (size_t i = 0; i < set->metric_count; i++) {
		const struct metric *metric = &set->metrics[i];
		char row[256];

		snprintf(row, sizeof(row), "\n| `%s` | %s | `%s` |", metric->name, kind_name(metric->kind),
			 metric->unit);
		if (!strstr(document, row))
			fail_msg("docs/metrics.md has no row%s", row);
	}
	for (const char *row = document; (row = strstr(row, "\n| `")); row++)
		rows++;
	assert_int_equal(rows, set->metric_count);
	free(document);
	metric_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_stand_where_they_belong),
		cmocka_unit_test(histograms_hold_what_was_counted),
		cmocka_unit_test(the_component_is_named_by_its_encoding),
		cmocka_unit_test(nothing_is_said_of_an_exporter_that_is_not_there),
		cmocka_unit_test(services_that_are_not_read_have_points),
		cmocka_unit_test(the_set_has_room_for_all),
		cmocka_unit_test(the_document_lists_what_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
