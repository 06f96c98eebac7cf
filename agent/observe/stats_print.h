/* SPDX-License-Identifier: Apache-2.0 */
/* --stats: what happened between two moments, for people. */
#ifndef WIRESPAN_AGENT_OBSERVE_STATS_PRINT_H
#define WIRESPAN_AGENT_OBSERVE_STATS_PRINT_H

#include "agent/observe/stats.h"
#include "base/buffer.h"

/* A block stays below what a pipe takes whole. */
#define STATS_TEXT_MAX 4000

/*
 * Appends lines that begin with "stats: ": rates and means over the time from `before`
 * to `now`, of which the peaks are of that time.
 * 0, -ENOSPC or -ENOMEM.
 */
int stats_format(struct buffer *buffer, const struct stats *before, const struct stats *now);

/* The same by the logger. 0; -EAGAIN where nobody reads that: it is left out then; -ENOSPC or -ENOMEM. */
int stats_print(const struct stats *before, const struct stats *now);

#endif
