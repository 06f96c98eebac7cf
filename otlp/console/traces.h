/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans arrive one by one, children often before their parents; here they wait
 * until their trace can be shown whole. A trace is ready when it is complete
 * (no parent is still expected) and nothing came for TRACES_QUIET, or when
 * nothing came for TRACES_PATIENCE: then the parent that it waits for was lost,
 * or is a request that lasts very long. One that keeps getting spans (a client
 * that always sends the same traceparent) is shown in pieces of TRACES_PATIENCE.
 */
#ifndef WIRESPAN_OTLP_CONSOLE_TRACES_H
#define WIRESPAN_OTLP_CONSOLE_TRACES_H

#include "base/clock.h"
#include "correlate/span/span.h"

#define TRACES_QUIET (300 * NSEC_PER_MSEC)
#define TRACES_PATIENCE (30 * NSEC_PER_SEC)
#define TRACES_PATIENCE_ORPHANS (2 * NSEC_PER_SEC) /* where parents may be left out on purpose */
/* About 20 MB of HTTP spans. Past it the trace that was quiet for longest is shown as it is. */
#define TRACES_SPANS_MAX 10000

struct traces;

struct traces_options {
	size_t spans_max;
	uint64_t quiet;    /* ns */
	uint64_t patience; /* ns */
	/* One trace, count > 0, in no order; the spans are valid during the call. */
	void (*ready)(void *context, struct span *const *spans, size_t count);
	void *context;
};

/* NULL when out of memory. */
struct traces *traces_new(const struct traces_options *options);
/* Accepts NULL. What is held is gone. */
void traces_free(struct traces *traces);
/* Takes the span (freed in the end, whatever the result). 0 or -ENOMEM. */
int traces_add(struct traces *traces, struct span *span, uint64_t now);
/* Hands over what became ready by `now`. */
void traces_advance(struct traces *traces, uint64_t now);
/* Hands over everything. */
void traces_flush(struct traces *traces);
/* Traces handed over incomplete because too many spans were held. From any thread. */
uint64_t traces_cut(const struct traces *traces);

/*
 * Whether a span's parent, if it has one, is a span that Wirespan makes too:
 * that of a propagated context (evidence "header", "option") need not be.
 */
bool span_expects_parent(const struct span *span);

#endif
