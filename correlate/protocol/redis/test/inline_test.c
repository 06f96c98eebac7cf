// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/protocol/redis/inline.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct inline_case {
	const char *line;
	const char *expected; /* "[argument][argument]", "!" where it is bad */
};

static const struct inline_case cases[] = {
	{ "\r\n", "" },
	{ "  \t \r\n", "" },
	{ "PING\r\n", "[PING]" },
	{ "PING\n", "[PING]" },
	{ " SET  key \t value \r\n", "[SET][key][value]" },
	{ "SET k \"two words\"\r\n", "[SET][k][two words]" },
	{ "SET k 'two \"words\"'\r\n", "[SET][k][two \"words\"]" },
	{ "SET k \"\"\r\n", "[SET][k][]" },
	{ "SET k ''\r\n", "[SET][k][]" },
	{ "SET k \"\\x41\\x4a\\n\\\"\"\r\n", "[SET][k][AJ\n\"]" },
	{ "SET k \"\\xZ1\\x4Z\"\r\n", "[SET][k][xZ1x4Z]" },
	{ "SET k \"\\x\"\r\n", "[SET][k][x]" },
	{ "SET k \"\\x4\"\r\n", "[SET][k][x4]" },
	{ "SET k 'it\\'s'\r\n", "[SET][k][it's]" },
	{ "SET k 'a\\b\\\\c'\r\n", "[SET][k][a\\b\\\\c]" },
	{ "SET k\"q\" v\r\n", "[SET][kq][v]" },
	{ "SET k \"v\"x\r\n", "[SET][k]!" },
	{ "SET k \"v\r\n", "[SET][k]!" },
	{ "SET k 'v\r\n", "[SET][k]!" },
	{ "SET k \"v\\\n", "[SET][k]!" },
};

static void append(char *text, size_t size, struct slice part)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%.*s", (int)part.length, part.data);
}

static void splits_as_redis_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct redis_inline line = { 0 };
		char found[256] = "";

		for (const char *byte = cases[i].line; *byte; byte++) {
			enum redis_inline_result result = redis_inline_step(&line, *byte);

			if (result == REDIS_INLINE_ARGUMENT) {
				append(found, sizeof(found), SLICE_LITERAL("["));
				append(found, sizeof(found), redis_inline_argument(&line));
				append(found, sizeof(found), SLICE_LITERAL("]"));
			} else if (result == REDIS_INLINE_BAD) {
				append(found, sizeof(found), SLICE_LITERAL("!"));
				break;
			}
		}
		assert_string_equal(found, cases[i].expected);
	}
}

static void keeps_the_first_bytes(void **state)
{
	struct redis_inline line = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(redis_inline_step(&line, 'a'), REDIS_INLINE_MORE);
	assert_int_equal(redis_inline_step(&line, '\n'), REDIS_INLINE_ARGUMENT);
	assert_int_equal(line.length, 1000);
	assert_int_equal(redis_inline_argument(&line).length, REDIS_INLINE_KEPT);
}

static void refuses_what_no_string_holds(void **state)
{
	struct redis_inline line = { 0 };

	(void)state;
	assert_int_equal(redis_inline_step(&line, '\0'), REDIS_INLINE_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_as_redis_does),
		cmocka_unit_test(keeps_the_first_bytes),
		cmocka_unit_test(refuses_what_no_string_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
