// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/name.h"

/* In lower case, by enum http1_field_name. */
static const struct slice names[HTTP1_FIELD_NAMES] = {
	[HTTP1_FIELD_CONNECTION] = SLICE_LITERAL("connection"),
	[HTTP1_FIELD_CONTENT_LENGTH] = SLICE_LITERAL("content-length"),
	[HTTP1_FIELD_CONTENT_TYPE] = SLICE_LITERAL("content-type"),
	[HTTP1_FIELD_DATADOG_LANGUAGE] = SLICE_LITERAL("datadog-meta-lang"),
	[HTTP1_FIELD_DATADOG_TELEMETRY] = SLICE_LITERAL("dd-telemetry-request-type"),
	[HTTP1_FIELD_DATADOG_TRACER] = SLICE_LITERAL("datadog-meta-tracer-version"),
	[HTTP1_FIELD_EXPECT] = SLICE_LITERAL("expect"),
	[HTTP1_FIELD_FORWARDED] = SLICE_LITERAL("forwarded"),
	[HTTP1_FIELD_HOST] = SLICE_LITERAL("host"),
	[HTTP1_FIELD_PROMETHEUS_READ] = SLICE_LITERAL("x-prometheus-remote-read-version"),
	[HTTP1_FIELD_PROMETHEUS_TIMEOUT] = SLICE_LITERAL("x-prometheus-scrape-timeout-seconds"),
	[HTTP1_FIELD_PROMETHEUS_WRITE] = SLICE_LITERAL("x-prometheus-remote-write-version"),
	[HTTP1_FIELD_SENTRY_AUTH] = SLICE_LITERAL("x-sentry-auth"),
	[HTTP1_FIELD_TRACEPARENT] = SLICE_LITERAL("traceparent"),
	[HTTP1_FIELD_TRACESTATE] = SLICE_LITERAL("tracestate"),
	[HTTP1_FIELD_TRANSFER_ENCODING] = SLICE_LITERAL("transfer-encoding"),
	[HTTP1_FIELD_USER_AGENT] = SLICE_LITERAL("user-agent"),
	[HTTP1_FIELD_VIA] = SLICE_LITERAL("via"),
	[HTTP1_FIELD_X_FORWARDED_FOR] = SLICE_LITERAL("x-forwarded-for"),
	[HTTP1_FIELD_X_FORWARDED_HOST] = SLICE_LITERAL("x-forwarded-host"),
	[HTTP1_FIELD_X_FORWARDED_PROTO] = SLICE_LITERAL("x-forwarded-proto"),
	[HTTP1_FIELD_X_REAL_IP] = SLICE_LITERAL("x-real-ip"),
};

#define LENGTH_MAX 35
#define SAME_LENGTH_MAX 3

/* The names of each length, so that almost every field is compared with one at most. */
static const uint8_t by_length[LENGTH_MAX + 1][SAME_LENGTH_MAX] = {
	[3] = { HTTP1_FIELD_VIA },
	[4] = { HTTP1_FIELD_HOST },
	[6] = { HTTP1_FIELD_EXPECT },
	[9] = { HTTP1_FIELD_FORWARDED, HTTP1_FIELD_X_REAL_IP },
	[10] = { HTTP1_FIELD_CONNECTION, HTTP1_FIELD_USER_AGENT, HTTP1_FIELD_TRACESTATE },
	[11] = { HTTP1_FIELD_TRACEPARENT },
	[12] = { HTTP1_FIELD_CONTENT_TYPE },
	[13] = { HTTP1_FIELD_SENTRY_AUTH },
	[14] = { HTTP1_FIELD_CONTENT_LENGTH },
	[15] = { HTTP1_FIELD_X_FORWARDED_FOR },
	[16] = { HTTP1_FIELD_X_FORWARDED_HOST },
	[17] = { HTTP1_FIELD_TRANSFER_ENCODING, HTTP1_FIELD_X_FORWARDED_PROTO, HTTP1_FIELD_DATADOG_LANGUAGE },
	[25] = { HTTP1_FIELD_DATADOG_TELEMETRY },
	[27] = { HTTP1_FIELD_DATADOG_TRACER },
	[32] = { HTTP1_FIELD_PROMETHEUS_READ },
	[33] = { HTTP1_FIELD_PROMETHEUS_WRITE },
	[35] = { HTTP1_FIELD_PROMETHEUS_TIMEOUT },
};

enum http1_field_name http1_field_name(struct slice name)
{
	if (name.length > LENGTH_MAX)
		return HTTP1_FIELD_OTHER;
	for (size_t i = 0; i < SAME_LENGTH_MAX; i++) {
		enum http1_field_name candidate = by_length[name.length][i];

		if (candidate == HTTP1_FIELD_OTHER)
			break;
		if ((name.data[0] | 0x20) == names[candidate].data[0] &&
		    slice_equal_ignoring_case(name, names[candidate]))
			return candidate;
	}
	return HTTP1_FIELD_OTHER;
}
