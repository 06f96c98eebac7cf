// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/loss_window.h"

#include <string.h>

/* Losses come in bursts; those so near each other count as one. */
#define BURST_NS UINT64_C(100000000)

static uint64_t later(uint64_t time, uint64_t by)
{
	return time > UINT64_MAX - by ? UINT64_MAX : time + by;
}

void loss_windows_add(struct loss_windows *windows, uint64_t from, uint64_t to)
{
	if (to < from)
		to = from;
	if (windows->count) {
		unsigned int last = windows->count - 1;

		if (from <= later(windows->window[last].to, BURST_NS)) {
			if (from < windows->window[last].from)
				windows->window[last].from = from;
			if (to > windows->window[last].to)
				windows->window[last].to = to;
			return;
		}
	}
	if (windows->count == LOSS_WINDOWS_MAX) {
		windows->window[1].from = windows->window[0].from;
		memmove(&windows->window[0], &windows->window[1], sizeof(windows->window[0]) * (LOSS_WINDOWS_MAX - 1));
		windows->count--;
	}
	windows->window[windows->count].from = from;
	windows->window[windows->count].to = to;
	windows->count++;
}

bool loss_windows_touch(const struct loss_windows *windows, uint64_t from, uint64_t to, uint64_t longer)
{
	for (unsigned int i = 0; i < windows->count; i++)
		if (from <= later(windows->window[i].to, longer) && to >= windows->window[i].from)
			return true;
	return false;
}
