// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#include "otlp/console/latency.h"
#include "otlp/console/text.h"
#include "otlp/test/sample.h"

static void add(struct latency *latency, struct resource *resource, enum span_kind kind, const char *name,
		uint64_t duration, bool failed)
{
	struct span span = sample_span(resource, 1, 1, 0, kind, name, 0, duration);

	span.status = failed ? SPAN_STATUS_ERROR : SPAN_STATUS_UNSET;
	assert_int_equal(latency_add(latency, &span), 0);
}

static void assert_sorted(struct latency *latency, enum latency_sort sort, size_t columns, const char *expected)
{
	const struct text_page page = { .columns = columns };
	struct buffer buffer;

	buffer_init(&buffer, 1 << 20);
	assert_int_equal(latency_format(latency, sort, &page, &buffer), 0);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_string_equal(buffer.data, expected);
	buffer_done(&buffer);
}

static void assert_table(struct latency *latency, const char *expected)
{
	assert_sorted(latency, LATENCY_BY_SERVICE, 0, expected);
}

static void test_table(void **state)
{
	struct resource *shop = sample_resource("shop", 1), *other = sample_resource("shop", 2);
	struct resource *cart = sample_resource("cart", 3);
	struct latency *latency = latency_new(LATENCY_ENDPOINTS_MAX);

	(void)state;
	assert_table(latency, "");
	for (uint64_t i = 1; i <= 100; i++)
		add(latency, i % 2 ? shop : other, SPAN_KIND_SERVER, "GET /users/{id}", i * 1000, i > 98);
	add(latency, shop, SPAN_KIND_CLIENT, "GET", 456, false);
	add(latency, shop, SPAN_KIND_SERVER, "POST /orders", 2050000, false);
	add(latency, cart, SPAN_KIND_SERVER, "GET /\x1b[2J", 1, false);
	assert_table(latency,
		"service  kind    endpoint         count  errors      p50      p95      p99      max\n"
		"cart     server  GET /�[2J            1       0  1.00 µs  1.00 µs  1.00 µs  1.00 µs\n"
		"shop     server  GET /users/{id}    100       2  50.1 ms  94.9 ms  99.1 ms   100 ms\n"
		"shop     server  POST /orders         1       0   2.05 s   2.05 s   2.05 s   2.05 s\n"
		"shop     client  GET                  1       0   456 µs   456 µs   456 µs   456 µs\n");
	latency_free(latency);
	resource_unref(shop);
	resource_unref(other);
	resource_unref(cart);
}

/* By system and operation, whatever is called: not by address. The two ends apart, as ever. */
static void test_databases(void **state)
{
	struct resource *shop = sample_resource("shop", 1), *redis = sample_resource("redis-server", 2);
	struct latency *latency = latency_new(LATENCY_ENDPOINTS_MAX);
	struct span spans[] = {
		sample_redis(shop, 1, 0, SPAN_KIND_CLIENT, "GET", NULL),
		sample_redis(shop, 2, 0, SPAN_KIND_CLIENT, "GET", NULL),
		sample_redis(redis, 3, 0, SPAN_KIND_SERVER, "GET", NULL),
		sample_redis(shop, 4, 0, SPAN_KIND_CLIENT, "INCR", "WRONGTYPE"),
	};

	(void)state;
	spans[0].name = SLICE_LITERAL("GET 10.0.0.1:6379");
	spans[1].name = SLICE_LITERAL("GET 10.0.0.2:6379");
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		assert_int_equal(latency_add(latency, &spans[i]), 0);
	add(latency, shop, SPAN_KIND_SERVER, "GET /cart", 1000, false);
	assert_table(latency,
		"service       kind    endpoint    count  errors      p50      p95      p99      max\n"
		"redis-server  server  redis GET       1       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"shop          server  GET /cart       1       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"shop          client  redis GET       2       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"shop          client  redis INCR      1       1  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n");
	latency_free(latency);
	resource_unref(shop);
	resource_unref(redis);
}

#define HEAD "service  kind    endpoint  count  errors      p50      p95      p99      max\n"
#define OFTEN "shop     server  GET /b        3       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
#define FAILING "cart     server  GET /a        2       2  2.00 ms  2.00 ms  2.00 ms  2.00 ms\n"
#define SLOW "shop     client  GET           1       1   9.00 s   9.00 s   9.00 s   9.00 s\n"

static void test_sorts(void **state)
{
	struct resource *shop = sample_resource("shop", 1), *cart = sample_resource("cart", 2);
	struct latency *latency = latency_new(10);

	(void)state;
	for (int i = 0; i < 3; i++)
		add(latency, shop, SPAN_KIND_SERVER, "GET /b", 1000, false);
	for (int i = 0; i < 2; i++)
		add(latency, cart, SPAN_KIND_SERVER, "GET /a", 2000, true);
	add(latency, shop, SPAN_KIND_CLIENT, "GET", 9000000, true);
	assert_int_equal(latency_count(latency), 6);
	assert_sorted(latency, LATENCY_BY_SERVICE, 0, HEAD FAILING OFTEN SLOW);
	assert_sorted(latency, LATENCY_BY_RATE, 0, HEAD OFTEN FAILING SLOW);
	assert_sorted(latency, LATENCY_BY_ERRORS, 0, HEAD FAILING SLOW OFTEN);
	assert_sorted(latency, LATENCY_BY_P99, 80, HEAD SLOW FAILING OFTEN);
	latency_free(latency);
	resource_unref(shop);
	resource_unref(cart);
}

/* A row is a line of the terminal. */
static void test_narrow_page(void **state)
{
	struct resource *shop = sample_resource("a-service-with-a-long-name", 1);
	struct latency *latency = latency_new(10);

	(void)state;
	add(latency, shop, SPAN_KIND_SERVER, "GET /api/v1/customers/{id}/orders", 1000, false);
	assert_sorted(latency, LATENCY_BY_SERVICE, 80,
		"service         kind    endpoint        count  errors      p50      p99      max\n"
		"a-servi…g-name  server  GET /ap…orders      1       0  1.00 ms  1.00 ms  1.00 ms\n");
	latency_free(latency);
	resource_unref(shop);
}

static void test_bound(void **state)
{
	struct resource *shop = sample_resource("shop", 1);
	struct latency *latency = latency_new(2);

	(void)state;
	for (int i = 0; i < 12; i++) {
		char name[16];

		snprintf(name, sizeof(name), "GET /%d", i % 6);
		add(latency, shop, SPAN_KIND_SERVER, name, 1000, i == 5);
	}
	assert_int_equal(latency_other(latency), 8);
	assert_table(latency,
		"service  kind    endpoint  count  errors      p50      p95      p99      max\n"
		"shop     server  GET /0        2       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"shop     server  GET /1        2       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"(other)          (other)       8       1  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n");
	latency_free(latency);
	resource_unref(shop);
}

static void test_long_names_are_cut(void **state)
{
	struct latency *latency = latency_new(10);
	char name[2 * LATENCY_NAME_MAX + 1];
	struct resource *resource;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	resource = sample_resource(name, 1);
	add(latency, resource, SPAN_KIND_SERVER, name, 1000, false);
	name[LATENCY_NAME_MAX] = 'm';
	add(latency, resource, SPAN_KIND_SERVER, name, 1000, false);
	assert_int_equal(latency_other(latency), 0);
	latency_free(latency);
	resource_unref(resource);
}

/* What the header promises. (Sanitizers have an allocator that does not tell.) */
static void test_memory_is_bounded(void **state)
{
	struct resource *shop = sample_resource("shop", 1);
	size_t before = mallinfo2().uordblks;
	struct latency *latency = latency_new(LATENCY_ENDPOINTS_MAX);

	(void)state;
	for (int i = 0; i < LATENCY_ENDPOINTS_MAX + 10; i++) {
		char name[16];

		snprintf(name, sizeof(name), "GET /%d", i);
		/* In µs: up to 8 s. */
		for (uint64_t duration = 1; duration <= 8u << 20; duration *= 2)
			add(latency, shop, SPAN_KIND_SERVER, name, duration, false);
	}
	assert_true(latency_other(latency) > 0);
	assert_in_range(mallinfo2().uordblks - before, 0, 10u << 20);
	latency_free(latency);
	resource_unref(shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_databases),
		cmocka_unit_test(test_sorts),
		cmocka_unit_test(test_narrow_page),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
