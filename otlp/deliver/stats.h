/* SPDX-License-Identifier: Apache-2.0 */
/* What a delivery tells of itself. */
#ifndef WIRESPAN_OTLP_DELIVER_STATS_H
#define WIRESPAN_OTLP_DELIVER_STATS_H

#include <stdint.h>

#include "otlp/transport/transport.h"

/*
 * How long it took to deliver a batch of spans or to give it up: from its first request to its last
 * answer, waits included. Bounds in seconds; the last bucket counts what is longer.
 */
#define DELIVERY_DURATION_BOUNDS 14
extern const double delivery_duration_bounds[DELIVERY_DURATION_BOUNDS];
struct delivery_durations {
	uint64_t buckets[DELIVERY_DURATION_BOUNDS + 1];
	uint64_t sum; /* ns */
};
#define DELIVERY_VERDICTS (TRANSPORT_REFUSED + 1)

struct delivery_stats {
	uint64_t requests, retries, bytes;   /* sent, retries among the requests; bytes of bodies */
	uint64_t answers;                    /* requests that ended, however */
	uint64_t spans_delivered;
	uint64_t spans_refused;              /* all of a request, or some */
	uint64_t queue_bytes, queue_batches; /* now, in memory */
	uint64_t queue_spans;                /* now, in memory, those under way included */
	uint64_t spool_bytes, spool_files, spool_spans; /* now */
	uint64_t latency_sum, latency_max;   /* ns, of answers; max since the last call */
	struct delivery_durations durations[DELIVERY_VERDICTS]; /* by enum transport_verdict; none is TRANSPORT_RETRY */
};

#endif
