/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of every shape, made from bytes: random ones, or a fuzzer's. */
#ifndef WIRESPAN_OTLP_ENCODE_TEST_SPAN_SOURCE_H
#define WIRESPAN_OTLP_ENCODE_TEST_SPAN_SOURCE_H

#include "correlate/span/span.h"

#define SPAN_SOURCE_SPANS 8
#define SPAN_SOURCE_RESOURCES 3

struct span_source {
	struct slice bytes; /* what is left; after the last only zeros */
	struct resource *resources[SPAN_SOURCE_RESOURCES];
	struct span storage[SPAN_SOURCE_SPANS];
	struct span *spans[SPAN_SOURCE_SPANS]; /* `count` of them, at least one */
	size_t count;
};

/* Texts of the spans point into `bytes`. */
void span_source_init(struct span_source *source, struct slice bytes);
void span_source_done(struct span_source *source);

#endif
