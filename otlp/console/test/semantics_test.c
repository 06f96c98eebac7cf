// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/semantics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "otlp/test/sample.h"

#define ROOM 16

static struct resource *shop;

static int set_up(void **state)
{
	(void)state;
	shop = sample_resource("shop", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	resource_unref(shop);
	return 0;
}

static void check(const struct span *span, const char *expected)
{
	char *room = guard_copy((char[ROOM]){ 0 }, ROOM);
	struct slice found = semantics_endpoint(span, room, ROOM);

	assert_int_equal(found.length, strlen(expected));
	assert_memory_equal(found.data, expected, found.length);
	guard_free(room, ROOM);
}

/* A span of that name, and attributes; the keys end with NULL. */
static struct span span_of(const char *name, const char *const attributes[][2])
{
	struct span span = sample_span(shop, 1, 1, 0, SPAN_KIND_CLIENT, name, 0, 1);

	for (size_t i = 0; attributes[i][0]; i++)
		sample_string(&span, attributes[i][0], attributes[i][1]);
	return span;
}

static void http_is_counted_by_name(void **state)
{
	struct span span = sample_http(shop, 1, 1), bare = sample_span(shop, 1, 1, 0, SPAN_KIND_CLIENT, "GET", 0, 1);

	(void)state;
	assert_string_equal(semantics_of(&span)->status, "http.response.status_code");
	check(&span, "GET /users/{id}");
	assert_ptr_equal(semantics_of(&bare), semantics_of(&span));
	check(&bare, "GET");
}

static void databases_are_counted_by_system_and_operation(void **state)
{
	static const struct {
		const char *name, *attributes[4][2], *expected;
	} rows[] = {
		{ "GET h:6379", { { "db.system.name", "redis" }, { "db.operation.name", "GET" } }, "redis GET" },
		{ "GET h:6379", { { "db.operation.name", "GET" }, { "db.system.name", "redis" } }, "redis GET" },
		{ "SELECT a", { { "db.system.name", "mysql" }, { "db.query.summary", "SELECT a" } }, "mysql SELECT a" },
		{ "find a",
		  { { "db.system.name", "mongodb" }, { "db.query.summary", "x" }, { "db.operation.name", "find" } },
		  "mongodb find" },
		{ "shop", { { "db.system.name", "mysql" } }, "mysql shop" },
		{ "mysql", { { "db.system.name", "mysql" } }, "mysql" },
		/* As much as there is room for. */
		{ "a", { { "db.system.name", "mysql" }, { "db.query.summary", "SELECT orders" } }, "mysql SELECT or" },
		{ "a", { { "db.system.name", "a-system-of-a-long-name" } }, "a-system-of-a-l" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = span_of(rows[i].name, rows[i].attributes);

		assert_string_equal(semantics_of(&span)->status, "db.response.status_code");
		check(&span, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_is_counted_by_name),
		cmocka_unit_test(databases_are_counted_by_system_and_operation),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
