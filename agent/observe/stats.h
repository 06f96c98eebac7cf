/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent knows of its own work at one moment. */
#ifndef WIRESPAN_AGENT_OBSERVE_STATS_H
#define WIRESPAN_AGENT_OBSERVE_STATS_H

#include "agent/observe/summary.h"
#include "agent/observe/traffic.h"
#include "otlp/deliver/delivery.h"

/* The greatest of a time. */
struct stats_peaks {
	size_t ring_used;        /* bytes that a drain found waiting */
	uint64_t drain_latency;  /* ns, of a record */
	uint64_t answer_latency; /* ns, of the collector */
};

/* Counts have only grown since the agent began; "now" is the moment. */
struct stats {
	uint64_t time, wall; /* now: CLOCK_MONOTONIC and wall clock, ns */
	struct traffic traffic;
	size_t ring_size;     /* bytes */
	uint64_t sampled_out; /* spans that the sampler did not want */
	uint64_t filtered;    /* spans that it wanted, and the user did not */
	struct exporter_counts spans;
	size_t queue_capacity; /* spans */
	bool delivers;         /* whether there is a collector, and the next is filled in */
	struct delivery_stats delivery;
	uint64_t user_time, system_time;    /* ns that the agent has computed for */
	uint64_t resident_bytes, map_bytes; /* now; memory of the agent, and of its maps in the kernel */
	struct summary summary;
	uint64_t unread[UNREAD_ROWS_MAX]; /* connections of each row of summary.unread, which moves on */
	struct stats_peaks peaks; /* of a time that whoever asked knows */
};

struct stats_sources {
	struct summary_sources summary;
	struct traffic *traffic;
	size_t queue_capacity;
	struct source *source;
	struct capture *capture;
	struct output *delivery; /* NULL: none */
};

/* Costs some fifty system calls. What cannot be found out is 0. Peaks are those since the last call. */
void stats_collect(struct stats *stats, const struct stats_sources *sources);

/* Of both times together. */
void stats_peaks_add(struct stats_peaks *peaks, const struct stats_peaks *more);

/* Exchanges that became spans, left out or not. */
uint64_t stats_exchanges(const struct stats *stats);
/* Spans that wait to be given to the output, now. */
uint64_t stats_queued(const struct stats *stats);

#endif
