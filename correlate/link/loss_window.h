/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of time in which records were lost: what was concluded from silence then is not believed. */
#ifndef WIRESPAN_CORRELATE_LINK_LOSS_WINDOW_H
#define WIRESPAN_CORRELATE_LINK_LOSS_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define LOSS_WINDOWS_MAX 8

/* All zero at first. Ascending; the two oldest are merged where there are too many. */
struct loss_windows {
	unsigned int count;
	struct {
		uint64_t from, to;
	} window[LOSS_WINDOWS_MAX];
};

void loss_windows_add(struct loss_windows *windows, uint64_t from, uint64_t to);
/* Whether anything was lost between `from` and `to`, where each window lasts `longer`. */
bool loss_windows_touch(const struct loss_windows *windows, uint64_t from, uint64_t to, uint64_t longer);

#endif
