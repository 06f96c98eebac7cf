/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output that sends spans and metrics to a collector: gathers spans into
 * batches, encodes them, holds them in a bounded queue, sends one at a time and
 * again what is worth it (OTLP specification, "Retryable Response Codes":
 * exponential backoff with jitter, Retry-After before it). What memory can't
 * hold goes to the spool, else the oldest goes.
 */
#ifndef WIRESPAN_OTLP_DELIVERY_H
#define WIRESPAN_OTLP_DELIVERY_H

#include "otlp/config.h"
#include "otlp/output.h"
#include "otlp/spool.h"
#include "otlp/transport.h"

#define DELIVERY_QUEUE_BYTES (16u << 20)
#define DELIVERY_BACKOFF_FIRST (UINT64_C(1000000000))
#define DELIVERY_BACKOFF_FACTOR 1.5
#define DELIVERY_BACKOFF_MAX (30 * UINT64_C(1000000000))

struct delivery_options {
	const struct otlp_config *config; /* read during delivery_new only */
	const char *version;
	struct transport *transport;      /* becomes the output's */
	struct spool *spool;              /* NULL: none; becomes the output's */
	size_t queue_bytes;               /* 0: DELIVERY_QUEUE_BYTES */
	/* Told each cause of failure once when it begins, and once when the collector is back. Any thread's. */
	void (*warn)(void *context, const char *text);
	void *context;
};

/*
 * Its counters: "export_dropped" (spans that memory had no room for), "export_refused"
 * (the collector will never take them), "export_rejected" (of partial successes),
 * "export_encoding_failed", "spool_dropped", "spool_failed", "spool_damaged",
 * "export_undelivered" (given up at the end). 0 or negative errno; transport and spool are
 * freed also then.
 */
int output_delivery_new(const struct delivery_options *options, struct output **ret_output);

/* For self-observation; from any thread. */
struct delivery_stats {
	uint64_t requests, retries, bytes;    /* sent */
	uint64_t spans_delivered;
	uint64_t queue_bytes, queue_batches;  /* now, in memory */
	uint64_t spool_bytes, spool_files;    /* now */
	uint64_t latency_sum, latency_max;    /* ns, of answered requests; max since the last call */
};
struct delivery_stats delivery_stats(struct output *output);

#endif
