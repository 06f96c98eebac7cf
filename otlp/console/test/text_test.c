// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "otlp/console/text.h"

static void assert_duration(uint64_t nanoseconds, const char *expected)
{
	char text[DURATION_TEXT_MAX];
	struct slice formatted = duration_format(nanoseconds, text);

	assert_int_equal(formatted.length, strlen(expected));
	assert_string_equal(formatted.data, expected);
}

static void test_durations(void **state)
{
	(void)state;
	assert_duration(0, "0 ns");
	assert_duration(999, "999 ns");
	assert_duration(1000, "1.00 µs");
	assert_duration(1234, "1.23 µs");
	assert_duration(9994, "9.99 µs");
	assert_duration(9995, "10.0 µs");
	assert_duration(99949, "99.9 µs");
	assert_duration(99950, "100 µs");
	assert_duration(456000, "456 µs");
	assert_duration(999499, "999 µs");
	assert_duration(999500, "1.00 ms");
	assert_duration(1230000, "1.23 ms");
	assert_duration(2049999999, "2.05 s");
	assert_duration(999999999, "1.00 s");
	assert_duration(59949999999, "59.9 s");
	assert_duration(UINT64_C(3600) * NSEC_PER_SEC, "3600 s");
	assert_duration(UINT64_MAX, "18446744074 s");
}

static void test_wall(void **state)
{
	char text[WALL_TEXT_MAX];

	(void)state;
	assert_string_equal(wall_format(UINT64_C(1795258441123456789), text).data, "2026-11-21T10:54:01.123Z");
	assert_string_equal(wall_format(0, text).data, "1970-01-01T00:00:00.000Z");
	assert_true(wall_format(UINT64_MAX, text).length > 0);
}

static void test_cells(void **state)
{
	struct text_cell cell = { SLICE_LITERAL("µs"), TEXT_RED };
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 4096);
	assert_int_equal(text_append(&buffer, cell, TEXT_LEFT, 4, false), 0);
	assert_int_equal(text_append(&buffer, cell, TEXT_RIGHT, 4, true), 0);
	assert_int_equal(text_append(&buffer, cell, TEXT_RIGHT, 0, false), 0);
	assert_int_equal(text_append(&buffer, (struct text_cell){ 0 }, TEXT_LEFT, 50, true), 0);
	text_trim_end(&buffer);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_string_equal(buffer.data, "µs    \x1b[31mµs\x1b[0mµs");
	buffer_done(&buffer);
}

static void assert_cut(const char *text, size_t width, const char *expected)
{
	struct buffer buffer;

	buffer_init(&buffer, 4096);
	assert_int_equal(text_append(&buffer, (struct text_cell){ slice_of_string(text), TEXT_PLAIN }, TEXT_LEFT, width,
				     false), 0);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_string_equal(buffer.data, expected);
	buffer_done(&buffer);
}

/* In the middle, between characters, whatever they take; marks stay with what they mark. */
static void test_cut(void **state)
{
	(void)state;
	assert_cut("abcdefgh", 8, "abcdefgh");
	assert_cut("abcdefgh", 7, "abc…fgh");
	assert_cut("abcdefgh", 6, "abc…gh");
	assert_cut("abcdefgh", 2, "a…");
	assert_cut("abcdefgh", 1, "…");
	assert_cut("日本日本", 7, "日本…本");
	assert_cut("日本日本", 6, "日…本 ");
	assert_cut("abcde\xcc\x81", 4, "ab…e\xcc\x81");
	assert_cut("abcd\xcc\x81" "e", 4, "ab…e");
}

/* The widest give first; what may not give does not. */
static void test_fit(void **state)
{
	size_t widths[] = { 9, 20, 30, 10 };
	const size_t least[] = { SIZE_MAX, 6, 6, SIZE_MAX };

	(void)state;
	text_fit(widths, least, 4, 75);
	assert_int_equal(widths[2], 30);
	text_fit(widths, least, 4, 60);
	assert_int_equal(widths[0], 9);
	assert_int_equal(widths[1], 17);
	assert_int_equal(widths[2], 18);
	assert_int_equal(widths[3], 10);
	text_fit(widths, least, 4, 10);
	assert_int_equal(widths[1] + widths[2], 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_wall),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
