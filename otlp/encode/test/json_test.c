// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "otlp/encode/encoder.h"
#include "otlp/export/json.h"
#include "otlp/test/sample.h"

static const cJSON *at(const cJSON *array, int index)
{
	const cJSON *item = cJSON_GetArrayItem(array, index);

	assert_non_null(item);
	return item;
}

static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	assert_non_null(item);
	return item;
}

static void assert_text(const cJSON *object, const char *name, const char *expected)
{
	const cJSON *item = member(object, name);

	assert_true(cJSON_IsString(item));
	assert_string_equal(item->valuestring, expected);
}

static void assert_number(const cJSON *object, const char *name, double expected)
{
	const cJSON *item = member(object, name);

	assert_true(cJSON_IsNumber(item));
	assert_true(item->valuedouble == expected);
}

static void assert_members(const cJSON *object, int count)
{
	assert_true(cJSON_IsObject(object));
	assert_int_equal(cJSON_GetArraySize(object), count);
}

/* The value object of the attribute at `index`, whose key must be `key`. */
static const cJSON *value_at(const cJSON *owner, int index, const char *key)
{
	const cJSON *pair = at(member(owner, "attributes"), index), *value;

	assert_members(pair, 2);
	assert_text(pair, "key", key);
	value = member(pair, "value");
	assert_members(value, 1);
	return value;
}

static cJSON *encode(const struct span *spans, size_t count)
{
	struct encoder *encoder = encoder_new(OTLP_JSON, "1.2.3");
	struct span **clones = calloc(count, sizeof(struct span *));
	struct slice text;
	cJSON *parsed;

	assert_non_null(encoder);
	assert_non_null(clones);
	for (size_t i = 0; i < count; i++)
		clones[i] = span_clone(&spans[i]);
	assert_int_equal(encoder_spans(encoder, clones, count, &text), 0);
	assert_true(slice_find(text, '\n') == text.length);
	parsed = cJSON_ParseWithLengthOpts(text.data, text.length + 1, NULL, true);
	assert_non_null(parsed);
	for (size_t i = 0; i < count; i++)
		span_free(clones[i]);
	free(clones);
	encoder_free(encoder);
	return parsed;
}

static const cJSON *only_span(const cJSON *root)
{
	return at(member(at(member(at(member(root, "resourceSpans"), 0), "scopeSpans"), 0), "spans"), 0);
}

static void test_request(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_span(resource, 0x36, 0xb7, 0, SPAN_KIND_SERVER, "GET /x", 0, 1500);
	const cJSON *resource_spans, *scope_spans, *item;
	cJSON *root = encode(&span, 1);

	(void)state;
	assert_members(root, 1);
	assert_int_equal(cJSON_GetArraySize(member(root, "resourceSpans")), 1);
	resource_spans = at(member(root, "resourceSpans"), 0);
	assert_members(resource_spans, 3);
	assert_text(resource_spans, "schemaUrl", "https://opentelemetry.io/schemas/1.44.0");
	item = member(resource_spans, "resource");
	assert_members(item, 1);
	assert_text(value_at(item, 0, "service.name"), "stringValue", "shop");
	assert_text(value_at(item, 1, "process.pid"), "intValue", "42");
	assert_int_equal(cJSON_GetArraySize(member(resource_spans, "scopeSpans")), 1);
	scope_spans = at(member(resource_spans, "scopeSpans"), 0);
	assert_members(scope_spans, 3);
	assert_text(scope_spans, "schemaUrl", "https://opentelemetry.io/schemas/1.44.0");
	assert_members(member(scope_spans, "scope"), 2);
	assert_text(member(scope_spans, "scope"), "name", "wirespan");
	assert_text(member(scope_spans, "scope"), "version", "1.2.3");
	assert_int_equal(cJSON_GetArraySize(member(scope_spans, "spans")), 1);
	item = only_span(root);
	assert_members(item, 9);
	assert_text(item, "traceId", "4b000000000000000000000000000036");
	assert_text(item, "spanId", "f0000000000000b7");
	assert_text(item, "name", "GET /x");
	assert_number(item, "kind", 2);
	assert_number(item, "flags", 1);
	assert_text(item, "startTimeUnixNano", "1795258441123456789");
	assert_text(item, "endTimeUnixNano", "1795258441124956789");
	assert_int_equal(cJSON_GetArraySize(member(item, "attributes")), 0);
	assert_members(member(item, "status"), 0);
	cJSON_Delete(root);
	resource_unref(resource);
}

static void test_child_with_error(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_span(resource, 1, 2, 0xab, SPAN_KIND_CLIENT, "GET", 0, 1);
	const cJSON *item;
	cJSON *root;

	(void)state;
	span.status = SPAN_STATUS_ERROR;
	span.flags = 0x303;
	span.trace_state = SLICE_LITERAL("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
	root = encode(&span, 1);
	item = only_span(root);
	assert_members(item, 11);
	assert_text(item, "parentSpanId", "f0000000000000ab");
	assert_text(item, "traceState", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
	assert_number(item, "flags", 771);
	assert_number(item, "kind", 3);
	assert_members(member(item, "status"), 1);
	assert_number(member(item, "status"), "code", 2);
	cJSON_Delete(root);
	resource_unref(resource);
}

static void test_attribute_types(void **state)
{
	static const double numbers[] = { 0.1, -2.5e300, 3, 5e-324, 4294967296.5, 1e15, -0.000012345 };
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_span(resource, 1, 2, 0, SPAN_KIND_SERVER, "GET", 0, 1);
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	const cJSON *item, *value;
	cJSON *root;

	(void)state;
	sample_string(&span, "s", "\"quoted\\\" \x01\x1f\n\t/\x7f");
	sample_string(&span, "empty", "");
	sample_integer(&span, "min", INT64_MIN);
	sample_integer(&span, "max", INT64_MAX);
	span.attributes[4] = (struct attribute){
		.key = SLICE_LITERAL("yes"), .type = ATTRIBUTE_BOOLEAN, .boolean = true };
	span.attributes[5] = (struct attribute){ .key = SLICE_LITERAL("no"), .type = ATTRIBUTE_BOOLEAN };
	span.attributes[6] = (struct attribute){
		.key = SLICE_LITERAL("list"), .type = ATTRIBUTE_STRING_ARRAY, .string = SLICE_LITERAL("one\0\0three") };
	span.attributes[7] = (struct attribute){ .key = SLICE_LITERAL("single"), .type = ATTRIBUTE_STRING_ARRAY };
	for (size_t i = 0; i < count; i++)
		span.attributes[8 + i] = (struct attribute){
			.key = SLICE_LITERAL("d"), .type = ATTRIBUTE_DOUBLE, .number = numbers[i] };
	span.attribute_count = 8 + count;
	root = encode(&span, 1);
	item = only_span(root);
	assert_int_equal(cJSON_GetArraySize(member(item, "attributes")), 8 + count);
	assert_text(value_at(item, 0, "s"), "stringValue", "\"quoted\\\" \x01\x1f\n\t/\x7f");
	assert_text(value_at(item, 1, "empty"), "stringValue", "");
	assert_text(value_at(item, 2, "min"), "intValue", "-9223372036854775808");
	assert_text(value_at(item, 3, "max"), "intValue", "9223372036854775807");
	assert_true(cJSON_IsTrue(member(value_at(item, 4, "yes"), "boolValue")));
	assert_true(cJSON_IsFalse(member(value_at(item, 5, "no"), "boolValue")));
	value = member(value_at(item, 6, "list"), "arrayValue");
	assert_members(value, 1);
	assert_int_equal(cJSON_GetArraySize(member(value, "values")), 3);
	assert_text(at(member(value, "values"), 0), "stringValue", "one");
	assert_text(at(member(value, "values"), 1), "stringValue", "");
	assert_text(at(member(value, "values"), 2), "stringValue", "three");
	value = member(value_at(item, 7, "single"), "arrayValue");
	assert_int_equal(cJSON_GetArraySize(member(value, "values")), 1);
	for (size_t i = 0; i < count; i++)
		assert_number(value_at(item, 8 + (int)i, "d"), "doubleValue", numbers[i]);
	cJSON_Delete(root);
	resource_unref(resource);
}

/* Of any magnitude. */
static double random_seconds(uint64_t *random)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)((*random >> 8) >> (*random >> 58)) / 1e9;
}

static void test_seconds_come_back(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_span(resource, 1, 2, 0, SPAN_KIND_SERVER, "GET", 0, 1);
	uint64_t random = 7;

	(void)state;
	span.attribute_count = SPAN_ATTRIBUTES_MAX;
	for (int round = 0; round < 500; round++) {
		const cJSON *item;
		cJSON *root;

		for (size_t i = 0; i < SPAN_ATTRIBUTES_MAX; i++)
			span.attributes[i] = (struct attribute){
				.key = SLICE_LITERAL("d"), .type = ATTRIBUTE_DOUBLE, .number = random_seconds(&random) };
		root = encode(&span, 1);
		item = only_span(root);
		for (size_t i = 0; i < SPAN_ATTRIBUTES_MAX; i++)
			assert_number(value_at(item, (int)i, "d"), "doubleValue", span.attributes[i].number);
		cJSON_Delete(root);
	}
	resource_unref(resource);
}

static void test_numbers_that_json_lacks(void **state)
{
	static const struct {
		double number;
		const char *text;
	} rows[] = { { NAN, "NaN" }, { INFINITY, "Infinity" }, { -INFINITY, "-Infinity" } };
	struct resource *resource = sample_resource("shop", 42);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = sample_span(resource, 1, 2, 0, SPAN_KIND_SERVER, "GET", 0, 1);
		cJSON *root;

		span.attributes[span.attribute_count++] = (struct attribute){
			.key = SLICE_LITERAL("d"), .type = ATTRIBUTE_DOUBLE, .number = rows[i].number };
		root = encode(&span, 1);
		assert_text(value_at(only_span(root), 0, "d"), "doubleValue", rows[i].text);
		cJSON_Delete(root);
	}
	resource_unref(resource);
}

static void test_bytes_that_are_no_text(void **state)
{
	struct resource *resource = sample_resource("sh\xffop", 42);
	struct span span = sample_span(resource, 1, 2, 0, SPAN_KIND_SERVER, "GET \xc0\xaf", 0, 1);
	const cJSON *item;
	cJSON *root;

	(void)state;
	span.trace_state = SLICE_LITERAL("a=\xe2\x82");
	sample_string(&span, "k\xf5", "\xed\xa0\x80");
	span.attributes[span.attribute_count++] = (struct attribute){
		.key = SLICE_LITERAL("n"), .type = ATTRIBUTE_STRING, .string = SLICE_LITERAL("a\0b") };
	root = encode(&span, 1);
	item = only_span(root);
	assert_text(item, "name", "GET \xef\xbf\xbd\xef\xbf\xbd");
	assert_text(item, "traceState", "a=\xef\xbf\xbd");
	assert_text(value_at(item, 0, "k\xef\xbf\xbd"), "stringValue", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_text(value_at(item, 1, "n"), "stringValue", "a\xef\xbf\xbd" "b");
	item = member(at(member(root, "resourceSpans"), 0), "resource");
	assert_text(value_at(item, 0, "service.name"), "stringValue", "sh\xef\xbf\xbdop");
	cJSON_Delete(root);
	resource_unref(resource);
}

/* The same text for who decodes it, and no control character for a terminal to obey. */
static void test_controls_are_escaped(void **state)
{
	static const char text[] = "\xc2\x9b" "2J\xc2\xa0\x1b\xc2\x80\xc2\xc2\x9f";
	struct encoder *encoder = encoder_new(OTLP_JSON, "1");
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_span(resource, 1, 1, 0, SPAN_KIND_SERVER, text, 0, 1), *spans = &span;
	struct slice line;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(encoder_spans(encoder, &spans, 1, &line), 0);
		assert_int_equal(line.length, strlen(line.data));
		assert_non_null(strstr(line.data, "\"\\u009b2J\xc2\xa0\\u001b\\u0080\xef\xbf\xbd\\u009f\""));
	}
	encoder_free(encoder);
	resource_unref(resource);
}

static void test_groups_by_resource(void **state)
{
	struct resource *shop = sample_resource("shop", 1), *stock = sample_resource("stock", 2);
	struct span spans[5];
	const cJSON *groups, *first, *second;
	cJSON *root;

	(void)state;
	for (uint8_t i = 0; i < 5; i++)
		spans[i] = sample_span(i % 2 ? stock : shop, 1, (uint8_t)(i + 1), 0, SPAN_KIND_SERVER, "GET", 0, 1);
	root = encode(spans, 5);
	groups = member(root, "resourceSpans");
	assert_int_equal(cJSON_GetArraySize(groups), 2);
	first = member(at(member(at(groups, 0), "scopeSpans"), 0), "spans");
	second = member(at(member(at(groups, 1), "scopeSpans"), 0), "spans");
	assert_text(value_at(member(at(groups, 1), "resource"), 0, "service.name"), "stringValue", "stock");
	assert_int_equal(cJSON_GetArraySize(first), 3);
	assert_int_equal(cJSON_GetArraySize(second), 2);
	assert_text(at(first, 2), "spanId", "f000000000000005");
	assert_text(at(second, 1), "spanId", "f000000000000004");
	cJSON_Delete(root);
	resource_unref(shop);
	resource_unref(stock);
}

/* Texts of many sizes, so that the end of the room falls at every kind of place. */
static void test_room_grows(void **state)
{
	struct encoder *encoder = encoder_new(OTLP_JSON, "1");
	struct resource *resource = sample_resource("shop", 42);
	const size_t size_max = 700 * 1024;
	char *long_text = malloc(size_max);

	(void)state;
	assert_non_null(long_text);
	memset(long_text, 'x', size_max);
	for (size_t size = 255 * 1024; size < size_max; size += size < 257 * 1024 ? 7 : 60001) {
		struct span span = sample_http(resource, 1, 2), *clone;
		struct slice text;

		span.attributes[3].string = slice_of(long_text, size);
		clone = span_clone(&span);
		assert_int_equal(encoder_spans(encoder, &clone, 1, &text), 0);
		assert_true(text.length > size && text.data[text.length - 1] == '}');
		span_free(clone);
	}
	free(long_text);
	encoder_free(encoder);
	resource_unref(resource);
}

static void test_output_lines(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span *spans[JSON_REQUEST_SPANS_MAX + 1];
	int fd = sample_file();
	struct writer writer;
	struct output *output;
	size_t lines = 0;
	char *text;

	(void)state;
	assert_int_equal(writer_init(&writer, fd), 0);
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	for (size_t i = 0; i < JSON_REQUEST_SPANS_MAX + 1; i++) {
		struct span span = sample_http(resource, 1, (uint8_t)(i + 1));

		spans[i] = span_clone(&span);
	}
	assert_int_equal(output_spans(output, spans, JSON_REQUEST_SPANS_MAX + 1, 0), 0);
	assert_int_equal(output_advance(output, 1), 0);
	assert_int_equal(output_flush(output), 0);
	text = sample_file_text(fd);
	for (char *line = text; *line; lines++) {
		char *end = strchr(line, '\n');
		cJSON *parsed;

		assert_non_null(end);
		*end = '\0';
		parsed = cJSON_Parse(line);
		assert_non_null(parsed);
		cJSON_Delete(parsed);
		line = end + 1;
	}
	assert_int_equal(lines, 2);
	assert_int_equal(resource->references, 1);
	free(text);
	output_free(output);
	writer_done(&writer);
	close(fd);
	resource_unref(resource);
}

static void test_output_error(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_http(resource, 1, 2), *clone = span_clone(&span);
	struct writer writer;
	struct output *output;
	int fd;

	(void)state;
	assert_int_equal(writer_init(&writer, -1), -EBADF);
	fd = sample_file();
	assert_int_equal(writer_init(&writer, fd), 0);
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	output_cancel(output);
	assert_int_equal(output_spans(output, &clone, 1, 0), -ECANCELED);
	assert_int_equal(resource->references, 1);
	output_free(output);
	writer_done(&writer);
	close(fd);
	resource_unref(resource);
}

static void note_failure(void *context, int error)
{
	*(int *)context = error;
}

/* A line is never split between two files, and what one file was left with is no other's concern. */
static void test_output_renewed(void **state)
{
	struct resource *resource = sample_resource("shop", 42);
	struct span span = sample_http(resource, 1, 2);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), first = sample_file(), second = sample_file(), error = 0;
	struct writer writer;
	struct output *output;
	char *text;

	(void)state;
	assert_int_equal(writer_init(&writer, full), 0);
	writer.failed = note_failure;
	writer.context = &error;
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	assert_int_equal(output_spans(output, (struct span *[]){ span_clone(&span) }, 1, 0), -ENOSPC);
	assert_int_equal(error, -ENOSPC);
	/* The first was never written to. */
	writer_replace(&writer, dup(first));
	writer_replace(&writer, dup(second));
	assert_int_equal(output_spans(output, (struct span *[]){ span_clone(&span) }, 1, 0), 0);
	text = sample_file_text(first);
	assert_string_equal(text, "");
	free(text);
	text = sample_file_text(second);
	assert_int_equal(text[0], '{');
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	writer_replace(&writer, dup(first));
	output_free(output);
	writer_done(&writer);
	close(full);
	close(first);
	close(second);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_child_with_error),
		cmocka_unit_test(test_attribute_types),
		cmocka_unit_test(test_seconds_come_back),
		cmocka_unit_test(test_numbers_that_json_lacks),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_controls_are_escaped),
		cmocka_unit_test(test_groups_by_resource),
		cmocka_unit_test(test_room_grows),
		cmocka_unit_test(test_output_lines),
		cmocka_unit_test(test_output_error),
		cmocka_unit_test(test_output_renewed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
