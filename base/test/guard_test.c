// SPDX-License-Identifier: Apache-2.0
#include "base/test/guard.h"

#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* In a child, which is expected to die of it. */
static bool reading_faults(const volatile char *address)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)*address;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void ends_at_the_guard(void **state)
{
	static const size_t lengths[] = { 1, 100, 4095, 4096, 4097, 20000 };
	char data[20000];

	(void)state;
	memset(data, 'x', sizeof(data));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *copy = guard_copy(data, lengths[i]);

		assert_memory_equal(copy, data, lengths[i]);
		assert_false(reading_faults(copy + lengths[i] - 1));
		assert_true(reading_faults(copy + lengths[i]));
		guard_free(copy, lengths[i]);
	}
}

static void nothing_is_guarded_too(void **state)
{
	char *copy = guard_copy(NULL, 0);

	(void)state;
	assert_non_null(copy);
	assert_true(reading_faults(copy));
	guard_free(copy, 0);
	guard_free(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_at_the_guard),
		cmocka_unit_test(nothing_is_guarded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
