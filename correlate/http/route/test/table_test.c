// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "correlate/http/route/table.h"
#include "correlate/http/route/tree.h"
#include "correlate/limits.h"

static const char shop[] = "shop";

/* The route of a path that is answered, or not; "" where there is none. Overwritten by the next. */
static const char *route_of(struct route_table *table, const char *service, const char *path, bool answered)
{
	static char text[ROUTE_LENGTH_MAX + 1];
	struct slice whole = slice_of_string(path), shown = slice_of(NULL, 0);
	char buffer[ROUTE_LENGTH_MAX];
	struct route_path split;
	struct route route;

	route_path_split(whole, &split);
	route_table_guess(table, ROUTES_OF_SERVICE, slice_of_string(service), &split, answered, &route);
	if (route.origin != ROUTE_NONE)
		shown = route_text(&route, whole, buffer);
	assert_int_equal(route.limited, route.cut && !route.count);
	snprintf(text, sizeof text, "%.*s", (int)shown.length, shown.data);
	return text;
}

/* Letters only, so that by its shape no number is an identifier. */
static const char *word(int number)
{
	static char text[16];
	size_t length = sizeof text - 1;

	do {
		text[--length] = (char)('a' + number % 26);
		number /= 26;
	} while (number);
	return text + length;
}

#define PATH_MAX_LENGTH 128

/* `format` has one %s, for a word. */
static const char *path_of(const char *format, int number)
{
	static char path[PATH_MAX_LENGTH];
	size_t before = strcspn(format, "%");

	snprintf(path, sizeof path, "%.*s%s%s", (int)before, format, word(number), format + before + 2);
	return path;
}

/* Answers to that many words: whatever came until the place is full keeps what it is. */
static void fan_out(struct route_table *table, const char *format, int words, const char *folded)
{
	for (int i = 0; i < words; i++)
		assert_string_equal(route_of(table, shop, path_of(format, i), true),
				    i < ROUTE_VALUES_MAX ? path_of(format, i) : folded);
}

static void siblings_become_one(void **state)
{
	struct route_table *table = route_table_new();

	(void)state;
	assert_non_null(table);
	assert_string_equal(route_of(table, shop, "/u", true), "/u");
	assert_string_equal(route_of(table, shop, "/u/alice/settings", true), "/u/alice/settings");
	assert_string_equal(route_of(table, shop, "/commit/deadbeef1", true), "/commit/{id}");
	fan_out(table, "/cart/%s", 60, "/cart/{id}");
	fan_out(table, "/commit/%s/diff", 60, "/commit/{id}/diff");
	/* They all, from now on, and what is deeper behind them. */
	assert_string_equal(route_of(table, shop, "/cart/a", true), "/cart/{id}");
	assert_string_equal(route_of(table, shop, "/commit/a/diff", true), "/commit/{id}/diff");
	assert_string_equal(route_of(table, shop, "/commit/a/files/x", true), "/commit/{id}/files/x");
	/* But not what is beside them, of another kind or in another place. */
	assert_string_equal(route_of(table, shop, "/cart/checkout/pay", true), "/cart/checkout/pay");
	assert_string_equal(route_of(table, shop, "/commit/latest", true), "/commit/latest");
	assert_string_equal(route_of(table, shop, "/u/alice/settings", true), "/u/alice/settings");
	assert_string_equal(route_of(table, shop, "/u", true), "/u");
	assert_string_equal(route_of(table, "other", "/cart/a", true), "/cart/a");
	route_table_free(table);
}

/* What followed any of them follows the one; where that makes too many, they are one, too. */
static void what_follows_siblings_is_merged(void **state)
{
	struct route_table *table = route_table_new();
	char path[64];

	(void)state;
	assert_non_null(table);
	for (int i = 0; i < ROUTE_VALUES_MAX; i++) {
		snprintf(path, sizeof path, "/u/%s/", word(i));
		strcat(path, i % 2 ? "repo" : "gists");
		assert_string_equal(route_of(table, shop, path, true), path);
		snprintf(path, sizeof path, "/u/%s/tag/", word(i));
		strcat(path, word(i + 100));
		assert_string_equal(route_of(table, shop, path, true), path);
	}
	assert_string_equal(route_of(table, shop, "/u/zoe/repo", true), "/u/{id}/repo");
	assert_string_equal(route_of(table, shop, "/u/zoe/gists", false), "/u/{id}/gists");
	assert_string_equal(route_of(table, shop, "/u/a/tag/dw", false), "/u/{id}/tag/dw");
	assert_string_equal(route_of(table, shop, "/u/b/tag/one-more", true), "/u/{id}/tag/{id}");
	route_table_free(table);
}

/* An answer of 404 has a known route or none, and makes none known. */
static void what_is_not_found_proves_nothing(void **state)
{
	struct route_table *table = route_table_new();

	(void)state;
	assert_non_null(table);
	for (int i = 0; i < 1000; i++)
		assert_string_equal(route_of(table, shop, path_of("/scan/%s/x", i), false), "");
	assert_string_equal(route_of(table, shop, "/scan/a/x", true), "/scan/a/x");
	assert_string_equal(route_of(table, shop, "/scan/a/x", false), "/scan/a/x");
	assert_string_equal(route_of(table, shop, "/scan/a", false), "");
	assert_string_equal(route_of(table, shop, "/users/1", true), "/users/{id}");
	assert_string_equal(route_of(table, shop, "/users/2", false), "/users/{id}");
	fan_out(table, "/cart/%s", ROUTE_VALUES_MAX + 1, "/cart/{id}");
	assert_string_equal(route_of(table, shop, "/cart/ghost", false), "/cart/{id}");
	assert_string_equal(route_of(table, shop, "/cart/ghost/x", false), "");
	route_table_free(table);
}

/* In the first place applications have their own names. */
static void the_first_place_has_more(void **state)
{
	struct route_table *table = route_table_new();

	(void)state;
	assert_non_null(table);
	for (int i = 0; i < ROUTE_FIRST_VALUES_MAX + 20; i++)
		assert_string_equal(route_of(table, shop, path_of("/%s", i), true),
				    i < ROUTE_FIRST_VALUES_MAX ? path_of("/%s", i) : "/{id}");
	assert_string_equal(route_of(table, shop, "/cart/joe", true), "/cart/joe");
	route_table_free(table);
}

static void a_service_has_a_maximum(void **state)
{
	struct route_table *table = route_table_new();
	char path[64];

	(void)state;
	assert_non_null(table);
	for (int i = 0; i < ROUTES_MAX + 20; i++) {
		snprintf(path, sizeof path, "/x%s/y", word(i / 10));
		strcat(path, word(i % 10));
		assert_string_equal(route_of(table, shop, path, true), i < ROUTES_MAX ? path : "/*");
	}
	assert_string_equal(route_of(table, shop, "/xa/ya", true), "/xa/ya");
	assert_string_equal(route_of(table, "other", "/x", true), "/x");
	/* Room comes back where siblings become one. */
	for (int i = 0; i < 11; i++)
		route_of(table, shop, path_of("/xa/z%s", i), true);
	assert_string_equal(route_of(table, shop, "/new", true), "/*");
	route_table_free(table);
	route_table_free(NULL);
}

static void idle_services_are_forgotten(void **state)
{
	struct route_table *table = route_table_new();
	char name[2 * ROUTE_SERVICE_NAME_MAX];

	(void)state;
	assert_non_null(table);
	assert_string_equal(route_of(table, "busy", "/a", false), "");
	route_of(table, "idle", "/a", true);
	route_of(table, "busy", "/a", true);
	/* Too many services. */
	for (int i = 0; i < ROUTE_SERVICES_MAX - 1; i++) {
		snprintf(name, sizeof name, "job-%d", i);
		route_of(table, name, "/a", true);
		assert_string_equal(route_of(table, "busy", "/a", false), "/a");
	}
	assert_string_equal(route_of(table, "idle", "/a", false), "");
	assert_string_equal(route_of(table, "job-0", "/a", false), "/a");
	/* Too many bytes. */
	for (int i = 0; i < ROUTE_SERVICES_MAX; i++) {
		char path[ROUTE_LENGTH_MAX];

		snprintf(name, sizeof name, "large-%d", i);
		for (int j = 0; j < ROUTE_FIRST_VALUES_MAX; j++) {
			memset(path, 'x', sizeof path);
			snprintf(path, sizeof path, "/%d", j);
			path[strlen(path)] = '-';
			path[250] = '\0';
			route_of(table, name, path, true);
		}
		assert_string_equal(route_of(table, "busy", "/a", false), "/a");
	}
	assert_string_equal(route_of(table, "job-0", "/a", false), "");
	/* A long name is one service. */
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	route_of(table, name, "/a", true);
	assert_string_equal(route_of(table, name + 1, "/a", false), "/a");
	route_table_free(table);
}

static uint64_t draw(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random >> 11;
}

/* Of few words or many, short or long. */
static void random_path(uint64_t *random, char path[2 * ROUTE_LENGTH_MAX])
{
	size_t segments = draw(random) % 100 ? 1 + draw(random) % 5 : draw(random) % 90, length = 0;
	uint64_t words = draw(random) % 3 ? 4 : 3000;

	path[length++] = '/';
	for (size_t i = 0; i < segments && length < ROUTE_LENGTH_MAX + 20; i++)
		length += (size_t)sprintf(path + length, "%s%s", i ? "/" : "", word((int)(draw(random) % words)));
	path[length] = '\0';
}

/*
 * Whatever comes: a path that was claimed is found as it was claimed; the bounds hold; the same paths give
 * the same routes; and nothing is left at the end.
 */
static void random_paths(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 60; round++) {
		struct route_tree trees[2];
		uint64_t random = round * UINT64_C(0x9e3779b97f4a7c15);

		route_tree_init(&trees[0]);
		route_tree_init(&trees[1]);
		for (int i = 0; i < 1500; i++) {
			char path[2 * ROUTE_LENGTH_MAX];
			uint64_t claimed[2] = { 0 }, found = 0;
			struct route_path split;
			bool known[2];

			random_path(&random, path);
			route_path_split(slice_of_string(path), &split);
			for (int j = 0; j < 2; j++)
				known[j] = route_tree_claim(&trees[j], &split, &claimed[j]);
			assert_int_equal(known[0], known[1]);
			assert_int_equal(claimed[0], claimed[1]);
			assert_int_equal(route_tree_find(&trees[0], &split, &found), known[0]);
			assert_int_equal(found, claimed[0]);
			assert_int_equal(found & split.identifiers, known[0] ? split.identifiers : 0);
			assert_in_range(trees[0].routes, 1, ROUTES_MAX);
			assert_in_range(trees[0].nodes, 0, ROUTE_NODES_MAX);
			assert_in_range(trees[0].memory, 0, ROUTE_TREE_MEMORY_MAX);
		}
		for (int j = 0; j < 2; j++) {
			route_tree_done(&trees[j]);
			assert_int_equal(trees[j].nodes, 0);
			assert_int_equal(trees[j].memory, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siblings_become_one),
		cmocka_unit_test(what_follows_siblings_is_merged),
		cmocka_unit_test(what_is_not_found_proves_nothing),
		cmocka_unit_test(the_first_place_has_more),
		cmocka_unit_test(a_service_has_a_maximum),
		cmocka_unit_test(idle_services_are_forgotten),
		cmocka_unit_test(random_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
