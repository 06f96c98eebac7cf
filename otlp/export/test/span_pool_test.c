// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>

#include "otlp/export/span_pool.h"
#include "otlp/export/span_queue.h"
#include "otlp/test/sample.h"

#define PASSED_SPANS 20000
#define QUEUE_SPANS 64

struct fixture {
	struct resource *resource;
	struct span_pool *pool;
	struct span span;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->resource = sample_resource("shop", 1);
	fixture->span = sample_http(fixture->resource, 1, 1);
	fixture->pool = span_pool_new();
	assert_non_null(fixture->pool);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	span_pool_free(fixture->pool);
	assert_int_equal(fixture->resource->references, 1);
	resource_unref(fixture->resource);
	free(fixture);
	return 0;
}

static struct span *new_clone(struct fixture *fixture)
{
	size_t size = span_clone_size(&fixture->span);
	struct span *made = span_pool_clone(fixture->pool, &fixture->span, size);

	assert_non_null(made);
	assert_int_equal(made->clone_size, size);
	assert_true(slice_equal(made->name, fixture->span.name));
	assert_true(slice_equal(made->attributes[1].string, fixture->span.attributes[1].string));
	return made;
}

static void test_memory_is_used_again(void **state)
{
	struct fixture *fixture = *state;
	struct span *first = new_clone(fixture), *second = new_clone(fixture);

	assert_ptr_not_equal(first, second);
	span_free(second);
	assert_ptr_equal(new_clone(fixture), second);
	span_free(first);
	span_free(second);
}

/* What is freed is replaced where it is too small, and not kept where it is very large. */
static void test_sizes(void **state)
{
	struct fixture *fixture = *state;
	static char name[2 * SPAN_POOL_BLOCK_MAX];

	memset(name, 'x', sizeof(name));
	for (size_t length = 1; length < sizeof(name); length += 97) {
		struct span *long_one, *short_one;

		fixture->span.name = slice_of(name, length);
		long_one = new_clone(fixture);
		fixture->span.name = slice_of(name, 1);
		short_one = new_clone(fixture);
		span_free(short_one);
		span_free(long_one);
	}
}

static void test_keeps_no_more(void **state)
{
	struct fixture *fixture = *state;
	static struct span *spans[2 * SPAN_POOL_KEPT + 1];
	size_t count = sizeof(spans) / sizeof(spans[0]);

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < count; i++)
			spans[i] = new_clone(fixture);
		for (size_t i = 0; i < count; i++)
			span_free(spans[i]);
	}
}

static void test_clones_outlive_the_pool(void **state)
{
	struct fixture *fixture = *state;
	struct span *first = new_clone(fixture), *second = new_clone(fixture);

	span_free(new_clone(fixture));
	span_pool_free(fixture->pool);
	fixture->pool = NULL;
	assert_true(slice_equal(second->name, fixture->span.name));
	span_free(first);
	span_free(second);
}

static void *free_all(void *context)
{
	struct span *spans[16];

	for (size_t freed = 0; freed < PASSED_SPANS;) {
		size_t count = span_queue_take(context, spans, 16);

		for (size_t i = 0; i < count; i++)
			span_free(spans[i]);
		freed += count;
	}
	return NULL;
}

static void test_two_threads(void **state)
{
	struct fixture *fixture = *state;
	struct span_queue queue;
	pthread_t thread;

	assert_int_equal(span_queue_init(&queue, QUEUE_SPANS, SIZE_MAX), 0);
	assert_int_equal(pthread_create(&thread, NULL, free_all, &queue), 0);
	for (size_t i = 0; i < PASSED_SPANS; i++) {
		fixture->span.attribute_count = i % 25;
		while (!span_queue_has_room(&queue, 1))
			;
		span_queue_put(&queue, span_pool_clone(fixture->pool, &fixture->span, span_clone_size(&fixture->span)),
			       1);
	}
	pthread_join(thread, NULL);
	span_queue_done(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_memory_is_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keeps_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clones_outlive_the_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
