/* SPDX-License-Identifier: Apache-2.0 */
/* Spans and metrics in which every field that is encoded, and every type of value, occurs. */
#ifndef WIRESPAN_OTLP_ENCODE_TEST_SAMPLE_EXPORT_H
#define WIRESPAN_OTLP_ENCODE_TEST_SAMPLE_EXPORT_H

#include "correlate/span/span.h"
#include "otlp/metric.h"

#define SAMPLE_EXPORT_SPANS 5

struct sample_export {
	struct resource *resources[2];
	struct span storage[SAMPLE_EXPORT_SPANS];
	struct span *spans[SAMPLE_EXPORT_SPANS];
	struct metric_set *metrics;
};

void sample_export_init(struct sample_export *sample);
void sample_export_done(struct sample_export *sample);

#endif
