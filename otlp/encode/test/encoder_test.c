// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>

#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h>

#include "base/test/guard.h"
#include "otlp/encode/encoder.h"
#include "otlp/encode/test/same_content.h"
#include "otlp/encode/test/sample_export.h"
#include "otlp/test/sample.h"

#define TRACE_REQUEST opentelemetry__proto__collector__trace__v1__export_trace_service_request__descriptor
#define METRICS_REQUEST opentelemetry__proto__collector__metrics__v1__export_metrics_service_request__descriptor

struct encoders {
	struct encoder *protobuf, *json;
};

static int setup(void **state)
{
	struct encoders *encoders = calloc(1, sizeof(*encoders));

	assert_non_null(encoders);
	encoders->protobuf = encoder_new(OTLP_PROTOBUF, "1.2.3");
	encoders->json = encoder_new(OTLP_JSON, "1.2.3");
	assert_non_null(encoders->protobuf);
	assert_non_null(encoders->json);
	*state = encoders;
	return 0;
}

static int teardown(void **state)
{
	struct encoders *encoders = *state;

	encoder_free(encoders->protobuf);
	encoder_free(encoders->json);
	free(encoders);
	return 0;
}

static void assert_same_spans(struct encoders *encoders, struct span *const *spans, size_t count)
{
	struct slice protobuf, json;

	assert_int_equal(encoder_spans(encoders->protobuf, spans, count, &protobuf), 0);
	assert_int_equal(encoder_spans(encoders->json, spans, count, &json), 0);
	assert_true(same_content_encoded(&TRACE_REQUEST, protobuf, json));
}

static void assert_same_metrics(struct encoders *encoders, const struct metric_set *metrics)
{
	struct slice protobuf, json;

	assert_int_equal(encoder_metrics(encoders->protobuf, metrics, &protobuf), 0);
	assert_int_equal(encoder_metrics(encoders->json, metrics, &json), 0);
	assert_true(same_content_encoded(&METRICS_REQUEST, protobuf, json));
}

/* Twice: the second time with what the first left behind. */
static void test_both_say_the_same(void **state)
{
	struct sample_export sample;

	sample_export_init(&sample);
	for (int i = 0; i < 2; i++) {
		assert_same_spans(*state, sample.spans, SAMPLE_EXPORT_SPANS);
		assert_same_metrics(*state, sample.metrics);
		assert_same_spans(*state, sample.spans, 1);
	}
	sample_export_done(&sample);
}

static void test_numbers_that_are_none(void **state)
{
	static const double bounds[] = { -INFINITY, 0, INFINITY };
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1), *spans = &span;
	struct metric_set *set = metric_set_new(resource, 2, 2);
	struct metric *metric;

	span.attributes[span.attribute_count++] =
		(struct attribute){ .key = SLICE_LITERAL("d"), .type = ATTRIBUTE_DOUBLE, .number = NAN };
	assert_same_spans(*state, &spans, 1);
	assert_non_null(set);
	metric = metric_set_add(set, "a", METRIC_GAUGE, "1", "", 1);
	metric->points[0].number = NAN;
	metric = metric_set_add(set, "b", METRIC_HISTOGRAM, "1", "", 1);
	metric->points[0].histogram = (struct metric_histogram){ .bounds = bounds, .bound_count = 3, .sum = INFINITY };
	assert_same_metrics(*state, set);
	metric_set_free(set);
	resource_unref(resource);
}

/* Same text, whatever stands behind it in memory. */
static void test_reads_no_further(void **state)
{
	static const char bytes[] = "GET /\xe2\x82";
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "", 0, 1), *spans = &span;

	for (size_t length = 0; length < sizeof(bytes); length++) {
		char *text = guard_copy(bytes, length);

		span.name = span.trace_state = slice_of(text, length);
		span.attribute_count = 2;
		span.attributes[0] =
			(struct attribute){ .key = span.name, .type = ATTRIBUTE_STRING, .string = span.name };
		span.attributes[1] =
			(struct attribute){ .key = span.name, .type = ATTRIBUTE_STRING_ARRAY, .string = span.name };
		assert_same_spans(*state, &spans, 1);
		guard_free(text, length);
	}
	resource_unref(resource);
}

/* Bodies that grow byte by byte: each in turn fills the room that the one before it left. */
static void test_byte_after_body(void **state)
{
	struct encoders *encoders = *state;
	struct encoder *each[] = { encoders->protobuf, encoders->json };
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "", 0, 1), *spans = &span;
	char name[100];
	struct slice body;

	memset(name, 'x', sizeof(name));
	for (size_t i = 0; i < 2; i++) {
		for (size_t length = 0; length <= sizeof(name); length++) {
			span.name = slice_of(name, length);
			assert_int_equal(encoder_spans(each[i], &spans, 1, &body), 0);
			((char *)body.data)[body.length] = '\n';
		}
	}
	resource_unref(resource);
}

static int encode_long(struct encoder *encoder, const char *text, size_t length, size_t *ret_length)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "", 0, 1), *spans = &span;
	struct slice body;
	int result;

	span.name = slice_of(text, length);
	result = encoder_spans(encoder, &spans, 1, &body);
	if (result == 0)
		*ret_length = body.length;
	resource_unref(resource);
	return result;
}

/* The longest request, one byte more, and that the encoder lives on. */
static void test_longest_request(void **state)
{
	struct encoders *encoders = *state;
	/* cJSON asks for a few bytes more than it prints. */
	const struct {
		struct encoder *encoder;
		size_t slack;
	} rows[] = { { encoders->protobuf, 0 }, { encoders->json, 64 } };
	char *text = malloc(OTLP_REQUEST_SIZE_MAX);
	size_t length, other;

	assert_non_null(text);
	memset(text, 'x', OTLP_REQUEST_SIZE_MAX);
	for (size_t i = 0; i < 2; i++) {
		size_t size = OTLP_REQUEST_SIZE_MAX / 2;

		assert_int_equal(encode_long(rows[i].encoder, text, size, &length), 0);
		size += OTLP_REQUEST_SIZE_MAX - length;
		assert_int_equal(encode_long(rows[i].encoder, text, size - rows[i].slack, &other), 0);
		assert_int_equal(other, OTLP_REQUEST_SIZE_MAX - rows[i].slack);
		assert_int_equal(encode_long(rows[i].encoder, text, size + 1, &other), -EMSGSIZE);
		assert_int_equal(encode_long(rows[i].encoder, text, 10, &other), 0);
		assert_true(other < 1000);
	}
	/* What takes more room once it is escaped. */
	for (size_t i = 0; i + 1 < OTLP_REQUEST_SIZE_MAX; i += 2)
		memcpy(text + i, "\xc2\x9b", 2);
	assert_int_equal(encode_long(encoders->json, text, OTLP_REQUEST_SIZE_MAX / 2, &other), -EMSGSIZE);
	assert_int_equal(encode_long(encoders->json, text, 10, &other), 0);
	free(text);
}

static void test_version_is_copied(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1), *spans = &span;
	char version[] = "9.8.7";
	struct encoder *encoder = encoder_new(OTLP_JSON, version);
	struct slice body;

	(void)state;
	memset(version, 'x', sizeof(version));
	assert_int_equal(encoder_spans(encoder, &spans, 1, &body), 0);
	((char *)body.data)[body.length] = '\0';
	assert_non_null(strstr(body.data, "\"version\":\"9.8.7\""));
	encoder_free(encoder);
	encoder_free(NULL);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both_say_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reads_no_further, setup, teardown),
		cmocka_unit_test_setup_teardown(test_byte_after_body, setup, teardown),
		cmocka_unit_test_setup_teardown(test_longest_request, setup, teardown),
		cmocka_unit_test(test_version_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
