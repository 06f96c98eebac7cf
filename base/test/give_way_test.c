// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sched.h>

#include "base/clock.h"
#include "base/give_way.h"

#define MUCH 1000 /* µs of work */

static uint64_t now = NSEC_PER_SEC, yield_time;
static unsigned int yields;

/* In libc's place, and in base/clock.c's. */
int sched_yield(void)
{
	yields++;
	now += yield_time;
	return 0;
}

uint64_t clock_monotonic(void)
{
	return now;
}

static int begin(void **state)
{
	(void)state;
	yields = 0;
	yield_time = 0;
	give_way_allow(true);
	give_way(MUCH);
	yields = 0;
	return 0;
}

static void test_not_without_leave(void **state)
{
	(void)state;
	give_way_allow(false);
	give_way(MUCH);
	assert_int_equal(yields, 0);
	give_way_allow(true);
	give_way(MUCH);
	assert_int_equal(yields, 1);
}

static void test_work_comes_together(void **state)
{
	unsigned int done = 0;

	(void)state;
	while (!yields) {
		give_way(1);
		done++;
	}
	assert_in_range(done, 10, 99);
	for (unsigned int i = 1; i < done; i++)
		give_way(1);
	assert_int_equal(yields, 1);
	give_way(1);
	assert_int_equal(yields, 2);
}

static void test_long_pause_is_the_last_for_a_while(void **state)
{
	(void)state;
	yield_time = 3 * NSEC_PER_MSEC;
	give_way(MUCH);
	give_way(MUCH);
	assert_int_equal(yields, 1);
	give_way_allow(true);
	give_way(MUCH);
	assert_int_equal(yields, 1);
	now += NSEC_PER_SEC;
	give_way_allow(true);
	give_way(MUCH);
	assert_int_equal(yields, 2);
	now += NSEC_PER_SEC;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_not_without_leave, begin),
		cmocka_unit_test_setup(test_work_comes_together, begin),
		cmocka_unit_test_setup(test_long_pause_is_the_last_for_a_while, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
