// SPDX-License-Identifier: Apache-2.0
#include "test-env/benchmark/load/windows.h"

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

void windows_end(struct windows *windows, uint64_t duration)
{
	if ((windows->number + 1) * WINDOW <= duration)
		close_current(windows);
}
