/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where spans leave the agent: a console, a file of JSON lines, nowhere, a
 * collector. One thread at a time calls an output; only `cancel`, `wake` and
 * `counters` may be called from others. Times are CLOCK_MONOTONIC nanoseconds
 * told by the caller: an output reads no clock.
 */
#ifndef WIRESPAN_OTLP_EXPORT_OUTPUT_H
#define WIRESPAN_OTLP_EXPORT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/span/span.h"
#include "otlp/counter.h"
#include "otlp/metric.h"

struct output;

struct output_operations {
	/*
	 * Takes `count` spans (made by span_clone) and frees them, whatever the
	 * result. 0, or the negative errno for which they were not delivered. NULL: nobody wants them.
	 */
	int (*spans)(struct output *output, struct span *const *spans, size_t count, uint64_t now);
	/* Called some times a second: delivers what has become due. NULL: nothing ever does. */
	int (*advance)(struct output *output, uint64_t now);
	/* Delivers all that is held. NULL: nothing is held. */
	int (*flush)(struct output *output);
	/* What the agent measured of itself, which becomes the output's. NULL: it goes nowhere. */
	int (*metrics)(struct output *output, struct metric_set *metrics, uint64_t now);
	/*
	 * Waits up to `timeout` ns for something to move, or until `wake` (from any thread, also
	 * before). Both NULL: nothing moves by itself.
	 */
	void (*wait)(struct output *output, uint64_t timeout);
	void (*wake)(struct output *output);
	/* Makes a call that waits, and every later one, return -ECANCELED soon. From any thread. NULL: none waits. */
	void (*cancel)(struct output *output);
	/* Last words, after the final flush: the losses of the whole agent. NULL: none. */
	int (*finish)(struct output *output, const struct counter *losses, size_t count);
	/* What this output itself lost. Fills at most `max`, returns how many. NULL: none. From any thread. */
	size_t (*counters)(const struct output *output, struct counter *ret_counters, size_t max);
	void (*free)(struct output *output);
};

/* The first member of every implementation. */
struct output {
	const struct output_operations *operations;
};

/* Whether it is worth the while to make a span. */
bool output_wants_spans(const struct output *output);
int output_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now);
int output_advance(struct output *output, uint64_t now);
int output_flush(struct output *output);
int output_metrics(struct output *output, struct metric_set *metrics, uint64_t now);
/* Whether the two below may be called. */
bool output_waits(const struct output *output);
void output_wait(struct output *output, uint64_t timeout);
void output_wake(struct output *output);
void output_cancel(struct output *output);
int output_finish(struct output *output, const struct counter *losses, size_t count);
size_t output_counters(const struct output *output, struct counter *ret_counters, size_t max);
/* Accepts NULL. Does not flush. */
void output_free(struct output *output);

/* Spans are counted (by the exporter) and dropped. NULL when out of memory. */
struct output *output_none_new(void);

#endif
