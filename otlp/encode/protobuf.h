/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP in protobuf. */
#ifndef WIRESPAN_OTLP_ENCODE_PROTOBUF_H
#define WIRESPAN_OTLP_ENCODE_PROTOBUF_H

#include "otlp/encode/encoding.h"

/* As struct encoding says. */
int protobuf_spans(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body);
int protobuf_metrics(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body);

#endif
