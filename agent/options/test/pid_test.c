// SPDX-License-Identifier: Apache-2.0
#include "agent/options/pid.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

/* In a thread of its own, whose id it is. */
static void *check_thread(void *context)
{
	const struct selection selection = { .pids = { (uint32_t)gettid() }, .pid_count = 1 };

	*(int *)context = pid_option_check(&selection);
	return NULL;
}

static void a_thread_is_no_process(void **state)
{
	pthread_t thread;
	int result = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, check_thread, &result), 0);
	pthread_join(thread, NULL);
	assert_int_equal(result, -EINVAL);
}

/* That there is none is said later: it may still come. */
static void processes_and_who_is_not_there_are_fine(void **state)
{
	const struct selection selection = { .pids = { (uint32_t)getpid(), 4194304 }, .pid_count = 2 };

	(void)state;
	assert_int_equal(pid_option_check(&selection), 0);
	assert_int_equal(pid_option_check(&(struct selection){ 0 }), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_no_process),
		cmocka_unit_test(processes_and_who_is_not_there_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
