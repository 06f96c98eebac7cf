/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/JSON. */
#ifndef WIRESPAN_OTLP_ENCODE_JSON_H
#define WIRESPAN_OTLP_ENCODE_JSON_H

#include "otlp/encode/encoding.h"

/* As struct encoding says. */
int json_spans(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body);
int json_metrics(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body);

#endif
