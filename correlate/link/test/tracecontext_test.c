// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/link/tracecontext.h"

#define TRACE_ID "0af7651916cd43dd8448eb211c80319c"
#define PARENT_ID "b7ad6b7169203331"
#define ZEROS_16 "0000000000000000"

static bool parse(const char *text, struct trace_context *context)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length);
	bool valid = traceparent_parse(slice_of(copy, length), context);

	guard_free(copy, length);
	return valid;
}

static void test_traceparent(void **state)
{
	static const struct {
		const char *text;
		int flags; /* -1: invalid */
	} cases[] = {
		{ "00-" TRACE_ID "-" PARENT_ID "-01", 1 },
		{ "00-" TRACE_ID "-" PARENT_ID "-00", 0 },
		{ "00-" TRACE_ID "-" PARENT_ID "-03", 3 },
		{ "00-" TRACE_ID "-" PARENT_ID "-ff", 3 },
		{ "cc-" TRACE_ID "-" PARENT_ID "-01", 1 },
		{ "cc-" TRACE_ID "-" PARENT_ID "-01-what-comes", 1 },
		{ "cc-" TRACE_ID "-" PARENT_ID "-01.what", -1 },
		{ "00-" TRACE_ID "-" PARENT_ID "-01-", -1 },
		{ "00-" TRACE_ID "-" PARENT_ID "-0", -1 },
		{ "00-" TRACE_ID "-" PARENT_ID "-0x", -1 },
		{ "ff-" TRACE_ID "-" PARENT_ID "-01", -1 },
		{ "0-" TRACE_ID "-" PARENT_ID "-011", -1 },
		{ "00-" ZEROS_16 ZEROS_16 "-" PARENT_ID "-01", -1 },
		{ "00-" TRACE_ID "-" ZEROS_16 "-01", -1 },
		{ "00-0AF7651916CD43DD8448EB211C80319C-" PARENT_ID "-01", -1 },
		{ "00-" TRACE_ID "-B7AD6B7169203331-01", -1 },
		{ "00." TRACE_ID "-" PARENT_ID "-01", -1 },
		{ "00-" TRACE_ID "." PARENT_ID "-01", -1 },
		{ "00-" TRACE_ID "-" PARENT_ID ".01", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trace_context context = { .flags = 0x55 };
		bool valid = parse(cases[i].text, &context);

		if (valid != (cases[i].flags >= 0) || context.flags != (valid ? cases[i].flags : 0x55))
			fail_msg("%s: %d, flags %x", cases[i].text, valid, context.flags);
	}
}

static void test_traceparent_ids(void **state)
{
	static const uint8_t trace_id[] = { 0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd,
					    0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c };
	static const uint8_t parent_id[] = { 0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31 };
	struct trace_context context;

	(void)state;
	assert_true(parse("00-" TRACE_ID "-" PARENT_ID "-01", &context));
	assert_memory_equal(context.trace_id, trace_id, sizeof trace_id);
	assert_memory_equal(context.parent_id, parent_id, sizeof parent_id);
}

static bool state_valid(const char *text)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length);
	bool valid = tracestate_valid(slice_of(copy, length));

	guard_free(copy, length);
	return valid;
}

static void test_tracestate(void **state)
{
	(void)state;
	assert_true(state_valid("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"));
	assert_true(state_valid("a=1 , b=2,\tc=3"));
	assert_true(state_valid("a=1,,b=2,"));
	assert_true(state_valid("0tenant@vendor=x y"));
	assert_true(state_valid("ot=th:8;rv:00000000000000"));
	assert_false(state_valid(""));
	assert_false(state_valid(" , "));
	assert_false(state_valid("a"));
	assert_false(state_valid("=1"));
	assert_false(state_valid("a="));
	assert_false(state_valid("a=1=2"));
	assert_false(state_valid("A=1"));
	assert_false(state_valid("_a=1"));
	assert_false(state_valid("a =1"));
	assert_false(state_valid("a=1,a=2"));
	assert_false(state_valid("a=\xc3\xa4"));
	assert_false(state_valid("a=1\x01"));
}

static void test_tracestate_limits(void **state)
{
	char members[33 * 8] = "", key[400];

	(void)state;
	for (int i = 0; i < 33; i++) {
		char member[8] = { (char)('a' + i % 26), (char)('0' + i / 26), '=', '1', ',', '\0' };

		strcat(members, member);
		assert_int_equal(state_valid(members), i < 32);
	}
	memset(key, 'k', sizeof key);
	memcpy(key + 256, "=1", sizeof "=1");
	assert_true(state_valid(key));
	memcpy(key + 256, "k=1", sizeof "k=1");
	assert_false(state_valid(key));
	memset(key, 'v', sizeof key);
	memcpy(key, "k=", 2);
	key[258] = '\0';
	assert_true(state_valid(key));
	key[258] = 'v';
	key[259] = '\0';
	assert_false(state_valid(key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traceparent),
		cmocka_unit_test(test_traceparent_ids),
		cmocka_unit_test(test_tracestate),
		cmocka_unit_test(test_tracestate_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
