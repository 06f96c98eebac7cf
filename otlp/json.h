/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/JSON: ExportTraceServiceRequest as the OpenTelemetry protocol specification maps it. */
#ifndef WIRESPAN_OTLP_JSON_H
#define WIRESPAN_OTLP_JSON_H

#include "otlp/output.h"
#include "otlp/signal.h"

/* A request of JSON_REQUEST_SPANS_MAX ordinary spans is about 1 MB; real receivers take 4 MiB. */
#define JSON_REQUEST_SPANS_MAX 512
/* No request grows past this: the specification's bound for clients. */
#define JSON_REQUEST_SIZE_MAX (64u << 20)

struct json_encoder;

/* `version` (of the scope "wirespan") is copied. NULL when out of memory. */
struct json_encoder *json_encoder_new(const char *version);
/* Accepts NULL. */
void json_encoder_free(struct json_encoder *encoder);

/*
 * One request on one line (no newline) of `count` > 0 spans, grouped by
 * Resource. Control characters are escaped, those past ASCII too: safe for a terminal. *ret_text is terminated by NUL, and valid until the next call. 0;
 * -ENOMEM; -EMSGSIZE when it would be longer than JSON_REQUEST_SIZE_MAX.
 */
int json_encode(struct json_encoder *encoder, struct span *const *spans, size_t count, struct slice *ret_text);

/* An output of one request per line. `fd` stays the caller's. 0 or negative errno. */
int output_json_new(int fd, const char *version, struct output **ret_output);

#endif
