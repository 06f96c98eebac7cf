/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output that sends spans and metrics to a collector: gathers spans into
 * batches, encodes them, holds them in a bounded queue, sends one at a time and
 * again what is worth it (OTLP specification, "Retryable Response Codes":
 * exponential backoff with jitter, Retry-After before it) for as long as they
 * can be held. Without a spool the oldest go where memory has no room.
 *
 * With a spool, what is in memory goes there as soon as the collector has failed once,
 * or DELIVERY_SPILL_BYTES wait, and everything follows until the spool is empty again: a
 * crash loses what was not yet a batch and, of a collector that answers, at most what
 * waits in memory. The flush goes on for two seconds or until the collector fails, and
 * leaves the rest on disk; without a spool it tries until it is cancelled. Metrics are never
 * spooled: the newest set waits, an older one is worth nothing then.
 *
 * Every span given ends as delivered, in one of the counters, or on disk.
 */
#ifndef WIRESPAN_OTLP_DELIVER_DELIVERY_H
#define WIRESPAN_OTLP_DELIVER_DELIVERY_H

#include "otlp/config/config.h"
#include "otlp/export/output.h"
#include "otlp/spool/spool.h"
#include "otlp/transport/transport.h"

/* Encoded requests that wait, the one under way not counted; the spans that some keep beside take 8 MiB more. */
#define DELIVERY_QUEUE_BYTES (16u << 20)
#define DELIVERY_SPILL_BYTES (2u << 20)
/* Waits are random between half of the interval and all of it. */
#define DELIVERY_BACKOFF_FIRST (UINT64_C(1000000000))
#define DELIVERY_BACKOFF_FACTOR 1.5
#define DELIVERY_BACKOFF_MAX (30 * UINT64_C(1000000000))
/* A collector that asks for more is not obeyed: a wrong clock asks for days, and no queue lasts that long. */
#define DELIVERY_RETRY_AFTER_MAX (120 * UINT64_C(1000000000))
/* What is lost because there is no room is said at once, and then this often. */
#define DELIVERY_ROOM_INTERVAL (60 * UINT64_C(1000000000))
#define DELIVERY_BATCH_SPANS 512

struct delivery_options {
	/*
	 * Read during output_delivery_new only. Spans or metrics without an endpoint, or whose
	 * exporters are others than otlp, go nowhere and are no loss.
	 */
	const struct otlp_config *config;
	const char *version;
	struct transport *transport;      /* becomes the output's */
	struct spool *spool;              /* NULL: none; becomes the output's */
	size_t queue_bytes;               /* 0: DELIVERY_QUEUE_BYTES */
	uint64_t (*clock)(void);          /* for the flush; NULL: clock_monotonic */
	/*
	 * Told each cause of failure once when it begins, and once when the collector is back; of one that
	 * comes and goes, not each time (TOLD_BURST). Any thread's.
	 */
	void (*warn)(void *context, const char *text);
	void *context;
};

/*
 * Its counters, all of spans: "export_dropped" (memory had no room), "export_refused" (the collector
 * will never take them), "export_rejected" (of partial successes), "export_encoding_failed",
 * "spool_dropped" (made room on disk for others), "spool_failed" (memory had no room and the spool
 * could not be written), "spool_damaged", "export_undelivered" (given up at the end). They may be
 * read from any thread. 0 or negative errno; transport and spool are freed also then.
 */
int output_delivery_new(const struct delivery_options *options, struct output **ret_output);

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

/* For self-observation; from any thread. `output` is one of output_delivery_new. */
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
struct delivery_stats delivery_stats(struct output *output);

#endif
