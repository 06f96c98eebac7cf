// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "otlp/export/trace_state.h"

static struct trace_probability read_guarded(const char *text)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length);
	struct trace_probability probability = trace_state_probability(slice_of(copy, length));

	guard_free(copy, length);
	return probability;
}

static void assert_threshold(const char *text, uint64_t expected)
{
	struct trace_probability probability = read_guarded(text);

	assert_true(probability.has_threshold);
	assert_int_equal(probability.threshold, expected);
}

static void assert_randomness(const char *text, uint64_t expected)
{
	struct trace_probability probability = read_guarded(text);

	assert_true(probability.has_randomness);
	assert_int_equal(probability.randomness, expected);
}

static void test_read(void **state)
{
	(void)state;
	assert_threshold("ot=th:0", 0);
	assert_threshold("ot=th:8", UINT64_C(0x80000000000000));
	assert_threshold("ot=th:fd70a", UINT64_C(0xfd70a000000000));
	assert_threshold("ot=th:ffffffffffffff", TRACE_THRESHOLD_MAX - 1);
	assert_threshold("a=b, ot=x:y;th:c;rv:00000000000001 ,c=d", UINT64_C(0xc0000000000000));
	assert_randomness("a=b, ot=x:y;th:c;rv:00000000000001 ,c=d", 1);
	assert_randomness("ot=rv:ffffffffffffff", TRACE_THRESHOLD_MAX - 1);
}

static void test_read_nothing(void **state)
{
	static const char *const nothing[] = {
		"",
		"a=b",
		"ot=",
		"ot=th:",
		"ot=th",
		"ot=th:g",
		"ot=th:C",
		"ot=th:0x1",
		"ot=th:1 2",
		"ot=th:000000000000000",
		"xot=th:8",
		"OT=th:8",
		"ot=ath:8",
		"ot=rv:0",
		"ot=rv:0000000000000",
		"ot=rv:",
		"ot",
		"a=ot=th:8",
		"ot=rv:0000000000000A",
		"ot=rv:000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		struct trace_probability probability = read_guarded(nothing[i]);

		assert_false(probability.has_threshold);
		assert_false(probability.has_randomness);
	}
}

/* `expected` NULL: it is not to be written. */
static void assert_set(const char *text, const uint64_t *threshold, const char *expected)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length), out[TRACE_STATE_MAX];
	struct slice set = SLICE_LITERAL("untouched");
	bool written = trace_state_set_threshold(slice_of(copy, length), threshold, out, &set);

	assert_int_equal(written, expected != NULL);
	if (!expected)
		expected = "untouched";
	assert_int_equal(set.length, strlen(expected));
	assert_memory_equal(set.data, expected, set.length);
	guard_free(copy, length);
}

static void test_set(void **state)
{
	const uint64_t half = TRACE_THRESHOLD_MAX / 2, hundredth = UINT64_C(0xfd70a000000000), all = 0, one = 1;

	(void)state;
	assert_set("", &half, "ot=th:8");
	assert_set("", &hundredth, "ot=th:fd70a");
	assert_set("", &all, "ot=th:0");
	assert_set("", &one, "ot=th:00000000000001");
	assert_set("a=b", &half, "ot=th:8,a=b");
	assert_set("a=b , c=d,,", &half, "ot=th:8,a=b,c=d");
	assert_set("a=b,ot=rv:00000000000001,c=d", &half, "ot=th:8;rv:00000000000001,a=b,c=d");
	assert_set("ot=x:y;th:c;z", &half, "ot=th:8;x:y;z");
	assert_set("ot=th:bad;th:c", &half, "ot=th:8");
	assert_set("", NULL, "");
	assert_set("ot=th:8", NULL, "");
	assert_set("a=b,ot=th:8", NULL, "a=b");
	assert_set("a=b,ot=th:8;rv:00000000000001", NULL, "ot=rv:00000000000001,a=b");
	assert_set("ot=", &half, "ot=th:8");
}

static void test_set_maximum(void **state)
{
	const uint64_t half = TRACE_THRESHOLD_MAX / 2;
	char text[TRACE_STATE_MAX + 64], expected[TRACE_STATE_MAX + 64];

	(void)state;
	/* "ot=th:8," takes 8. */
	memset(text, 'x', sizeof(text));
	text[1] = '=';
	text[TRACE_STATE_MAX - 8] = '\0';
	memcpy(expected, "ot=th:8,", 8);
	strcpy(expected + 8, text);
	assert_set(text, &half, expected);
	text[TRACE_STATE_MAX - 8] = 'x';
	text[TRACE_STATE_MAX - 7] = '\0';
	assert_set(text, &half, NULL);

	/* The value of the member: "th:8;" and 251 more. */
	memset(text, 'x', sizeof(text));
	memcpy(text, "ot=", 3);
	text[3 + 251] = '\0';
	memcpy(expected, "ot=th:8;", 8);
	strcpy(expected + 8, text + 3);
	assert_set(text, &half, expected);
	text[3 + 251] = 'x';
	text[3 + 252] = '\0';
	assert_set(text, &half, NULL);
}

static void test_set_members(void **state)
{
	const uint64_t half = TRACE_THRESHOLD_MAX / 2;
	char text[8 * TRACE_STATE_MEMBERS_MAX] = "", expected[sizeof(text) + 8];
	size_t length = 0;

	(void)state;
	for (int i = 0; i < TRACE_STATE_MEMBERS_MAX - 1; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%sa%d=b", i ? "," : "", i);
	snprintf(expected, sizeof(expected), "ot=th:8,%s", text);
	assert_set(text, &half, expected);
	snprintf(text + length, sizeof(text) - length, ",one=more");
	assert_set(text, &half, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),        cmocka_unit_test(test_read_nothing), cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_maximum), cmocka_unit_test(test_set_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
