// SPDX-License-Identifier: Apache-2.0
#include "base/glob.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

static bool matches(const char *pattern, const char *text)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length);
	bool matched = glob_match(pattern, slice_of(copy, length));

	guard_free(copy, length);
	return matched;
}

static void patterns_match_all_of_a_text(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matched;
	} rows[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "a", true },
		{ "a", "ab", false },
		{ "ab", "a", false },
		{ "*", "", true },
		{ "/health*", "/healthz/live", true },
		{ "*/health", "/api/v1/health", true },
		{ "*/health", "/api/v1/healthz", false },
		{ "a*b*c", "a-b-b-c", true },
		{ "a*b*c", "a-c-b", false },
		{ "?", "", false },
		{ "gunicorn-2?", "gunicorn-20", true },
		{ "python3.[0-9]*", "python3.11", true },
		{ "python3.[!0-9]*", "python3.11", false },
		{ "[]]", "]", true },
		{ "[!]]", "]", false },
		{ "[a-]", "-", true },
		{ "[\\]a]x", "]x", true },
		{ "[[:digit:]x]", "7", true },
		{ "[[:digit:]x]", "a", false },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "[z-a]", "b", false },
		{ "caf\xc3\xa9", "caf\xc3\xa9", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(glob_flaw(rows[i].pattern));
		if (matches(rows[i].pattern, rows[i].text) != rows[i].matched)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
	}
	assert_true(glob_match("*", slice_of(NULL, 0)));
}

static void flaws_are_found(void **state)
{
	static const char *const flawed[] = { "[",          "a[bc",           "[]", "[!]", "[a\\]", "x\\",
					      "[[:digit:]", "[[:nonsense:]]", "[[:" };

	(void)state;
	for (size_t i = 0; i < sizeof(flawed) / sizeof(flawed[0]); i++) {
		assert_non_null(glob_flaw(flawed[i]));
		assert_false(matches(flawed[i], "a"));
	}
	assert_null(glob_flaw("\\["));
	assert_null(glob_flaw("]"));
}

static void only_special_characters_make_a_pattern(void **state)
{
	(void)state;
	assert_true(glob_is_literal("/usr/sbin/nginx"));
	assert_false(glob_is_literal("ngin?"));
	assert_false(glob_is_literal("nginx*"));
	assert_false(glob_is_literal("\\*"));
	assert_false(glob_is_literal("[n]ginx"));
}

/* fnmatch() would be at it for years. */
static void no_text_takes_long(void **state)
{
	char text[8192];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*b", slice_of(text, sizeof(text))));
}

static void append(char *text, const char *alphabet, size_t size)
{
	size_t length = (size_t)rand() % size;

	for (size_t i = 0; i < length; i++)
		text[i] = alphabet[(size_t)rand() % strlen(alphabet)];
	text[length] = '\0';
}

static void they_mean_what_fnmatch_says(void **state)
{
	char pattern[8], text[6];

	(void)state;
	srand(1);
	for (int i = 0; i < 30000; i++) {
		append(pattern, "ab*?[]!-\\", sizeof(pattern));
		append(text, "ab]-\\!", sizeof(text));
		if (!glob_flaw(pattern) && matches(pattern, text) != (fnmatch(pattern, text, 0) == 0))
			fail_msg("'%s' and '%s'", pattern, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_all_of_a_text),
		cmocka_unit_test(flaws_are_found),
		cmocka_unit_test(only_special_characters_make_a_pattern),
		cmocka_unit_test(no_text_takes_long),
		cmocka_unit_test(they_mean_what_fnmatch_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
