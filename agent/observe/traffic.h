/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes the draining thread, counted record by record: this is all that
 * self-observation costs on the way of a record.
 */
#ifndef WIRESPAN_AGENT_OBSERVE_TRAFFIC_H
#define WIRESPAN_AGENT_OBSERVE_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/record.h"

#define TRAFFIC_KINDS (RECORD_IGNORED + 1) /* 0: of no known kind */

/*
 * Latencies by powers of two, so that one instruction finds the bucket: bucket i counts
 * those up to 2^(i + TRAFFIC_FIRST_BIT) ns, 131 µs to 4.3 s; the last one all that are greater.
 */
#define TRAFFIC_FIRST_BIT 17
#define TRAFFIC_BOUNDS 16

/* All zero at the beginning. Counts only grow, but for the peaks, which their reader sets to 0. */
struct traffic {
	uint64_t drain; /* CLOCK_MONOTONIC ns at which the drain under way began */
	uint64_t records[TRAFFIC_KINDS];
	/* From a record's time to the drain that took it, ns. */
	uint64_t latency_buckets[TRAFFIC_BOUNDS + 1];
	uint64_t latency_sum;
	uint64_t latency_max; /* peak */
	size_t ring_max;      /* peak: bytes that a drain found waiting */
};

/* "data", "state", ...; static. */
const char *traffic_kind_name(size_t kind);
/* Records of all kinds. */
uint64_t traffic_total(const struct traffic *traffic);

static inline size_t traffic_bucket(uint64_t latency)
{
	size_t bits = latency > 1 ? 64 - (size_t)__builtin_clzll(latency - 1) : 0; /* of the least power of two >= it */

	if (bits <= TRAFFIC_FIRST_BIT)
		return 0;
	return bits - TRAFFIC_FIRST_BIT < TRAFFIC_BOUNDS ? bits - TRAFFIC_FIRST_BIT : TRAFFIC_BOUNDS;
}

/* A record made while the drain was under way has waited for a pause of its at most (base/give_way.h): not counted. */
static inline void traffic_count(struct traffic *traffic, const struct record_header *header)
{
	uint64_t latency = traffic->drain > header->time ? traffic->drain - header->time : 0;

	traffic->records[header->kind < TRAFFIC_KINDS ? header->kind : 0]++;
	traffic->latency_buckets[traffic_bucket(latency)]++;
	traffic->latency_sum += latency;
	if (latency > traffic->latency_max)
		traffic->latency_max = latency;
}

#endif
