/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second thread: takes spans from the one that makes them through a bounded
 * queue and gives them to an output in batches. However slow the output is,
 * exporter_accept does not wait: what finds the queue full is dropped and counted.
 */
#ifndef WIRESPAN_OTLP_EXPORT_EXPORTER_H
#define WIRESPAN_OTLP_EXPORT_EXPORTER_H

#include "otlp/config/settings.h"
#include "otlp/export/output.h"

/* However many spans there is room for. */
#define EXPORTER_QUEUE_BYTES (128u << 20)
#define EXPORTER_STOP_TIMEOUT (5 * UINT64_C(1000000000))

struct exporter;

struct exporter_options {
	size_t queue_spans;    /* rounded up to a power of two; 0: CONFIG_QUEUE_SPANS_DEFAULT */
	size_t queue_bytes;    /* 0: EXPORTER_QUEUE_BYTES */
	size_t batch_spans;    /* 0: CONFIG_BATCH_SPANS_DEFAULT */
	uint64_t stop_timeout; /* ns that exporter_stop drains for; 0: EXPORTER_STOP_TIMEOUT */
	bool whole_batches;    /* however long it takes to fill one; but for the last: the same spans, the same batches */
};

/* given = exported + queue_full + out_of_memory + failed + abandoned, once stopped. */
struct exporter_counts {
	uint64_t given;
	uint64_t exported; /* the output took them: what it lost itself, its own counters tell */
	uint64_t queue_full;
	uint64_t out_of_memory;
	uint64_t failed;    /* the output returned an error */
	uint64_t abandoned; /* still queued when stop_timeout was over */
};

/*
 * Starts the thread, which has all signals blocked. `output` (owned by the
 * caller) is the exporter's alone until exporter_stop returns. 0 or negative errno.
 */
int exporter_start(const struct exporter_options *options, struct output *output, struct exporter **ret_exporter);

/* For span_sink.accept; clones the span. From one thread at a time, before exporter_stop. */
void exporter_accept(void *exporter, const struct span *span);

/*
 * Hands what the agent measured of itself to the output, without waiting. Takes `metrics`; a set that
 * was not yet picked up is replaced. From one thread at a time, before exporter_stop.
 */
void exporter_metrics(struct exporter *exporter, struct metric_set *metrics);

/*
 * Delivers what is queued, flushes the output and ends the thread; what is not
 * delivered after stop_timeout is cancelled. To be called once. The exporter stays, for its
 * counts. 0, or the last error of the output.
 */
int exporter_stop(struct exporter *exporter);

/* Accepts NULL. Only after exporter_stop. */
void exporter_free(struct exporter *exporter);

/* At any time, from any thread. */
struct exporter_counts exporter_counts(const struct exporter *exporter);
/* The last error (negative errno) that the output returned, 0: none. From any thread. */
int exporter_error(const struct exporter *exporter);

/*
 * The losses among the counts: "export_queue_full", "export_out_of_memory",
 * "export_failed", "export_abandoned". Fills at most `max`, returns how many.
 */
size_t exporter_counters(const struct exporter *exporter, struct counter *ret_counters, size_t max);

#endif
