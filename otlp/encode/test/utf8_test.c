// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "otlp/encode/utf8.h"

static void assert_sanitized(const char *input, size_t length, const char *expected)
{
	char *text = guard_copy(input, length);
	char output[128];
	size_t size = utf8_sanitize(slice_of(text, length), output);

	assert_string_equal(output, expected);
	assert_int_equal(size, strlen(expected));
	assert_int_equal(utf8_clean(slice_of(text, length)), strcmp(expected, input) == 0 && strlen(input) == length);
	guard_free(text, length);
}

#define ASSERT_SANITIZED(input, expected) assert_sanitized(input, sizeof(input) - 1, expected)

static void test_valid_text_is_kept(void **state)
{
	(void)state;
	ASSERT_SANITIZED("", "");
	ASSERT_SANITIZED("GET /x\t\n", "GET /x\t\n");
	ASSERT_SANITIZED("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
	ASSERT_SANITIZED("\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf");
	ASSERT_SANITIZED("\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf");
	ASSERT_SANITIZED("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
	ASSERT_SANITIZED("\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80");
}

#define R "\xef\xbf\xbd"

static void test_invalid_parts_are_replaced(void **state)
{
	(void)state;
	ASSERT_SANITIZED("a\xff" "b", "a" R "b");
	ASSERT_SANITIZED("\x80\xbf", R R);
	ASSERT_SANITIZED("\xc0\xaf", R R);                 /* overlong "/" */
	ASSERT_SANITIZED("\xe0\x80\xaf", R R R);           /* overlong */
	ASSERT_SANITIZED("\xed\xa0\x80", R R R);           /* a surrogate */
	ASSERT_SANITIZED("\xf4\x90\x80\x80", R R R R);     /* past U+10FFFF */
	ASSERT_SANITIZED("\xf5\x80", R R);
	ASSERT_SANITIZED("\xe2\x82", R);                   /* cut off: one maximal subpart */
	ASSERT_SANITIZED("\xf0\x9f\x98", R);
	ASSERT_SANITIZED("\xf0\x9f\x98z", R "z");
	ASSERT_SANITIZED("\xe2\x82\xe2\x82\xac", R "\xe2\x82\xac");
	ASSERT_SANITIZED("\xc3", R);
}

/* One odd byte at each place of texts of each length. */
static void test_clean_sees_each_byte(void **state)
{
	static const char odd[] = { '\0', '\x80', '\xff' };
	char text[20];

	(void)state;
	for (size_t length = 0; length <= sizeof(text); length++) {
		char *copy;

		memset(text, '\x7f', sizeof(text));
		text[0] = '\x01';
		copy = guard_copy(text, length);
		assert_true(utf8_clean(slice_of(copy, length)));
		for (size_t i = 0; i < length * sizeof(odd); i++) {
			char kept = copy[i / sizeof(odd)];

			copy[i / sizeof(odd)] = odd[i % sizeof(odd)];
			assert_false(utf8_clean(slice_of(copy, length)));
			copy[i / sizeof(odd)] = kept;
		}
		guard_free(copy, length);
	}
}

static void test_nul_is_replaced(void **state)
{
	(void)state;
	ASSERT_SANITIZED("a\0b", "a" R "b");
}

static void test_every_code_point(void **state)
{
	(void)state;
	for (uint32_t code = 0x800; code <= 0x10ffff; code++) {
		char text[4];
		size_t size = code < 0x10000 ? 3 : 4, length;
		bool valid;

		text[0] = (char)(size == 3 ? 0xe0 | code >> 12 : 0xf0 | code >> 18);
		text[size - 3] = (char)(size == 3 ? text[0] : (char)(0x80 | (code >> 12 & 0x3f)));
		text[size - 2] = (char)(0x80 | (code >> 6 & 0x3f));
		text[size - 1] = (char)(0x80 | (code & 0x3f));
		assert_int_equal(utf8_decode(slice_of(text, size), &length, &valid),
				 code >= 0xd800 && code < 0xe000 ? UTF8_REPLACEMENT : code);
		assert_int_equal(valid, code < 0xd800 || code >= 0xe000);
	}
}

static void test_terminal_is_protected(void **state)
{
	static const char hostile[] = "\x1b[2J\x07\xc2\x9b\xe2\x80\xae" "txt\x7f\xc3\xa9";
	char output[UTF8_SANITIZED_MAX(sizeof(hostile))];

	(void)state;
	utf8_sanitize_for_terminal(slice_of(hostile, sizeof(hostile) - 1), output);
	assert_string_equal(output, R "[2J" R R R "txt" R "\xc3\xa9");
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_columns(SLICE_LITERAL("abc")), 3);
	assert_int_equal(utf8_columns(SLICE_LITERAL("\xc3\xa9")), 1);
	assert_int_equal(utf8_columns(SLICE_LITERAL("e\xcc\x81")), 1);
	assert_int_equal(utf8_columns(SLICE_LITERAL("\xe6\x97\xa5\xe6\x9c\xac")), 4);
	assert_int_equal(utf8_head(SLICE_LITERAL("\xe6\x97\xa5\xe6\x9c\xac"), 3).length, 3);
	assert_int_equal(utf8_head(SLICE_LITERAL("abc"), 2).length, 2);
	assert_int_equal(utf8_head(SLICE_LITERAL("abc"), 9).length, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid_text_is_kept),
		cmocka_unit_test(test_invalid_parts_are_replaced),
		cmocka_unit_test(test_clean_sees_each_byte),
		cmocka_unit_test(test_nul_is_replaced),
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_terminal_is_protected),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
