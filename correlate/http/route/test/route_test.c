// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/http/route/route.h"

/* Paths as they come, and their routes. NULL: the path itself. */
static const struct {
	const char *path, *route;
} paths[] = {
	{ "/", NULL },
	{ "/?x=1", "/" },
	{ "/users?id=42", "/users" },
	{ "//a//b/", NULL },
	/* numbers, dates, addresses */
	{ "/users/42", "/users/{id}" },
	{ "/users/42/", "/users/{id}/" },
	{ "/users/-1/orders/0", "/users/{id}/orders/{id}" },
	{ "/geo/52.5200/13.4050", "/geo/{id}/{id}" },
	{ "/ip/10.0.0.1", "/ip/{id}" },
	{ "/tel/+4930901820", "/tel/{id}" },
	{ "/tel/%2B4930901820", "/tel/{id}" },
	{ "/isbn/978-3-16-148410-0", "/isbn/{id}" },
	{ "/reports/2026-11-21", "/reports/{id}" },
	{ "/reports/2026-11", "/reports/{id}" },
	{ "/reports/20261121", "/reports/{id}" },
	{ "/reports/21-11-2026", "/reports/{id}" },
	{ "/log/2026-11-21T10:35:00Z", "/log/{id}" },
	{ "/log/2026-11-21.txt", "/log/{id}" },
	{ "/u/ann@example.com", "/u/{id}" },
	{ "/u/ann%40example.com/mail", "/u/{id}/mail" },
	/* hashes, UUIDs, tokens */
	{ "/f/550e8400-e29b-41d4-a716-446655440000", "/f/{id}" },
	{ "/f/550E8400E29B41D4A716446655440000", "/f/{id}" },
	{ "/f/%7B550e8400-e29b-41d4-a716-446655440000%7D", "/f/{id}" },
	{ "/posts/507f1f77bcf86cd799439011", "/posts/{id}" },
	{ "/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/{id}" },
	{ "/c/deadbee1", "/c/{id}" },
	{ "/c/abcdefabcdefabcdef", "/c/{id}" },
	{ "/watch/dQw4w9WgXcQ", "/watch/{id}" },
	{ "/v1/customers/cus_NffrFeUfNV2Hib", "/v1/customers/{id}" },
	{ "/jwt/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "/jwt/{id}" },
	{ "/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit", "/d/{id}/edit" },
	{ "/k/k3j9x2m4q8z7w1r5t6y0", "/k/{id}" },
	{ "/i/i-0abc12def3456789a", "/i/{id}" },
	{ "/shop/item-12345/reviews", "/shop/{id}/reviews" },
	{ "/INV-2026-0001.pdf", "/{id}" },
	{ "/login;jsessionid=1A2B3C?x=1", "/login" },
	/* names stay */
	{ "/api/v1/oauth2/token", NULL },
	{ "/api/v2.1/utf8/h264/mp4/i18n/s3/k8s", NULL },
	{ "/1.1/statuses/update.json", NULL },
	{ "/2.0/sql/warehouses", NULL },
	{ "/apis/apps/v1beta1/deployments", NULL },
	{ "/getAccountByCustomerNumber2", NULL },
	{ "/docs/en-US/how-to-build-2-things-with-10-tools", NULL },
	{ "/facade/accede/feedback/decade", NULL },
	{ "/step-2/covid-19", NULL },
	{ "/.well-known/openid-configuration", NULL },
	{ "/b%C3%BCcher/%E6%97%A5%E6%9C%AC", NULL },
	{ "/wiki/%E6%97%A5%E6%9C%AC%E8%AA%9E%E6%97%A5%E6%9C%AC", "/wiki/{id}" },
	{ "/bad/%zz/%0", NULL },
	{ "/nul/%00", NULL },
	/* GitHub */
	{ "/repos/torvalds/linux/commits/1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
	  "/repos/torvalds/linux/commits/{id}" },
	{ "/repos/torvalds/linux/pulls/17/files", "/repos/torvalds/linux/pulls/{id}/files" },
	/* S3 */
	{ "/bucket/dt=2026-11-21/part-00001.parquet", "/bucket/{id}/{id}" },
	{ "/bucket/year=2026/month=11/data.csv", "/bucket/{id}/{id}/data.csv" },
	{ "/bucket/a=b=c=d=2026-11-21", "/bucket/{id}" },
	/* Nobody looks behind ever more of them. */
	{ "/bucket/a=b=c=d=e=2026-11-21", "/bucket/a=b=c=d=e=2026-11-21" },
	{ "/bucket/uploads/9f86d081884c7d659a2feaa0c55ad015.png", "/bucket/uploads/{id}" },
	/* Kubernetes */
	{ "/api/v1/namespaces/default/pods/web-7d4b9c6f5-x2x9z/log", "/api/v1/namespaces/default/pods/{id}/log" },
	{ "/apis/batch/v1/namespaces/jobs/cronjobs/backup", NULL },
	{ "/healthz", NULL },
	/* Django, Flask, WordPress, Spring */
	{ "/admin/auth/user/3/change/", "/admin/auth/user/{id}/change/" },
	{ "/static/admin/css/base.css", NULL },
	{ "/wp-json/wp/v2/posts/17", "/wp-json/wp/v2/posts/{id}" },
	{ "/2026/11/21/hello-world/", "/{id}/{id}/{id}/hello-world/" },
	{ "/wp-content/uploads/logo.png", NULL },
	{ "/actuator/health", NULL },
	{ "/index.html", NULL },
	{ "/index.php/wp-login.php", NULL },
	/* static files */
	{ "/static/app.3f2a9c1b.js", "/static/{id}" },
	{ "/assets/index-B4f3k9Zq.js", "/assets/{id}" },
	{ "/js/jquery-3.6.0.min.js", NULL },
	{ "/npm/react@18.2.0/umd/react.js", NULL },
	{ "/img/icon-192x192.png", NULL },
	{ "/favicon.ico", NULL },
};

/* What its shape alone says; in `buffer`. */
static struct slice guess(struct slice path, char buffer[ROUTE_LENGTH_MAX])
{
	struct route_path split;

	route_path_split(path, &split);
	const struct route route = { .origin = ROUTE_GUESSED,
				     .identifiers = split.identifiers,
				     .count = split.count,
				     .cut = split.cut };

	return route_text(&route, path, buffer);
}

static void test_routes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct slice expected = slice_of_string(paths[i].route ? paths[i].route : paths[i].path);
		size_t length = strlen(paths[i].path);
		char *copy = guard_copy(paths[i].path, length);
		char route_buffer[ROUTE_LENGTH_MAX];
		struct slice route = guess(slice_of(copy, length), route_buffer);

		if (!slice_equal(route, expected))
			fail_msg("%s: %.*s", paths[i].path, (int)route.length, route.data);
		guard_free(copy, length);
	}
}

static void test_long_routes_are_cut_at_a_segment(void **state)
{
	char blank[ROUTE_LENGTH_MAX] = { 0 };
	char *buffer = guard_copy(blank, sizeof blank);
	char path[2000] = "";

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		snprintf(path + strlen(path), sizeof path - strlen(path), "/name%c", (int)('a' + i % 26));
		struct slice route = guess(slice_of_string(path), buffer);

		assert_in_range(route.length, 1, ROUTE_LENGTH_MAX);
		if (strlen(path) <= ROUTE_LENGTH_MAX - 2) {
			assert_true(slice_equal(route, slice_of_string(path)));
		} else {
			assert_memory_equal(route.data + route.length - 2, "/*", 2);
			assert_memory_equal(route.data, path, route.length - 2);
			assert_int_equal(path[route.length - 2], '/');
		}
	}
	/* One endless segment. */
	memset(path, 'x', sizeof path);
	path[0] = '/';
	assert_true(slice_equal(guess(slice_of(path, 255), buffer), SLICE_LITERAL("/*")));
	guard_free(buffer, sizeof blank);
}

static void test_many_segments_are_cut(void **state)
{
	char path[2 * (ROUTE_SEGMENTS_MAX + 1) + 1] = "", buffer[ROUTE_LENGTH_MAX];
	struct route_path split;

	(void)state;
	for (size_t i = 0; i < ROUTE_SEGMENTS_MAX; i++)
		strcat(path, "/x");
	route_path_split(slice_of_string(path), &split);
	assert_int_equal(split.count, ROUTE_SEGMENTS_MAX);
	assert_false(split.cut);
	strcat(path, "/y");
	struct slice route = guess(slice_of_string(path), buffer);

	assert_int_equal(route.length, 2 * ROUTE_SEGMENTS_MAX + 2);
	assert_memory_equal(route.data + route.length - 4, "/x/*", 4);
	/* Short ones that become longer as identifiers. */
	struct slice all = route_text(&(struct route){ .origin = ROUTE_GUESSED,
						       .identifiers = UINT64_MAX,
						       .count = ROUTE_SEGMENTS_MAX },
				      slice_of_string(path), buffer);

	assert_in_range(all.length, ROUTE_LENGTH_MAX - 8, ROUTE_LENGTH_MAX);
	assert_memory_equal(all.data + all.length - 7, "/{id}/*", 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_long_routes_are_cut_at_a_segment),
		cmocka_unit_test(test_many_segments_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
