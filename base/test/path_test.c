// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(struct slice text, const char *expected)
{
	assert_true(slice_equal(text, slice_of_string(expected)));
}

static void last_component(void **state)
{
	(void)state;
	expect(path_last(SLICE_LITERAL("/usr/bin/node")), "node");
	expect(path_last(SLICE_LITERAL("node")), "node");
	expect(path_last(SLICE_LITERAL("/usr/bin/")), "");
	expect(path_last(SLICE_LITERAL("/")), "");
	expect(path_last(slice_of(NULL, 0)), "");
}

static void version(void **state)
{
	(void)state;
	expect(path_without_version(SLICE_LITERAL("python3.11")), "python");
	expect(path_without_version(SLICE_LITERAL("php-fpm8.2")), "php-fpm");
	expect(path_without_version(SLICE_LITERAL("node")), "node");
	expect(path_without_version(SLICE_LITERAL("7z2x")), "7z2x");
	expect(path_without_version(SLICE_LITERAL("3.14")), "");
	expect(path_without_version(slice_of(NULL, 0)), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_component),
		cmocka_unit_test(version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
