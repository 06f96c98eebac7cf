// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <time.h>

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	/* These clocks always exist on the kernels that we run on: it cannot fail. */
	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * NSEC_PER_SEC + (uint64_t)time.tv_nsec;
}

uint64_t clock_monotonic(void)
{
	return now(CLOCK_MONOTONIC);
}

uint64_t clock_wall(void)
{
	return now(CLOCK_REALTIME);
}

uint64_t clock_boot(void)
{
	return now(CLOCK_BOOTTIME);
}

struct clock_reading clock_read(void)
{
	struct clock_reading best = { 0 };
	uint64_t best_spread = UINT64_MAX;

	for (int attempt = 0; attempt < 5; attempt++) {
		struct clock_reading reading = { .monotonic = clock_monotonic() };
		uint64_t spread;

		reading.wall = clock_wall();
		reading.boot = clock_boot();
		spread = clock_monotonic() - reading.monotonic;
		if (spread >= best_spread)
			continue;
		best_spread = spread;
		best = reading;
	}
	return best;
}
