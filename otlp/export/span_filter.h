/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the engine and the exporter: head sampling (OpenTelemetry specification,
 * "Sampling"), what the user wants to see of it, and the limits of a span's attributes ("Span Limits").
 */
#ifndef WIRESPAN_OTLP_EXPORT_SPAN_FILTER_H
#define WIRESPAN_OTLP_EXPORT_SPAN_FILTER_H

#include "otlp/config/config.h"
#include "otlp/export/span_choice.h"
#include "otlp/export/span_limits.h"

struct span_filter {
	bool parent_based;
	uint64_t threshold; /* traces whose randomness is below are left out; see otlp/export/trace_state.h */
	const struct span_choice *choice; /* NULL: every span */
	struct span_limits limits;
	struct span_sink next;
	uint64_t sampled_out;            /* spans: wanted, no loss */
	uint64_t left_out[SPAN_REASONS]; /* spans that were sampled and not chosen */
};

/*
 * Everything passes where neither says anything, but for traces that others decided not to sample. `choice`
 * outlives the filter; NULL: every span.
 */
void span_filter_init(struct span_filter *filter, const struct otlp_config *config, const struct span_choice *choice,
		      const struct span_sink *next);
/*
 * For span_sink.accept. All of a trace is sampled or left out. What is kept says so (tracestate "ot=th:...", where not
 * everything is kept), as long as there is room in its tracestate.
 */
void span_filter_accept(void *filter, const struct span *span);

/*
 * The threshold that lets the share of `ratio` (0 to 1) pass, exact to four significant
 * hexadecimal digits or better; a larger ratio's is never higher. For 0, TRACE_THRESHOLD_MAX.
 */
uint64_t sampling_threshold(double ratio);

#endif
