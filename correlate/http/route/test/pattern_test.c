// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

static struct route_patterns patterns;

static int setup(void **state)
{
	(void)state;
	memset(&patterns, 0, sizeof patterns);
	return 0;
}

static void add(const char *pattern)
{
	const char *flaw = route_patterns_add(&patterns, pattern);

	if (flaw)
		fail_msg("%s %s", pattern, flaw);
}

/* NULL: none matches. */
static void expect(const char *service, const char *path, const char *expected)
{
	size_t length = strlen(path);
	char *copy = guard_copy(path, length);
	struct slice found = route_patterns_match(&patterns, slice_of_string(service), slice_of(copy, length));

	if (!slice_equal(found, slice_of_string(expected)))
		fail_msg("%s of %s: %.*s", path, service, (int)found.length, found.data);
	guard_free(copy, length);
}

static void segments_match(void **state)
{
	(void)state;
	add("/tag/{tag}");
	add("/files/{name}.json");
	add("/v{version}/x");
	add("/static/*");
	add("/");
	add("/a/");
	add("/caf%C3%A9/{a.b-c_1}/x:cancel");
	expect("any", "/tag/x", "/tag/{tag}");
	expect("any", "/tag/x?a=/b", "/tag/{tag}");
	expect("any", "/tag/x#a/b", "/tag/{tag}");
	expect("any", "/tag;v=1/x;y=z", "/tag/{tag}");
	expect("any", "/tag/", NULL);
	expect("any", "/tag", NULL);
	expect("any", "/tag/x/", NULL);
	expect("any", "/tag/x/y", NULL);
	expect("any", "/Tag/x", NULL);
	expect("any", "/files/a.json", "/files/{name}.json");
	expect("any", "/files/.json", NULL);
	expect("any", "/files/json", NULL);
	expect("any", "/v12/x", "/v{version}/x");
	expect("any", "/v/x", NULL);
	expect("any", "/static/a", "/static/*");
	expect("any", "/static/a/b/c", "/static/*");
	expect("any", "/static/", "/static/*");
	expect("any", "/static", NULL);
	expect("any", "/", "/");
	expect("any", "/a/", "/a/");
	expect("any", "/a", NULL);
	expect("any", "/caf%C3%A9/1/x:cancel", "/caf%C3%A9/{a.b-c_1}/x:cancel");
}

static void services_match(void **state)
{
	(void)state;
	add("shop:/u/{user}");
	add("api.*:/u/{name}");
	add("localhost:9000:/x/{y}");
	expect("shop", "/u/1", "/u/{user}");
	expect("api.example", "/u/1", "/u/{name}");
	expect("shopping", "/u/1", NULL);
	expect("", "/u/1", NULL);
	expect("localhost:9000", "/x/1", "/x/{y}");
}

/* Whatever they are added after. */
static void the_most_specific_comes_first(void **state)
{
	static const char *const all[] = {
		"/*",          "/{any}/{id}",       "/u/*",      "/u/{id}",      "/u/a{id}",
		"/u/ab{id}",   "/u/me",             "*:/u/{b}",  "shop:/u/{a}",  "/{any}/me",
		"shop:/{any}", "shop:/{any}/{own}", "s?op:/u/*",
	};
	static const size_t count = sizeof all / sizeof all[0];

	for (size_t first = 0; first < count; first++) {
		setup(state);
		for (size_t i = 0; i < count; i++)
			add(all[(first + i * 5) % count]);
		expect("shop", "/u/me", "/u/me");
		expect("shop", "/u/abc", "/u/ab{id}");
		expect("shop", "/u/ac", "/u/a{id}");
		expect("shop", "/u/x", "/u/{a}");
		expect("other", "/u/x", "/u/{b}");
		expect("shop", "/u/x/y", "/u/*");
		expect("shop", "/x/me", "/{any}/me");
		expect("shop", "/x/y", "/{any}/{own}");
		expect("other", "/x/y", "/{any}/{id}");
		expect("shop", "/x", "/{any}");
		expect("other", "/x", "/*");
	}
	/* Of those that are alike, the first. */
	setup(state);
	add("/tag/{a}");
	add("/tag/{b}");
	expect("any", "/tag/x", "/tag/{a}");
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *pattern, *flaw;
	} wrong[] = {
		{ "", "is neither" },
		{ "tag/{tag}", "is neither" },
		{ "shop", "is neither" },
		{ ":/x", "is neither" },
		{ "http://host/x", "not a URL" },
		{ "//host/x", "not a URL" },
		{ "/tag/{tag", "half of a {NAME}" },
		{ "/tag/tag}", "more than one {NAME} in a segment, or half" },
		{ "/tag/}{", "half of a {NAME}" },
		{ "/tag/{}", "without name" },
		{ "/tag/{a}{b}", "more than one" },
		{ "/tag/{a:int}", "other bytes" },
		{ "/tag/{a*}", "other bytes" },
		{ "/tag/<tag>", "percent-encoded" },
		{ "/tag/:tag", "begins with ':'" },
		{ "/tag/a b", "percent-encoded" },
		{ "/tag/\xc3\xa9", "percent-encoded" },
		{ "/tag?x", "percent-encoded" },
		{ "/tag#x", "percent-encoded" },
		{ "/tag;x", "percent-encoded" },
		{ "/*/x", "not its last segment" },
		{ "/a*", "not its last segment" },
		{ "/**", "not its last segment" },
		{ "sh[op:/x", "glob" },
	};
	char longest[300];
	int count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *flaw = route_patterns_add(&patterns, wrong[i].pattern);

		if (!flaw || !strstr(flaw, wrong[i].flaw))
			fail_msg("%s: %s", wrong[i].pattern, flaw);
	}
	memset(longest, 'x', sizeof longest);
	longest[0] = '/';
	longest[257] = '\0';
	assert_non_null(strstr(route_patterns_add(&patterns, longest), "longer"));
	longest[256] = '\0';
	assert_null(route_patterns_add(&patterns, longest));
	for (size_t i = 0; i < 128; i++)
		longest[i] = i % 2 ? 'a' : '/';
	longest[128] = '\0';
	assert_non_null(strstr(route_patterns_add(&patterns, longest), "too many segments"));
	memset(longest, 'x', 129);
	strcpy(longest + 129, ":/x");
	assert_non_null(strstr(route_patterns_add(&patterns, longest), "more than 128"));
	while (!route_patterns_add(&patterns, "/{x}"))
		count++;
	assert_int_equal(count, ROUTE_PATTERNS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(segments_match, setup),
		cmocka_unit_test_setup(services_match, setup),
		cmocka_unit_test_setup(the_most_specific_comes_first, setup),
		cmocka_unit_test_setup(what_is_wrong_is_said, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
