/* SPDX-License-Identifier: Apache-2.0 */
/* Self-observation: prints what the agent does (--stats) and sends it as metrics, each at its own interval. */
#ifndef WIRESPAN_AGENT_OBSERVE_OBSERVER_H
#define WIRESPAN_AGENT_OBSERVE_OBSERVER_H

#include "agent/observe/stats.h"

struct observer_options {
	uint64_t print_interval;      /* ns; 0: nothing is printed */
	uint64_t metrics_interval;    /* ns; 0: nothing is sent */
	struct stats_sources sources; /* what they point to outlives the observer */
	struct exporter *exporter;    /* takes the metrics */
	struct resource *self;        /* the agent; a reference is taken. NULL where nothing is sent */
	enum otlp_encoding encoding;
};

/* Something that is done at intervals. */
struct observer_task {
	uint64_t interval;        /* ns; 0: never */
	uint64_t due;             /* CLOCK_MONOTONIC ns; UINT64_MAX: never */
	struct stats_peaks peaks; /* since it was done last */
};

struct observer {
	struct observer_options options;
	uint64_t start; /* wall clock ns */
	struct observer_task print, metrics;
	struct stats printed, now;
};

void observer_init(struct observer *observer, const struct observer_options *options);
/* Accepts one that is all zero. */
void observer_done(struct observer *observer);

/* Prints at once, whatever the intervals. */
void observer_tell(struct observer *observer);
/* Does what is due by `now` (CLOCK_MONOTONIC ns). When the next is due; UINT64_MAX: never. */
uint64_t observer_step(struct observer *observer, uint64_t now);
/* The same at once, for the time that is left: before exporter_stop. */
void observer_finish(struct observer *observer);

#endif
