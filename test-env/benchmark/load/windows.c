// SPDX-License-Identifier: Apache-2.0
#include "test-env/benchmark/load/windows.h"

#include <stdlib.h>
#include <string.h>

void windows_add(struct windows *windows, uint64_t elapsed, uint64_t latency)
{
	uint64_t number = elapsed / WINDOW;

	if (number >= WINDOWS_MAX)
		number = WINDOWS_MAX - 1;
	if (number != windows->number) {
		/* One that nothing was answered in has no percentile: those who waited count in the next. */
		if (windows->current.total)
			windows->p99[windows->count++] = histogram_quantile(&windows->current, 0.99);
		memset(&windows->current, 0, sizeof(windows->current));
		windows->number = number;
	}
	histogram_add(&windows->current, latency);
}

static int compare(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

uint64_t windows_median(struct windows *windows)
{
	qsort(windows->p99, windows->count, sizeof(windows->p99[0]), compare);
	return windows->count ? windows->p99[windows->count / 2] : 0;
}
