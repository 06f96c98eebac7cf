// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/head.h"

/* In lower case, by enum http_field_name. */
static const struct slice names[HTTP_FIELD_NAMES] = {
	[HTTP_FIELD_CONNECTION] = SLICE_LITERAL("connection"),
	[HTTP_FIELD_CONTENT_LENGTH] = SLICE_LITERAL("content-length"),
	[HTTP_FIELD_CONTENT_TYPE] = SLICE_LITERAL("content-type"),
	[HTTP_FIELD_DATADOG_LANGUAGE] = SLICE_LITERAL("datadog-meta-lang"),
	[HTTP_FIELD_DATADOG_TELEMETRY] = SLICE_LITERAL("dd-telemetry-request-type"),
	[HTTP_FIELD_DATADOG_TRACER] = SLICE_LITERAL("datadog-meta-tracer-version"),
	[HTTP_FIELD_EXPECT] = SLICE_LITERAL("expect"),
	[HTTP_FIELD_FORWARDED] = SLICE_LITERAL("forwarded"),
	[HTTP_FIELD_HOST] = SLICE_LITERAL("host"),
	[HTTP_FIELD_PROMETHEUS_READ] = SLICE_LITERAL("x-prometheus-remote-read-version"),
	[HTTP_FIELD_PROMETHEUS_TIMEOUT] = SLICE_LITERAL("x-prometheus-scrape-timeout-seconds"),
	[HTTP_FIELD_PROMETHEUS_WRITE] = SLICE_LITERAL("x-prometheus-remote-write-version"),
	[HTTP_FIELD_SENTRY_AUTH] = SLICE_LITERAL("x-sentry-auth"),
	[HTTP_FIELD_TRACEPARENT] = SLICE_LITERAL("traceparent"),
	[HTTP_FIELD_TRACESTATE] = SLICE_LITERAL("tracestate"),
	[HTTP_FIELD_TRANSFER_ENCODING] = SLICE_LITERAL("transfer-encoding"),
	[HTTP_FIELD_USER_AGENT] = SLICE_LITERAL("user-agent"),
	[HTTP_FIELD_VIA] = SLICE_LITERAL("via"),
	[HTTP_FIELD_X_FORWARDED_FOR] = SLICE_LITERAL("x-forwarded-for"),
	[HTTP_FIELD_X_FORWARDED_HOST] = SLICE_LITERAL("x-forwarded-host"),
	[HTTP_FIELD_X_FORWARDED_PROTO] = SLICE_LITERAL("x-forwarded-proto"),
	[HTTP_FIELD_X_REAL_IP] = SLICE_LITERAL("x-real-ip"),
};

#define LENGTH_MAX 35
#define SAME_LENGTH_MAX 3

/* The names of each length, so that almost every field is compared with one at most. */
static const uint8_t by_length[LENGTH_MAX + 1][SAME_LENGTH_MAX] = {
	[3] = { HTTP_FIELD_VIA },
	[4] = { HTTP_FIELD_HOST },
	[6] = { HTTP_FIELD_EXPECT },
	[9] = { HTTP_FIELD_FORWARDED, HTTP_FIELD_X_REAL_IP },
	[10] = { HTTP_FIELD_CONNECTION, HTTP_FIELD_USER_AGENT, HTTP_FIELD_TRACESTATE },
	[11] = { HTTP_FIELD_TRACEPARENT },
	[12] = { HTTP_FIELD_CONTENT_TYPE },
	[13] = { HTTP_FIELD_SENTRY_AUTH },
	[14] = { HTTP_FIELD_CONTENT_LENGTH },
	[15] = { HTTP_FIELD_X_FORWARDED_FOR },
	[16] = { HTTP_FIELD_X_FORWARDED_HOST },
	[17] = { HTTP_FIELD_TRANSFER_ENCODING, HTTP_FIELD_X_FORWARDED_PROTO, HTTP_FIELD_DATADOG_LANGUAGE },
	[25] = { HTTP_FIELD_DATADOG_TELEMETRY },
	[27] = { HTTP_FIELD_DATADOG_TRACER },
	[32] = { HTTP_FIELD_PROMETHEUS_READ },
	[33] = { HTTP_FIELD_PROMETHEUS_WRITE },
	[35] = { HTTP_FIELD_PROMETHEUS_TIMEOUT },
};

enum http_field_name http_field_name(struct slice name)
{
	if (name.length > LENGTH_MAX)
		return HTTP_FIELD_OTHER;
	for (size_t i = 0; i < SAME_LENGTH_MAX; i++) {
		enum http_field_name candidate = by_length[name.length][i];

		if (candidate == HTTP_FIELD_OTHER)
			break;
		if ((name.data[0] | 0x20) == names[candidate].data[0] &&
		    slice_equal_ignoring_case(name, names[candidate]))
			return candidate;
	}
	return HTTP_FIELD_OTHER;
}
