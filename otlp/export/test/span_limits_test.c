// SPDX-License-Identifier: Apache-2.0
/* Linked with --wrap=malloc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "otlp/export/span_filter.h"
#include "otlp/test/sample.h"

static bool without_memory;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
	return without_memory ? NULL : __real_malloc(size);
}

static void keep_clone(void *context, const struct span *span)
{
	struct span **clone = context;

	*clone = span_clone(span);
	assert_non_null(*clone);
}

/* The span as it comes out of the filter; span_free'd by the caller. */
static struct span *limited(const struct span *span, size_t attributes, size_t value_length)
{
	struct otlp_config config = {
		.sampler_parent_based = true,
		.attribute_count_limit = attributes,
		.attribute_value_length_limit = value_length,
	};
	struct span *clone = NULL;
	struct span_filter filter;

	span_filter_init(&filter, &config, NULL, &(struct span_sink){ keep_clone, &clone });
	span_filter_accept(&filter, span);
	assert_non_null(clone);
	return clone;
}

static void assert_text(struct slice text, const char *expected, size_t length)
{
	assert_int_equal(text.length, length);
	assert_memory_equal(text.data, expected, length);
}

#define ASSERT_TEXT(text, literal) assert_text(text, literal, sizeof(literal) - 1)

static void test_count(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1);
	struct span *out;

	(void)state;
	sample_integer(&span, "http.request.size", 1);
	sample_string(&span, "http.request.method", "GET");
	sample_integer(&span, "thread.id", 1);
	sample_string(&span, "url.path", "/");
	sample_string(&span, "error.type", "500");
	span.dropped_attributes = 7;

	out = limited(&span, 5, SIZE_MAX);
	assert_int_equal(out->attribute_count, 5);
	assert_int_equal(out->dropped_attributes, 7);
	span_free(out);

	out = limited(&span, 4, SIZE_MAX);
	assert_int_equal(out->attribute_count, 4);
	assert_int_equal(out->dropped_attributes, 8);
	ASSERT_TEXT(out->attributes[0].key, "http.request.size");
	ASSERT_TEXT(out->attributes[1].key, "http.request.method");
	ASSERT_TEXT(out->attributes[2].key, "url.path");
	ASSERT_TEXT(out->attributes[3].key, "error.type");
	span_free(out);

	out = limited(&span, 2, SIZE_MAX);
	assert_int_equal(out->attribute_count, 2);
	assert_int_equal(out->dropped_attributes, 10);
	ASSERT_TEXT(out->attributes[0].key, "http.request.method");
	ASSERT_TEXT(out->attributes[1].key, "url.path");
	span_free(out);

	out = limited(&span, 0, SIZE_MAX);
	assert_int_equal(out->attribute_count, 0);
	assert_int_equal(out->dropped_attributes, 12);
	assert_int_equal(out->resource->attribute_count, 2);
	span_free(out);
	/* The caller's stays as it is. */
	assert_int_equal(span.attribute_count, 5);
	assert_int_equal(span.dropped_attributes, 7);
	resource_unref(resource);
}

/* What was called, and what came of it, stays before where it is; what was said to it goes with what comes late. */
static void test_database_count(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_redis(resource, 1, 0, SPAN_KIND_CLIENT, "INCR", "WRONGTYPE");
	struct span *out;

	(void)state;
	sample_string(&span, "db.query.text", "INCR ?");
	sample_string(&span, "db.collection.name", "carts");
	out = limited(&span, 7, SIZE_MAX);
	assert_int_equal(out->attribute_count, 7);
	ASSERT_TEXT(out->attributes[0].key, "db.system.name");
	ASSERT_TEXT(out->attributes[1].key, "db.namespace");
	ASSERT_TEXT(out->attributes[2].key, "db.operation.name");
	ASSERT_TEXT(out->attributes[3].key, "db.response.status_code");
	ASSERT_TEXT(out->attributes[4].key, "error.type");
	ASSERT_TEXT(out->attributes[5].key, "server.address");
	ASSERT_TEXT(out->attributes[6].key, "db.collection.name");
	span_free(out);
	resource_unref(resource);
}

static void test_long_query(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_redis(resource, 1, 0, SPAN_KIND_CLIENT, "SET", NULL);
	struct span *out;

	(void)state;
	sample_string(&span, "db.query.text", "SET caf\xc3\xa9 ?");
	out = limited(&span, 128, 8);
	assert_text(span_attribute(out, "db.query.text")->string, "SET caf\xc3\xa9", 9);
	ASSERT_TEXT(span_attribute(out, "db.operation.name")->string, "SET");
	assert_int_equal(out->attribute_count, span.attribute_count);
	span_free(out);
	resource_unref(resource);
}

/* A span with that one attribute, whose text ends at a guard page, limited to `characters`. */
static void assert_cut(enum attribute_type type, const char *value, size_t length, size_t characters,
		       const char *expected, size_t expected_length)
{
	struct resource *resource = sample_resource("a long name of a service", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "a long name of a span", 0, 1);
	char *copy = guard_copy(value, length);
	struct span *out;

	span.attribute_count = 1;
	span.attributes[0] = (struct attribute){ SLICE_LITERAL("a long key"), type, { slice_of(copy, length) } };
	out = limited(&span, 128, characters);
	assert_int_equal(out->attribute_count, 1);
	assert_int_equal(out->dropped_attributes, 0);
	assert_text(out->attributes[0].string, expected, expected_length);
	ASSERT_TEXT(out->attributes[0].key, "a long key");
	ASSERT_TEXT(out->name, "a long name of a span");
	ASSERT_TEXT(out->resource->attributes[0].string, "a long name of a service");
	span_free(out);
	guard_free(copy, length);
	resource_unref(resource);
}

#define ASSERT_CUT(type, value, characters, expected) \
	assert_cut(type, value, sizeof(value) - 1, characters, expected, sizeof(expected) - 1)

static void test_strings(void **state)
{
	(void)state;
	ASSERT_CUT(ATTRIBUTE_STRING, "abcdef", SIZE_MAX, "abcdef");
	ASSERT_CUT(ATTRIBUTE_STRING, "abcdef", 6, "abcdef");
	ASSERT_CUT(ATTRIBUTE_STRING, "abcdef", 5, "abcde");
	ASSERT_CUT(ATTRIBUTE_STRING, "abcdef", 0, "");
	ASSERT_CUT(ATTRIBUTE_STRING, "", 0, "");
	/* Characters, and never a part of one. */
	ASSERT_CUT(ATTRIBUTE_STRING, "\xe2\x82\xac\xe2\x82\xac", 2, "\xe2\x82\xac\xe2\x82\xac");
	ASSERT_CUT(ATTRIBUTE_STRING, "\xe2\x82\xac\xe2\x82\xac", 1, "\xe2\x82\xac");
	ASSERT_CUT(ATTRIBUTE_STRING, "a\xc3\xa4z", 2, "a\xc3\xa4");
	ASSERT_CUT(ATTRIBUTE_STRING, "\xf0\x9f\x98\x80z", 1, "\xf0\x9f\x98\x80");
	/* What is not UTF-8 counts as it will be shown. */
	ASSERT_CUT(ATTRIBUTE_STRING, "\xff\xff\xff", 2, "\xff\xff");
	ASSERT_CUT(ATTRIBUTE_STRING, "ab\xe2\x82", 3, "ab\xe2\x82");
	ASSERT_CUT(ATTRIBUTE_STRING, "ab\xe2\x82", 2, "ab");
}

static void test_arrays(void **state)
{
	(void)state;
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "abc\0de\0f", 3, "abc\0de\0f");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "abc\0de\0f", 2, "ab\0de\0f");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "abc\0de\0f", 1, "a\0d\0f");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "abc\0de\0f", 0, "\0\0");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "\0\0abc\0", 1, "\0\0a\0");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "abc", 1, "a");
	ASSERT_CUT(ATTRIBUTE_STRING_ARRAY, "\xe2\x82\xac\xe2\x82\xac\0z", 1, "\xe2\x82\xac\0z");
}

static void test_several(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1);
	struct span *out;

	(void)state;
	sample_string(&span, "a", "abcdef");
	span.attributes[span.attribute_count++] =
		(struct attribute){ SLICE_LITERAL("b"), ATTRIBUTE_STRING_ARRAY, { SLICE_LITERAL("xyz\0uvw") } };
	sample_integer(&span, "c", 123456);
	span.attributes[span.attribute_count++] =
		(struct attribute){ SLICE_LITERAL("d"), ATTRIBUTE_STRING_ARRAY, { SLICE_LITERAL("123456") } };
	sample_string(&span, "e", "f");
	out = limited(&span, 4, 2);
	assert_int_equal(out->attribute_count, 4);
	assert_int_equal(out->dropped_attributes, 1);
	ASSERT_TEXT(out->attributes[0].string, "ab");
	ASSERT_TEXT(out->attributes[1].string, "xy\0uv");
	assert_int_equal(out->attributes[2].integer, 123456);
	ASSERT_TEXT(out->attributes[3].string, "12");
	span_free(out);
	resource_unref(resource);
}

static void count_attributes(void *context, const struct span *span)
{
	size_t *counts = context;

	counts[0] = span->attribute_count;
	counts[1] = span->dropped_attributes;
}

static void test_without_memory(void **state)
{
	struct otlp_config config = { .attribute_count_limit = 128, .attribute_value_length_limit = 2 };
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, "GET", 0, 1);
	size_t counts[2] = { 0 };
	struct span_filter filter;

	(void)state;
	sample_string(&span, "a", "abcdef");
	span.attributes[span.attribute_count++] =
		(struct attribute){ SLICE_LITERAL("b"), ATTRIBUTE_STRING_ARRAY, { SLICE_LITERAL("xyz\0uvw") } };
	span.attributes[span.attribute_count++] =
		(struct attribute){ SLICE_LITERAL("c"), ATTRIBUTE_STRING_ARRAY, { SLICE_LITERAL("z") } };
	span_filter_init(&filter, &config, NULL, &(struct span_sink){ count_attributes, counts });
	without_memory = true;
	span_filter_accept(&filter, &span);
	without_memory = false;
	assert_int_equal(counts[0], 2);
	assert_int_equal(counts[1], 1);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),   cmocka_unit_test(test_strings),        cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_database_count),   cmocka_unit_test(test_strings),        cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_long_query),   cmocka_unit_test(test_strings),        cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_several), cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
