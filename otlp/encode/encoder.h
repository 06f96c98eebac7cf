/* SPDX-License-Identifier: Apache-2.0 */
/* Spans and metrics as the body of an OTLP request: protobuf, or JSON as the specification maps it. */
#ifndef WIRESPAN_OTLP_ENCODE_ENCODER_H
#define WIRESPAN_OTLP_ENCODE_ENCODER_H

#include "base/slice.h"
#include "correlate/span/span.h"
#include "otlp/metric.h"
#include "otlp/signal.h"

struct encoder;

/* `version` (of the scope "wirespan") is copied. NULL when out of memory. */
struct encoder *encoder_new(enum otlp_encoding encoding, const char *version);
/* Accepts NULL. */
void encoder_free(struct encoder *encoder);

/*
 * The body of one ExportTraceServiceRequest with `count` > 0 spans, grouped by
 * Resource in order of appearance; ExportMetricsServiceRequest for metrics (at
 * least one). Text that is not UTF-8, and NUL, becomes U+FFFD in either encoding. JSON
 * is one line without its newline, all control characters escaped: safe for a terminal.
 * *ret_body is valid until the encoder's next call; the byte after it is the caller's to
 * write. 0; -ENOMEM; -EMSGSIZE when it would be longer than OTLP_REQUEST_SIZE_MAX.
 */
int encoder_spans(struct encoder *encoder, struct span *const *spans, size_t count, struct slice *ret_body);
int encoder_metrics(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body);

#endif
