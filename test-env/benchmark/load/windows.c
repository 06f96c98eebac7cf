// SPDX-License-Identifier: Apache-2.0
#include "test-env/benchmark/load/windows.h"

#include <stdlib.h>
#include <string.h>

/* One that nothing was answered in has no percentile: those who waited count in the next. */
static void close_current(struct windows *windows)
{
	if (windows->current.total)
		windows->p99[windows->count++] = histogram_quantile(&windows->current, 0.99);
	memset(&windows->current, 0, sizeof(windows->current));
}

void windows_add(struct windows *windows, uint64_t elapsed, uint64_t latency)
{
	uint64_t number = elapsed / WINDOW;

	if (number >= WINDOWS_MAX)
		number = WINDOWS_MAX - 1;
	if (number != windows->number) {
		close_current(windows);
		windows->number = number;
	}
	histogram_add(&windows->current, latency);
}

static int compare(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

void windows_end(struct windows *windows, uint64_t duration)
{
	if ((windows->number + 1) * WINDOW <= duration)
		close_current(windows);
	qsort(windows->p99, windows->count, sizeof(windows->p99[0]), compare);
}

uint64_t windows_median(const struct windows *windows)
{
	uint64_t middle = windows->count / 2;

	if (windows->count == 0)
		return 0;
	return windows->count % 2 ? windows->p99[middle] : (windows->p99[middle - 1] + windows->p99[middle]) / 2;
}
