/* SPDX-License-Identifier: Apache-2.0 */
/* What the direct encoding of spans is held to: the same request as a tree of protobuf-c's, and packed by it. */
#ifndef WIRESPAN_OTLP_ENCODE_TEST_SPAN_TREE_H
#define WIRESPAN_OTLP_ENCODE_TEST_SPAN_TREE_H

#include "correlate/span/span.h"
#include "otlp/encode/encoder.h"

/* A protobuf encoder that writes spans this way; NULL when out of memory. */
struct encoder *span_tree_encoder_new(const char *version);

/* Whether both encoders make the same bytes of the spans. */
bool span_tree_agrees(struct encoder *direct, struct encoder *tree, struct span *const *spans, size_t count);

#endif
