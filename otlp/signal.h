/* SPDX-License-Identifier: Apache-2.0 */
/* What OTLP carries, and how it is written. OpenTelemetry protocol specification 1.11, "OTLP/HTTP". */
#ifndef WIRESPAN_OTLP_SIGNAL_H
#define WIRESPAN_OTLP_SIGNAL_H

enum otlp_signal { OTLP_TRACES, OTLP_METRICS, OTLP_SIGNALS };
enum otlp_encoding { OTLP_PROTOBUF, OTLP_JSON };

#define OTLP_SCHEMA_URL "https://opentelemetry.io/schemas/1.44.0"
#define OTLP_SCOPE_NAME "wirespan"

/* Requests are split below this (uncompressed): the strictest of the common receivers takes 4 MiB. */
#define OTLP_REQUEST_SIZE_TARGET (4000u << 10)
/* No request grows past this: the specification's bound for clients. */
#define OTLP_REQUEST_SIZE_MAX (64u << 20)
/* No more of an answer is read: the specification's bound for clients. */
#define OTLP_RESPONSE_SIZE_MAX (4u << 20)

#endif
