/* SPDX-License-Identifier: Apache-2.0 */
/* Every loss of every part, together, and what was left out on purpose. */
#ifndef WIRESPAN_AGENT_OBSERVE_SUMMARY_H
#define WIRESPAN_AGENT_OBSERVE_SUMMARY_H

#include "agent/kernel/capture.h"
#include "agent/process/discovery.h"
#include "agent/recording/format.h"
#include "agent/recording/recorder.h"
#include "correlate/connection/unread.h"
#include "correlate/engine.h"
#include "otlp/export/exporter.h"
#include "otlp/export/span_filter.h"

#define SUMMARY_MAX 96
#define SUMMARY_CONNECTIONS (COUNTER_COUNT - COUNTER_LOSSES)
#define SUMMARY_EXCHANGES 5
#define SUMMARY_SPANS (1 + SPAN_REASONS)

struct summary {
	struct counter losses[SUMMARY_MAX]; /* those before the engine first */
	size_t loss_count, captured_count;  /* of all, and of those before the engine */
	struct counter connections[SUMMARY_CONNECTIONS]; /* ignored, by what they looked like */
	struct counter exchanges[SUMMARY_EXCHANGES];     /* understood, but left out */
	struct counter processes;                        /* left out */
	struct counter spans[SUMMARY_SPANS];             /* that the sampler, or the user, did not want */
	const struct unread *unread; /* whose the connections are; the engine's */
	uint64_t unread_untold;      /* those of which it does not say so, as the ring was full */
};

_Static_assert(SUMMARY_CONNECTIONS == RECOGNISED_COUNT - RECOGNISED_TLS, "a counter for whatever is recognised");

/* What a recording keeps of it: what neither its records nor another engine can tell. */
struct summary_recorded {
	struct counter counters[RECORDING_COUNTERS_MAX];
	char names[SUMMARY_CONNECTIONS + 1][RECORDING_SHORT_SIZE]; /* of some of them */
};

/* Whom to ask. */
struct summary_sources {
	const struct capture *capture;
	const struct engine *engine;
	const struct discovery *discovery;
	const struct exporter *exporter;
	const struct output *output;
	const struct span_filter *filter;
	const struct recorder *recorder; /* NULL: none */
	/* What was lost before the engine; where there is no capture (nor discovery) to be asked. */
	const struct counter *captured;
	size_t captured_count;
};

/* Room for all of them is there; what the kernel does not tell stays 0. */
void summary_collect(struct summary *summary, const struct summary_sources *sources);

/* How many counters there are. */
size_t summary_record(const struct summary *summary, struct summary_recorded *ret_recorded);

/*
 * On standard error, zeros left out: "wirespan: loss: NAME COUNT" for each loss,
 * "wirespan: ignored: NAME COUNT" for what was ignored, "wirespan: not read: ..." for the services whose
 * connections those are. 0; -ETIMEDOUT when
 * standard error is a pipe or terminal that takes no more.
 */
int summary_print(const struct summary *summary);

#endif
