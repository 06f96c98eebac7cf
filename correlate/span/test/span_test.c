// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/span/attributes.h"
#include "correlate/span/span.h"

static struct resource *new_resource(void)
{
	struct resource *resource = calloc(1, sizeof(*resource));

	assert_non_null(resource);
	resource->references = 1;
	resource->service_name = SLICE_LITERAL("shop");
	return resource;
}

static void assert_slice(struct slice slice, const char *text)
{
	assert_int_equal(slice.length, strlen(text));
	assert_memory_equal(slice.data, text, slice.length);
}

static void test_reference_count(void **state)
{
	struct resource *resource = new_resource();

	(void)state;
	assert_ptr_equal(resource_ref(resource), resource);
	assert_int_equal(resource->references, 2);
	resource_unref(resource);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
	resource_unref(NULL);
}

static void test_attribute(void **state)
{
	struct span span = { .attribute_count = 2 };

	(void)state;
	span.attributes[0] = (struct attribute){ .key = SLICE_LITERAL("url.pathological"), .integer = 1 };
	span.attributes[1] = (struct attribute){ .key = SLICE_LITERAL("url.path"), .integer = 2 };
	assert_ptr_equal(span_attribute(&span, "url.path"), &span.attributes[1]);
	assert_null(span_attribute(&span, "url"));
	assert_null(span_attribute(&span, ""));
}

static void test_clone_owns_all_but_keys(void **state)
{
	char *name = guard_copy("GET /x", 6), *value = guard_copy("/x", 2);
	char *items = guard_copy("a\0b", 3), *trace_state = guard_copy("k=v", 3), *error = guard_copy("500", 3);
	struct span span = {
		.resource = new_resource(), .span_id = { 7 }, .start = 10, .end = 20, .kind = SPAN_KIND_CLIENT,
		.name = { name, 6 }, .trace_state = { trace_state, 3 }, .error_type = { error, 3 },
		.attribute_count = 3,
	};
	struct span *clone;

	(void)state;
	span.attributes[0] = (struct attribute){ .key = SLICE_LITERAL("url.path"), .type = ATTRIBUTE_STRING, .string = { value, 2 } };
	span.attributes[1] =
		(struct attribute){ .key = SLICE_LITERAL("url"), .type = ATTRIBUTE_STRING_ARRAY, .string = { items, 3 } };
	span.attributes[2] = (struct attribute){ .key = SLICE_LITERAL("url.x"), .type = ATTRIBUTE_INTEGER, .integer = INT64_MIN };
	clone = span_clone(&span);
	assert_non_null(clone);
	assert_int_equal(span.resource->references, 2);
	assert_true(span_clone_size(clone) == span_clone_size(&span));
	assert_true(span_clone_size(&span) < sizeof(span));
	guard_free(name, 6);
	guard_free(value, 2);
	guard_free(items, 3);
	guard_free(trace_state, 3);
	guard_free(error, 3);
	assert_slice(clone->name, "GET /x");
	assert_slice(clone->trace_state, "k=v");
	assert_slice(clone->error_type, "500");
	assert_slice(clone->attributes[0].key, "url.path");
	assert_slice(clone->attributes[0].string, "/x");
	assert_int_equal(clone->attributes[1].string.length, 3);
	assert_memory_equal(clone->attributes[1].string.data, "a\0b", 3);
	assert_true(clone->attributes[2].integer == INT64_MIN);
	assert_int_equal(clone->span_id[0], 7);
	assert_int_equal(clone->end, 20);
	span_free(clone);
	assert_int_equal(span.resource->references, 1);
	resource_unref(span.resource);
	span_free(NULL);
}

static void test_several_are_freed(void **state)
{
	struct span ours = { .resource = new_resource() }, theirs = { .resource = new_resource() };
	struct span *clones[] = { span_clone(&ours), span_clone(&ours), span_clone(&theirs), span_clone(&ours) };

	(void)state;
	assert_int_equal(ours.resource->references, 4);
	resource_unref(theirs.resource);
	spans_free(clones, 0);
	spans_free(clones, 4);
	assert_int_equal(ours.resource->references, 1);
	resource_unref(ours.resource);
}

static void test_clone_full_and_empty(void **state)
{
	struct span span = { .resource = new_resource() };
	struct span *clone = span_clone(&span);

	(void)state;
	assert_non_null(clone);
	assert_int_equal(clone->name.length, 0);
	span_free(clone);
	span.attribute_count = SPAN_ATTRIBUTES_MAX;
	for (size_t i = 0; i < SPAN_ATTRIBUTES_MAX; i++)
		span.attributes[i] = (struct attribute){ .key = SLICE_LITERAL("k"), .string = SLICE_LITERAL("v") };
	clone = span_clone(&span);
	assert_non_null(clone);
	assert_slice(clone->attributes[SPAN_ATTRIBUTES_MAX - 1].string, "v");
	span_free(clone);
	resource_unref(span.resource);
}

static void test_string(void **state)
{
	struct span span = { 0 };

	(void)state;
	span_add_integer(&span, "number", 1);
	span_add_string(&span, "text", SLICE_LITERAL("a"));
	assert_true(slice_equal(span_string(&span, "text"), SLICE_LITERAL("a")));
	assert_int_equal(span_string(&span, "number").length, 0);
	assert_int_equal(span_string(&span, "none").length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference_count),
		cmocka_unit_test(test_attribute),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_clone_owns_all_but_keys),
		cmocka_unit_test(test_clone_full_and_empty),
		cmocka_unit_test(test_several_are_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
