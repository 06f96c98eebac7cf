// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/token.h"

/* The test runs in the C locale. */
static void classes_are_those_of_the_c_locale(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char byte = (char)i;

		assert_int_equal(ascii_is_digit(byte), !!isdigit(i));
		assert_int_equal(ascii_is_alphanumeric(byte), !!isalnum(i));
		assert_int_equal(ascii_is_space(byte), !!isspace(i));
	}
}

static void digits_have_values(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char text[2] = { (char)i, '\0' };
		int value = isxdigit(i) ? (int)strtol(text, NULL, 16) : -1;

		assert_int_equal(ascii_hex_value((char)i), value);
		assert_int_equal(ascii_lower_hex_value((char)i), isupper(i) ? -1 : value);
	}
}

static void tokens(void **state)
{
	(void)state;
	for (int i = 1; i < 256; i++)
		assert_int_equal(token_bytes[i], isalnum(i) || strchr("!#$%&'*+-.^_`|~", i) != NULL);
	assert_false(token_bytes[0]);
	assert_true(token_is_valid(SLICE_LITERAL("X-Request_Id")));
	assert_false(token_is_valid(SLICE_LITERAL("X Request")));
	assert_false(token_is_valid(slice_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_those_of_the_c_locale),
		cmocka_unit_test(digits_have_values),
		cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
