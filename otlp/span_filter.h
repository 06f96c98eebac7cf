/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the engine and the exporter: head sampling (OpenTelemetry specification,
 * "Sampling") and the limits of a span's attributes ("Span Limits").
 */
#ifndef WIRESPAN_OTLP_SPAN_FILTER_H
#define WIRESPAN_OTLP_SPAN_FILTER_H

#include "otlp/config.h"

struct span_filter {
	enum sampler_kind sampler;
	bool parent_based;
	double ratio;
	size_t attribute_count_limit;
	size_t attribute_value_length_limit;
	struct span_sink next;
	uint64_t sampled_out; /* spans: wanted, no loss */
};

/* Everything passes where the configuration says nothing. */
void span_filter_init(struct span_filter *filter, const struct otlp_config *config, const struct span_sink *next);
/* For span_sink.accept. */
void span_filter_accept(void *filter, const struct span *span);

#endif
