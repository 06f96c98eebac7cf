// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h>

#include "otlp/encode/encoder.h"
#include "otlp/encode/test/sample_export.h"
#include "otlp/test/sample.h"

typedef Opentelemetry__Proto__Collector__Metrics__V1__ExportMetricsServiceRequest MetricsRequest;
typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest TraceRequest;
typedef Opentelemetry__Proto__Common__V1__KeyValue KeyValue;
typedef Opentelemetry__Proto__Metrics__V1__HistogramDataPoint HistogramPoint;
typedef Opentelemetry__Proto__Metrics__V1__Metric Metric;
typedef Opentelemetry__Proto__Trace__V1__Span Span;

struct fixture {
	struct sample_export sample;
	TraceRequest *spans;
	MetricsRequest *metrics;
};

static int setup(void **state)
{
	struct encoder *encoder = encoder_new(OTLP_PROTOBUF, "1.2.3");
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct slice body;

	assert_non_null(encoder);
	assert_non_null(fixture);
	sample_export_init(&fixture->sample);
	assert_int_equal(encoder_spans(encoder, fixture->sample.spans, SAMPLE_EXPORT_SPANS, &body), 0);
	fixture->spans = opentelemetry__proto__collector__trace__v1__export_trace_service_request__unpack(
		NULL, body.length, (const uint8_t *)body.data);
	assert_int_equal(encoder_metrics(encoder, fixture->sample.metrics, &body), 0);
	fixture->metrics = opentelemetry__proto__collector__metrics__v1__export_metrics_service_request__unpack(
		NULL, body.length, (const uint8_t *)body.data);
	encoder_free(encoder);
	assert_non_null(fixture->spans);
	assert_non_null(fixture->metrics);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	opentelemetry__proto__collector__trace__v1__export_trace_service_request__free_unpacked(fixture->spans, NULL);
	opentelemetry__proto__collector__metrics__v1__export_metrics_service_request__free_unpacked(fixture->metrics,
												    NULL);
	sample_export_done(&fixture->sample);
	free(fixture);
	return 0;
}

static void assert_bytes(const ProtobufCBinaryData *bytes, const char *expected, size_t length)
{
	assert_int_equal(bytes->len, length);
	if (length)
		assert_memory_equal(bytes->data, expected, length);
}

static void assert_string(const KeyValue *pair, const char *key, const char *value)
{
	assert_string_equal(pair->key, key);
	assert_int_equal(pair->value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE);
	assert_string_equal(pair->value->string_value, value);
}

static void assert_integer(const KeyValue *pair, const char *key, int64_t value)
{
	assert_string_equal(pair->key, key);
	assert_int_equal(pair->value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE);
	assert_true(pair->value->int_value == value);
}

/* Groups in order of appearance, spans in the order that they came in. */
static void test_groups(void **state)
{
	static const char *const names[2][3] = { { "GET /users/{id}", "GET \xef\xbf\xbd\xef\xbf\xbd/\xef\xbf\xbd", "" },
						 { "GET", "GET /users/{id}", NULL } };
	static const char *const services[] = { "shop", "st\xef\xbf\xbdock" };
	const TraceRequest *request = ((struct fixture *)*state)->spans;

	assert_int_equal(request->n_resource_spans, 2);
	for (size_t i = 0; i < 2; i++) {
		const Opentelemetry__Proto__Trace__V1__ResourceSpans *group = request->resource_spans[i];
		const Opentelemetry__Proto__Trace__V1__ScopeSpans *scope;

		assert_string_equal(group->schema_url, "https://opentelemetry.io/schemas/1.44.0");
		assert_int_equal(group->resource->n_attributes, 2);
		assert_string(group->resource->attributes[0], "service.name", services[i]);
		assert_integer(group->resource->attributes[1], "process.pid", 42 + (int64_t)i);
		assert_int_equal(group->n_scope_spans, 1);
		scope = group->scope_spans[0];
		assert_string_equal(scope->schema_url, "https://opentelemetry.io/schemas/1.44.0");
		assert_string_equal(scope->scope->name, "wirespan");
		assert_string_equal(scope->scope->version, "1.2.3");
		assert_int_equal(scope->n_spans, i ? 2 : 3);
		for (size_t j = 0; j < scope->n_spans; j++)
			assert_string_equal(scope->spans[j]->name, names[i][j]);
	}
}

static void test_root_span(void **state)
{
	const Span *span = ((struct fixture *)*state)->spans->resource_spans[0]->scope_spans[0]->spans[0];

	assert_bytes(&span->trace_id, "\x4b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_bytes(&span->span_id, "\xf0\0\0\0\0\0\0\x01", 8);
	assert_bytes(&span->parent_span_id, NULL, 0);
	assert_string_equal(span->trace_state, "");
	assert_int_equal(span->kind, OPENTELEMETRY__PROTO__TRACE__V1__SPAN__SPAN_KIND__SPAN_KIND_SERVER);
	assert_int_equal(span->flags, 1);
	assert_true(span->start_time_unix_nano == UINT64_C(1795258441123456789));
	assert_true(span->end_time_unix_nano == UINT64_C(1795258441124690789));
	assert_int_equal(span->n_attributes, 25);
	assert_string(span->attributes[0], "http.request.method", "GET");
	assert_integer(span->attributes[5], "http.response.status_code", 200);
	assert_int_equal(span->dropped_attributes_count, 0);
	assert_non_null(span->status);
	assert_int_equal(span->status->code, 0);
	assert_string_equal(span->status->message, "");
}

static void test_child_with_error(void **state)
{
	const Span *span = ((struct fixture *)*state)->spans->resource_spans[1]->scope_spans[0]->spans[0];

	assert_bytes(&span->parent_span_id, "\xf0\0\0\0\0\0\0\x01", 8);
	assert_string_equal(span->trace_state, "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
	assert_int_equal(span->kind, OPENTELEMETRY__PROTO__TRACE__V1__SPAN__SPAN_KIND__SPAN_KIND_CLIENT);
	assert_int_equal(span->flags, 0x303);
	assert_int_equal(span->dropped_attributes_count, 3);
	assert_int_equal(span->status->code, OPENTELEMETRY__PROTO__TRACE__V1__STATUS__STATUS_CODE__STATUS_CODE_ERROR);
}

static void test_values(void **state)
{
	const Span *span = ((struct fixture *)*state)->spans->resource_spans[0]->scope_spans[0]->spans[1];
	KeyValue **pairs = span->attributes;
	const Opentelemetry__Proto__Common__V1__ArrayValue *array;

	assert_string(pairs[0], "empty", "");
	assert_string(pairs[2], "k\xef\xbf\xbd", "no text: \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string(pairs[3], "nul",
		      "a\xef\xbf\xbd"
		      "b");
	assert_integer(pairs[4], "zero", 0);
	assert_integer(pairs[5], "min", INT64_MIN);
	assert_integer(pairs[6], "max", INT64_MAX);
	for (size_t i = 7; i < 9; i++) {
		assert_int_equal(pairs[i]->value->value_case,
				 OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_BOOL_VALUE);
		assert_int_equal(pairs[i]->value->bool_value, i == 7);
	}
	assert_int_equal(pairs[9]->value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_ARRAY_VALUE);
	array = pairs[9]->value->array_value;
	assert_int_equal(array->n_values, 3);
	assert_string_equal(array->values[0]->string_value, "one");
	assert_int_equal(array->values[1]->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE);
	assert_string_equal(array->values[1]->string_value, "");
	assert_string_equal(array->values[2]->string_value, "thr\xef\xbf\xbd"
							    "ee");
	assert_int_equal(pairs[10]->value->array_value->n_values, 1);
	assert_int_equal(pairs[13]->value->value_case, OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_DOUBLE_VALUE);
	assert_true(pairs[13]->value->double_value == 0.1);
}

static void test_sums_and_gauges(void **state)
{
	const Opentelemetry__Proto__Metrics__V1__ResourceMetrics *group =
		((struct fixture *)*state)->metrics->resource_metrics[0];
	Metric **metrics = group->scope_metrics[0]->metrics;

	assert_int_equal(((struct fixture *)*state)->metrics->n_resource_metrics, 1);
	assert_string(group->resource->attributes[0], "service.name", "shop");
	assert_string_equal(group->schema_url, "https://opentelemetry.io/schemas/1.44.0");
	assert_string_equal(group->scope_metrics[0]->scope->name, "wirespan");
	assert_int_equal(group->scope_metrics[0]->n_metrics, 5);
	assert_string_equal(metrics[0]->name, "sample.gauge");
	assert_string_equal(metrics[0]->description, "What it counts.");
	assert_string_equal(metrics[0]->unit, "By");
	assert_int_equal(metrics[0]->data_case, OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_GAUGE);
	assert_true(metrics[0]->gauge->data_points[0]->as_int == -5);
	assert_true(metrics[0]->gauge->data_points[0]->start_time_unix_nano == 0);
	assert_true(metrics[0]->gauge->data_points[0]->time_unix_nano == SAMPLE_EPOCH + 1);
	assert_int_equal(metrics[1]->gauge->data_points[0]->value_case,
			 OPENTELEMETRY__PROTO__METRICS__V1__NUMBER_DATA_POINT__VALUE_AS_DOUBLE);
	assert_int_equal(metrics[2]->data_case, OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_SUM);
	assert_int_equal(metrics[2]->sum->aggregation_temporality, 2);
	assert_true(metrics[2]->sum->is_monotonic);
	assert_int_equal(metrics[2]->sum->n_data_points, 2);
	assert_int_equal(metrics[2]->sum->data_points[0]->value_case,
			 OPENTELEMETRY__PROTO__METRICS__V1__NUMBER_DATA_POINT__VALUE_AS_INT);
	assert_true(metrics[2]->sum->data_points[1]->as_int == INT64_MAX);
	assert_true(metrics[2]->sum->data_points[1]->start_time_unix_nano == SAMPLE_EPOCH);
	assert_string(metrics[2]->sum->data_points[1]->attributes[0], "kind",
		      "a\xef\xbf\xbd"
		      "b");
	assert_int_equal(metrics[3]->sum->aggregation_temporality, 2);
	assert_false(metrics[3]->sum->is_monotonic);
}

static void test_histogram(void **state)
{
	static const uint64_t buckets[] = { 2, 1, 0, 0, 2, 2 };
	static const double bounds[] = { 0.005, 0.01, 0.025, 0.1, 1 };
	const Metric *metric = ((struct fixture *)*state)->metrics->resource_metrics[0]->scope_metrics[0]->metrics[4];
	const HistogramPoint *point = metric->histogram->data_points[0];

	assert_int_equal(metric->data_case, OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_HISTOGRAM);
	assert_int_equal(metric->histogram->aggregation_temporality, 2);
	assert_int_equal(point->count, 7);
	assert_int_equal(point->_sum_case, OPENTELEMETRY__PROTO__METRICS__V1__HISTOGRAM_DATA_POINT___SUM_SUM);
	assert_true(point->sum > 33.2140 && point->sum < 33.2142);
	assert_int_equal(point->_min_case, 0);
	assert_int_equal(point->n_bucket_counts, 6);
	assert_memory_equal(point->bucket_counts, buckets, sizeof(buckets));
	assert_int_equal(point->n_explicit_bounds, 5);
	assert_memory_equal(point->explicit_bounds, bounds, sizeof(bounds));
	assert_true(point->start_time_unix_nano == SAMPLE_EPOCH && point->time_unix_nano == SAMPLE_EPOCH + 1);
}

/* The sum of nothing is 0, and said. */
static void test_empty_histogram(void **state)
{
	static const double bounds[] = { 1 };
	struct resource *resource = sample_resource("shop", 1);
	struct encoder *encoder = encoder_new(OTLP_PROTOBUF, "1");
	struct metric_set *set = metric_set_new(resource, 1, 1);
	struct metric *metric = metric_set_add(set, "h", METRIC_HISTOGRAM, "s", "", 1);
	const HistogramPoint *point;
	MetricsRequest *request;
	struct slice body;

	(void)state;
	metric->points[0].histogram.bounds = bounds;
	metric->points[0].histogram.bound_count = 1;
	assert_int_equal(encoder_metrics(encoder, set, &body), 0);
	request = opentelemetry__proto__collector__metrics__v1__export_metrics_service_request__unpack(
		NULL, body.length, (const uint8_t *)body.data);
	assert_non_null(request);
	point = request->resource_metrics[0]->scope_metrics[0]->metrics[0]->histogram->data_points[0];
	assert_int_equal(point->_sum_case, OPENTELEMETRY__PROTO__METRICS__V1__HISTOGRAM_DATA_POINT___SUM_SUM);
	assert_int_equal(point->n_bucket_counts, 2);
	opentelemetry__proto__collector__metrics__v1__export_metrics_service_request__free_unpacked(request, NULL);
	metric_set_free(set);
	encoder_free(encoder);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(test_root_span, setup, teardown),
		cmocka_unit_test_setup_teardown(test_child_with_error, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sums_and_gauges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_histogram, setup, teardown),
		cmocka_unit_test(test_empty_histogram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
