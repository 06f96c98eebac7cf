// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/runtime.h"

/* What Go's linker puts into its executables. */
__attribute__((section(".go.buildinfo"), used)) static const char build_info[] = "\xff Go buildinf:";

static void knows_go_by_its_section(void **state)
{
	(void)state;
	assert_true(runtime_shares_threads((uint32_t)getpid()));
	/* Remembered. */
	assert_true(runtime_shares_threads((uint32_t)getpid()));
}

static void others_keep_their_threads(void **state)
{
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC /* closed by the exec */), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		execlp("sleep", "sleep", "60", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	assert_false(runtime_shares_threads((uint32_t)child));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void nobody_has_no_runtime(void **state)
{
	(void)state;
	assert_false(runtime_shares_threads(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_go_by_its_section),
		cmocka_unit_test(others_keep_their_threads),
		cmocka_unit_test(nobody_has_no_runtime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
