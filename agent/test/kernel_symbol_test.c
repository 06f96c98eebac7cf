// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel_symbol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static void whole_names_are_found(void **state)
{
	(void)state;
	if (access("/proc/kallsyms", R_OK) < 0)
		skip();
	assert_true(kernel_may_have_symbol("schedule"));
	assert_false(kernel_may_have_symbol("schedul"));
	assert_false(kernel_may_have_symbol("wirespan_has_no_such_symbol"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_names_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
