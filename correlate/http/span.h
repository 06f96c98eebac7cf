/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an HTTP exchange to a span: name, status and attributes by the
 * OpenTelemetry conventions for HTTP. Pure; values are passed on as bytes (what
 * is not UTF-8 or a control byte is for the output to clean). Authorization,
 * cookies and known secret query parameters never get here or out of here.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_SPAN_H
#define WIRESPAN_CORRELATE_HTTP_SPAN_H

#include "bpf/record.h"
#include "correlate/exchange/outcome.h"
#include "correlate/http/exchange.h"
#include "correlate/http/route/decide.h"
#include "correlate/span/span.h"
#include "correlate/span/text.h"

/* The rest of what a span says about its exchange. */
struct http_span_context {
	const struct record_connection *connection; /* as the traced end sees it */
	uint32_t pid;
	uint32_t tid;
	const struct outcome *outcome;
	struct route_context routes;
	struct route *route; /* decided already, by the other end, or to be decided */
	const struct http_disclosure *disclosure; /* the same as the exchange was made with */
};

/*
 * Sets name, kind, status, error_type and appends attributes. Leaves resource,
 * ids, trace_state, flags and times alone. The span's slices point into
 * `exchange`, `text` and static text. A value that does not fit into `text` is
 * cut.
 */
void http_span_fill(const struct http_exchange *exchange, enum span_kind kind,
		    const struct http_span_context *context, struct span *span, char text[SPAN_TEXT_MAX]);

#endif
