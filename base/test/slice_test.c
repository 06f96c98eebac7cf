// SPDX-License-Identifier: Apache-2.0
#include "base/slice.h"

#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

static void comparing(void **state)
{
	struct slice nothing = slice_of(NULL, 0);

	(void)state;
	assert_true(slice_equal(SLICE_LITERAL("abc"), slice_of_string("abc")));
	assert_false(slice_equal(SLICE_LITERAL("abc"), SLICE_LITERAL("abd")));
	assert_false(slice_equal(SLICE_LITERAL("abc"), SLICE_LITERAL("ab")));
	assert_true(slice_equal(nothing, SLICE_LITERAL("")));
	assert_true(slice_equal_ignoring_case(SLICE_LITERAL("Content-LENGTH"), SLICE_LITERAL("content-length")));
	/* Only letters: '[' and '{' also differ by the bit of the case. */
	assert_false(slice_equal_ignoring_case(SLICE_LITERAL("["), SLICE_LITERAL("{")));
	assert_false(slice_equal_ignoring_case(SLICE_LITERAL("\xc4"), SLICE_LITERAL("\xe4")));
	assert_true(slice_equal_ignoring_case(nothing, nothing));
	assert_true(slice_starts_with(SLICE_LITERAL("HTTP/1.1"), SLICE_LITERAL("HTTP/")));
	assert_true(slice_starts_with(SLICE_LITERAL("HTTP/"), nothing));
	assert_false(slice_starts_with(SLICE_LITERAL("HTT"), SLICE_LITERAL("HTTP/")));
	assert_true(slice_ends_with(SLICE_LITERAL("shop.service"), SLICE_LITERAL(".service")));
	assert_true(slice_ends_with(SLICE_LITERAL(".service"), SLICE_LITERAL(".service")));
	assert_true(slice_ends_with(SLICE_LITERAL(".service"), nothing));
	assert_false(slice_ends_with(SLICE_LITERAL("service"), SLICE_LITERAL(".service")));
	assert_false(slice_ends_with(SLICE_LITERAL("shop.service.d"), SLICE_LITERAL(".service")));
	assert_int_equal(slice_of_string(NULL).length, 0);
}

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

/* Every pair of bytes, at every place of texts that are compared byte by byte, in words, and with a rest. */
static void case_is_ignored_of_letters_only(void **state)
{
	static const size_t lengths[] = { 1, 7, 8, 9, 16, 19 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char a[20] = "the-names-of-fields", b[20] = "THE-names-OF-FIELDS";

		for (size_t place = 0; place < lengths[i]; place++) {
			char before[2] = { a[place], b[place] };

			for (unsigned int pair = 0; pair < 65536; pair++) {
				a[place] = (char)(pair >> 8);
				b[place] = (char)pair;
				assert_int_equal(slice_equal_ignoring_case(slice_of(a, lengths[i]),
									   slice_of(b, lengths[i])),
						 lower(a[place]) == lower(b[place]));
			}
			a[place] = before[0];
			b[place] = before[1];
		}
	}
}

static void cutting(void **state)
{
	struct slice text = SLICE_LITERAL("abc");

	(void)state;
	assert_true(slice_equal(slice_from(text, 1), SLICE_LITERAL("bc")));
	assert_int_equal(slice_from(text, 3).length, 0);
	assert_int_equal(slice_from(text, SIZE_MAX).length, 0);
	assert_null(slice_from(slice_of(NULL, 0), 1).data);
	assert_true(slice_equal(slice_head(text, 2), SLICE_LITERAL("ab")));
	assert_true(slice_equal(slice_head(text, SIZE_MAX), text));
	assert_true(slice_equal(slice_trim(SLICE_LITERAL(" \t a b\t ")), SLICE_LITERAL("a b")));
	assert_int_equal(slice_trim(SLICE_LITERAL(" \t")).length, 0);
	assert_int_equal(slice_trim(slice_of(NULL, 0)).length, 0);
}

static void finding_stays_inside(void **state)
{
	char *copy = guard_copy("GET /x", 6);

	(void)state;
	assert_int_equal(slice_find(slice_of(copy, 6), ' '), 3);
	assert_int_equal(slice_find(slice_of(copy, 6), '\n'), 6);
	assert_int_equal(slice_find(slice_of(copy + 6, 0), 'G'), 0);
	assert_int_equal(slice_find(slice_of(NULL, 0), 'G'), 0);
	guard_free(copy, 6);
}

static void parts(void **state)
{
	struct slice text = SLICE_LITERAL("abc.Service");

	(void)state;
	assert_true(slice_contains(text, SLICE_LITERAL("c.S")));
	assert_true(slice_contains(text, text));
	assert_true(slice_contains(text, slice_of(NULL, 0)));
	assert_true(slice_contains(slice_of(NULL, 0), slice_of(NULL, 0)));
	assert_false(slice_contains(text, SLICE_LITERAL("c.s")));
	assert_false(slice_contains(slice_of(NULL, 0), text));
	assert_true(slice_ends_with_ignoring_case(text, SLICE_LITERAL(".SERVICE")));
	assert_false(slice_ends_with_ignoring_case(text, SLICE_LITERAL("Servic")));
	assert_false(slice_ends_with_ignoring_case(SLICE_LITERAL("ice"), text));
}

static void numbers(void **state)
{
	static const char *const wrong[] = {
		"", "-1", "+1", " 1", "1 ", "1x", "0x1", "18446744073709551616", "99999999999999999999999",
	};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(slice_to_u64(slice_of_string(wrong[i]), &value));
		assert_int_equal(value, 7);
	}
	assert_true(slice_to_u64(SLICE_LITERAL("18446744073709551615"), &value));
	assert_true(value == UINT64_MAX);
	assert_true(slice_to_u64(SLICE_LITERAL("000"), &value));
	assert_int_equal(value, 0);
}

static void copies(void **state)
{
	char *text = slice_to_string(slice_head(SLICE_LITERAL("abcdef"), 3));
	char *empty = slice_to_string(slice_of(NULL, 0));

	(void)state;
	assert_string_equal(text, "abc");
	assert_string_equal(empty, "");
	free(text);
	free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_is_ignored_of_letters_only),
		cmocka_unit_test(comparing),
		cmocka_unit_test(cutting),
		cmocka_unit_test(finding_stays_inside),
		cmocka_unit_test(parts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
