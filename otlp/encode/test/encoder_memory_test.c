// SPDX-License-Identifier: Apache-2.0
/* Every allocation fails once, each in a run of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "otlp/encode/encoder.h"
#include "otlp/encode/test/fault.h"
#include "otlp/encode/test/sample_export.h"

/* From a new encoder to the body; -ENOMEM when there is no encoder. */
static int encode(enum otlp_encoding encoding, enum otlp_signal signal, const struct sample_export *sample)
{
	struct encoder *encoder = encoder_new(encoding, "1.2.3");
	struct slice body;
	int result = -ENOMEM;

	if (!encoder)
		return result;
	if (signal == OTLP_TRACES)
		result = encoder_spans(encoder, sample->spans, SAMPLE_EXPORT_SPANS, &body);
	else
		result = encoder_metrics(encoder, sample->metrics, &body);
	encoder_free(encoder);
	return result;
}

static void test_encoding(enum otlp_encoding encoding, enum otlp_signal signal)
{
	struct sample_export sample;
	size_t all;

	sample_export_init(&sample);
	fault_begin(0);
	assert_int_equal(encode(encoding, signal, &sample), 0);
	all = fault_end();
	assert_true(all >= 5);
	for (size_t i = 1; i <= all; i++) {
		int result;

		fault_begin(i);
		result = encode(encoding, signal, &sample);
		fault_end();
		assert_int_equal(result, -ENOMEM);
	}
	sample_export_done(&sample);
}

static void test_protobuf_spans(void **state)
{
	(void)state;
	test_encoding(OTLP_PROTOBUF, OTLP_TRACES);
}

static void test_protobuf_metrics(void **state)
{
	(void)state;
	test_encoding(OTLP_PROTOBUF, OTLP_METRICS);
}

static void test_json_spans(void **state)
{
	(void)state;
	test_encoding(OTLP_JSON, OTLP_TRACES);
}

static void test_json_metrics(void **state)
{
	(void)state;
	test_encoding(OTLP_JSON, OTLP_METRICS);
}

/* What failed once succeeds the next time, by the same encoder and with the same result. */
static void test_encoder_recovers(void **state)
{
	struct sample_export sample;

	(void)state;
	sample_export_init(&sample);
	for (int encoding = OTLP_PROTOBUF; encoding <= OTLP_JSON; encoding++) {
		struct encoder *encoder = encoder_new((enum otlp_encoding)encoding, "1.2.3");
		struct slice body;
		size_t length, all;

		fault_begin(0);
		assert_int_equal(encoder_spans(encoder, sample.spans, SAMPLE_EXPORT_SPANS, &body), 0);
		all = fault_end();
		length = body.length;
		for (size_t i = 1; i <= all; i++) {
			fault_begin(i);
			encoder_spans(encoder, sample.spans, SAMPLE_EXPORT_SPANS, &body);
			fault_end();
			assert_int_equal(encoder_spans(encoder, sample.spans, SAMPLE_EXPORT_SPANS, &body), 0);
			assert_int_equal(body.length, length);
		}
		encoder_free(encoder);
	}
	sample_export_done(&sample);
}

static void test_metric_set(void **state)
{
	struct sample_export sample;
	struct resource *resource;

	(void)state;
	sample_export_init(&sample);
	resource = sample.resources[0];
	for (size_t i = 1; i <= 3; i++) {
		unsigned int references = resource->references;
		struct metric_set *set;

		fault_begin(i);
		set = metric_set_new(resource, 2, 2);
		fault_end();
		assert_null(set);
		assert_int_equal(resource->references, references);
	}
	sample_export_done(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protobuf_spans),   cmocka_unit_test(test_protobuf_metrics),
		cmocka_unit_test(test_json_spans),       cmocka_unit_test(test_json_metrics),
		cmocka_unit_test(test_encoder_recovers), cmocka_unit_test(test_metric_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
