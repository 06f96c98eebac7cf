// SPDX-License-Identifier: Apache-2.0
/* The direct encoding against protobuf-c's, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "otlp/encode/test/sample_export.h"
#include "otlp/encode/test/span_source.h"
#include "otlp/encode/test/span_tree.h"
#include "otlp/test/sample.h"

#define ROUNDS 2000
#define SOURCE_SIZE_MAX 8192
#define BATCH_SPANS 2048

struct encoders {
	struct encoder *direct, *tree;
};

static int setup(void **state)
{
	struct encoders *encoders = calloc(1, sizeof(*encoders));

	assert_non_null(encoders);
	encoders->direct = encoder_new(OTLP_PROTOBUF, "1.2.3");
	encoders->tree = span_tree_encoder_new("1.2.3");
	assert_non_null(encoders->direct);
	assert_non_null(encoders->tree);
	*state = encoders;
	return 0;
}

static int teardown(void **state)
{
	struct encoders *encoders = *state;

	encoder_free(encoders->direct);
	encoder_free(encoders->tree);
	free(encoders);
	return 0;
}

static void test_sample(void **state)
{
	struct encoders *encoders = *state;
	struct sample_export sample;

	sample_export_init(&sample);
	assert_true(span_tree_agrees(encoders->direct, encoders->tree, sample.spans, SAMPLE_EXPORT_SPANS));
	for (size_t i = 0; i < SAMPLE_EXPORT_SPANS; i++)
		assert_true(span_tree_agrees(encoders->direct, encoders->tree, &sample.spans[i], 1));
	sample_export_done(&sample);
}

static void test_no_version(void **state)
{
	struct encoder *direct = encoder_new(OTLP_PROTOBUF, ""), *tree = span_tree_encoder_new("");
	struct sample_export sample;

	(void)state;
	assert_non_null(direct);
	assert_non_null(tree);
	sample_export_init(&sample);
	assert_true(span_tree_agrees(direct, tree, sample.spans, SAMPLE_EXPORT_SPANS));
	sample_export_done(&sample);
	encoder_free(direct);
	encoder_free(tree);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* Texts end at a page that must not be read. */
static void test_random_spans(void **state)
{
	struct encoders *encoders = *state;
	static char bytes[SOURCE_SIZE_MAX];
	struct span_source source;
	uint64_t random = 5;

	for (int round = 0; round < ROUNDS; round++) {
		size_t length = next_random(&random) % sizeof(bytes);
		char *text;

		for (size_t i = 0; i < length; i++)
			bytes[i] = (char)next_random(&random);
		text = guard_copy(bytes, length);
		span_source_init(&source, slice_of(text, length));
		assert_true(span_tree_agrees(encoders->direct, encoders->tree, source.spans, source.count));
		span_source_done(&source);
		guard_free(text, length);
	}
}

/* Each length of a text, and with it of the messages around it, whose lengths then take a byte more. */
static void test_lengths(void **state)
{
	struct encoders *encoders = *state;
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "", 0, 1), *spans = &span;
	static char text[20000];

	memset(text, 'x', sizeof(text));
	span.attribute_count = 1;
	span.attributes[0] = (struct attribute){ .key = SLICE_LITERAL("k"), .type = ATTRIBUTE_STRING };
	for (size_t length = 0; length < sizeof(text); length += length < 600 ? 1 : length < 16000 ? 977 : 7) {
		span.attributes[0].string = slice_of(text, length);
		assert_true(span_tree_agrees(encoders->direct, encoders->tree, &spans, 1));
	}
	resource_unref(resource);
}

/* What is written has to move several times. */
static void test_large_batch(void **state)
{
	struct encoders *encoders = *state;
	struct sample_export sample;
	struct span *spans[BATCH_SPANS];

	sample_export_init(&sample);
	for (size_t i = 0; i < BATCH_SPANS; i++)
		spans[i] = sample.spans[i % SAMPLE_EXPORT_SPANS];
	assert_true(span_tree_agrees(encoders->direct, encoders->tree, spans, BATCH_SPANS));
	sample_export_done(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sample, setup, teardown),
		cmocka_unit_test(test_no_version),
		cmocka_unit_test_setup_teardown(test_random_spans, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large_batch, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
