/* SPDX-License-Identifier: Apache-2.0 */
/* Every loss of every part, together, and what was left out on purpose. */
#ifndef WIRESPAN_AGENT_SUMMARY_H
#define WIRESPAN_AGENT_SUMMARY_H

#include "agent/capture.h"
#include "agent/discovery.h"
#include "agent/recorder.h"
#include "correlate/engine.h"
#include "otlp/exporter.h"
#include "otlp/span_filter.h"

#define SUMMARY_MAX 96
#define SUMMARY_CONNECTIONS (COUNTER_COUNT - COUNTER_LOSSES)
#define SUMMARY_EXCHANGES 4
#define SUMMARY_SPANS (1 + SPAN_REASONS)

struct summary {
	struct counter losses[SUMMARY_MAX]; /* those before the engine first */
	size_t loss_count, captured_count;  /* of all, and of those before the engine */
	struct counter connections[SUMMARY_CONNECTIONS]; /* ignored, by what they looked like */
	struct counter exchanges[SUMMARY_EXCHANGES];     /* understood, but left out */
	struct counter processes;                        /* left out */
	struct counter spans[SUMMARY_SPANS];             /* that the sampler, or the user, did not want */
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

/*
 * On standard error, zeros left out: "wirespan: loss: NAME COUNT" for each loss,
 * "wirespan: ignored: NAME COUNT" for what was ignored. 0; -ETIMEDOUT when
 * standard error is a pipe or terminal that takes no more.
 */
int summary_print(const struct summary *summary);

#endif
