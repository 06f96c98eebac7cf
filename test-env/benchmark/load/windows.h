/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 99th percentile of each tenth of a second: a stall of the machine's spoils the tenths that it lies in, where it
 * would be all that a percentile of a whole run tells of.
 */
#ifndef WIRESPAN_BENCHMARK_WINDOWS_H
#define WIRESPAN_BENCHMARK_WINDOWS_H

#include "base/clock.h"
#include "test-env/benchmark/load/histogram.h"

#define WINDOW (100 * NSEC_PER_MSEC)
#define WINDOWS_MAX 36000 /* an hour; what comes later counts as the last */

struct windows {
	struct histogram current;
	uint64_t number;                  /* of the current one, from the schedule's begin */
	uint64_t p99[WINDOWS_MAX], count; /* ns, of those that are over */
};

/* `elapsed`: ns since the schedule's begin, never less than before. */
void windows_add(struct windows *windows, uint64_t elapsed, uint64_t latency);
/* Nothing is added any more. `duration`: ns of the schedule; a window that goes beyond it is not counted. */
void windows_end(struct windows *windows, uint64_t duration);

#endif
