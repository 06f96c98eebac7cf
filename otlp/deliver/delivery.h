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
#include "otlp/deliver/stats.h"
#include "otlp/export/output.h"
#include "otlp/spool/spool.h"
#include "otlp/transport/transport.h"

/* Encoded requests that wait, the one under way not counted; the spans that some keep beside take 8 MiB more. */
#define DELIVERY_QUEUE_BYTES (16u << 20)
#define DELIVERY_SPILL_BYTES (2u << 20)

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

/* For self-observation; from any thread. `output` is one of output_delivery_new. */
struct delivery_stats delivery_stats(struct output *output);

#endif
