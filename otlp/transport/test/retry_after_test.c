// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/test/guard.h"
#include "otlp/transport/retry_after.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's example. */
#define EXAMPLE (784111777 * NSEC_PER_SEC)

static uint64_t read_at(const char *text, uint64_t wall)
{
	size_t length = strlen(text);
	char *copy = guard_copy(text, length);
	uint64_t result = retry_after_read(slice_of(copy, length), wall);

	guard_free(copy, length);
	return result;
}

static void test_seconds(void **state)
{
	(void)state;
	assert_int_equal(read_at("120", EXAMPLE), 120 * NSEC_PER_SEC);
	assert_int_equal(read_at(" 7 ", EXAMPLE), 7 * NSEC_PER_SEC);
	assert_int_equal(read_at("0", EXAMPLE), 0);
	assert_int_equal(read_at("3600", EXAMPLE), RETRY_AFTER_MAX);
	assert_int_equal(read_at("3601", EXAMPLE), RETRY_AFTER_MAX);
	assert_int_equal(read_at("18446744073709551615", EXAMPLE), RETRY_AFTER_MAX);
	assert_int_equal(read_at("99999999999999999999999999", EXAMPLE), RETRY_AFTER_MAX);
	/* Eight digits are no date, as curl would have it. */
	assert_int_equal(read_at("20300101", EXAMPLE), RETRY_AFTER_MAX);
}

static void test_dates_in_all_forms(void **state)
{
	(void)state;
	assert_int_equal(read_at("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE - 90 * NSEC_PER_SEC), 90 * NSEC_PER_SEC);
	assert_int_equal(read_at("Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE - 90 * NSEC_PER_SEC), 90 * NSEC_PER_SEC);
	assert_int_equal(read_at("Sun Nov  6 08:49:37 1994", EXAMPLE - 90 * NSEC_PER_SEC), 90 * NSEC_PER_SEC);
	assert_int_equal(read_at("Wednesday, 09-Nov-94 08:49:37 GMT", EXAMPLE), RETRY_AFTER_MAX);
	/* To the nanosecond: never before the second that was named. */
	assert_int_equal(read_at("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE - 1), 1);
}

static void test_dates_that_are_past_or_absurd(void **state)
{
	(void)state;
	assert_int_equal(read_at("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE), 0);
	assert_int_equal(read_at("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE + 1), 0);
	assert_int_equal(read_at("Sun, 06 Nov 1904 08:49:37 GMT", EXAMPLE), 0);
	assert_int_equal(read_at("Sun, 06 Nov 9999 08:49:37 GMT", EXAMPLE), RETRY_AFTER_MAX);
	assert_int_equal(read_at("Sun, 06 Nov 1994 08:49:37 GMT", 0), RETRY_AFTER_MAX);
}

static void test_garbage_asks_for_nothing(void **state)
{
	static const char *const garbage[] = {
		"",
		" ",
		"soon",
		"-5",
		"+5",
		"1.5",
		"5s",
		"0x10",
		"Sun",
		"Sunday",
		"Sun, 99 Nov 1994 08:49:37 GMT",
		"06 Nov 2094 08:49:37 GMT",
		"Sun, 06 Nov 2094 08:49:37 GMT and so on and so on and on",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++)
		assert_int_equal(read_at(garbage[i], EXAMPLE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_dates_in_all_forms),
		cmocka_unit_test(test_dates_that_are_past_or_absurd),
		cmocka_unit_test(test_garbage_asks_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
