// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <time.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void clocks_advance(void **state)
{
	uint64_t before = clock_monotonic();
	uint64_t boot = clock_boot();

	(void)state;
	assert_true(clock_monotonic() >= before);
	assert_true(boot >= before);
}

static void wall_is_the_time_of_day(void **state)
{
	uint64_t seconds = (uint64_t)time(NULL);
	uint64_t wall = clock_wall() / NSEC_PER_SEC;

	(void)state;
	assert_true(wall >= seconds && wall <= seconds + 2);
}

static void clocks_are_read_together(void **state)
{
	uint64_t monotonic = clock_monotonic(), wall = clock_wall(), boot = clock_boot();
	struct clock_reading reading = clock_read();

	(void)state;
	assert_in_range(reading.monotonic, monotonic, clock_monotonic());
	assert_in_range(reading.wall, wall, clock_wall());
	assert_in_range(reading.boot, boot, clock_boot());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_advance),
		cmocka_unit_test(wall_is_the_time_of_day),
		cmocka_unit_test(clocks_are_read_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
