// SPDX-License-Identifier: Apache-2.0
#include "base/give_way.h"

#include <sched.h>

#include "base/clock.h"

#define PIECE 32 /* µs of work */
#define LONG (500 * NSEC_PER_USEC)
#define RECOVERY (100 * NSEC_PER_MSEC) /* without pauses after a long one */

static _Thread_local struct {
	bool allowed;
	unsigned int done;
	uint64_t recovered; /* CLOCK_MONOTONIC ns */
} leave;

void give_way_allow(bool allowed)
{
	leave.allowed = allowed && clock_monotonic() >= leave.recovered;
}

void give_way(unsigned int done)
{
	uint64_t begin, end;

	leave.done += done;
	if (!leave.allowed || leave.done < PIECE)
		return;
	leave.done = 0;
	begin = clock_monotonic();
	sched_yield();
	end = clock_monotonic();
	if (end - begin > LONG) {
		leave.allowed = false;
		leave.recovered = end + RECOVERY;
	}
}
