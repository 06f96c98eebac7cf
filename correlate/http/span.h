/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an HTTP/1 exchange to a span: name, status and attributes by the
 * OpenTelemetry conventions for HTTP. Pure; values are passed on as bytes (what
 * is not UTF-8 or a control byte is for the output to clean). Authorization,
 * cookies and known secret query parameters never get here or out of here.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_SPAN_H
#define WIRESPAN_CORRELATE_HTTP_SPAN_H

#include "bpf/record.h"
#include "correlate/http/header_capture.h"
#include "correlate/http/query.h"
#include "correlate/http/route/decide.h"
#include "correlate/http/tracecontext.h"
#include "correlate/http/head.h"
#include "correlate/span/span.h"

/*
 * Kept of a request target: what most servers take at all (nginx and Apache
 * answer 414 to more). The span of a longer one has a URL that ends there.
 */
#define HTTP_EXCHANGE_TARGET_MAX 8192
#define HTTP_EXCHANGE_FIELD_MAX 1024 /* kept of any field's value */

/* What of fields is shown though nothing needs it, and what of URLs is not; either may be NULL. */
struct http_disclosure {
	const struct header_capture *headers;
	const struct query_secrets *secrets;
};

/*
 * What is kept of an exchange between its request head and its span. The slices
 * point into `room` or `storage`, or are empty. Set all but the room to zero before
 * the first use.
 */
struct http_exchange {
	char *room; /* the owner's, for a request's texts that fit; NULL: none */
	size_t room_size;
	char *storage; /* of those that do not */
	char *response_storage; /* of captured fields */
	size_t storage_size; /* bytes allocated for both, for the owner's accounting */

	struct slice method;
	struct slice target; /* raw; cut at HTTP_EXCHANGE_TARGET_MAX */
	int request_minor_version;
	struct slice host;
	struct slice forwarded; /* of these the first field each, its leftmost element counts */
	struct slice forwarded_for;
	struct slice forwarded_host;
	struct slice forwarded_proto;
	struct slice user_agent;
	struct slice request_headers, response_headers; /* captured, packed (header_capture.h) */
	bool has_remote; /* exactly one traceparent, and a valid one */
	struct trace_context remote;
	struct slice trace_state; /* valid and joined, empty if none; only with has_remote */

	int status; /* 0: no (final) response head yet */

	/* Filled in by the owner as messages end; sizes count only where the flag is set. */
	bool request_complete;
	bool response_complete;
	uint64_t request_size;      /* head, framing and content: as many bytes as passed */
	uint64_t request_body_size; /* content without framing */
	uint64_t response_size;
	uint64_t response_body_size;
	struct slice error_type; /* transport failure ("connection_reset", "timeout", ...), static text; empty: none */
};

/*
 * Takes over what a request head says (copied into the room, or into one allocation). `exchange`
 * is zeroed, but perhaps for its room, or done. 0 or -ENOMEM, which leaves it as it was.
 */
int http_exchange_request(struct http_exchange *exchange, const struct http_head *head,
			   const struct http_disclosure *disclosure);
/* Takes over what the final response's head (101 or >= 200) says. 0; -ENOMEM: without its captured fields. */
int http_exchange_response(struct http_exchange *exchange, const struct http_head *head,
			    const struct http_disclosure *disclosure);
/* Frees what was allocated; nothing of it is valid any more. */
void http_exchange_free(const struct http_exchange *exchange);
/* The same, and sets all to zero but the room. */
void http_exchange_done(struct http_exchange *exchange);

/* The rest of what a span says about its exchange. */
struct http_span_context {
	const struct record_connection *connection; /* as the traced end sees it */
	uint32_t pid;
	uint32_t tid;
	struct route_context routes;
	struct route *route; /* decided already, by the other end, or to be decided */
	const struct http_disclosure *disclosure; /* the same as the exchange was made with */
};

/* Room for the texts that a span's attributes are composed of. */
#define SPAN_TEXT_MAX (40 * 1024)

/*
 * Sets name, kind, status, error_type and appends attributes. Leaves resource,
 * ids, trace_state, flags and times alone. The span's slices point into
 * `exchange`, `text` and static text. A value that does not fit into `text` is
 * cut.
 */
void http_span_fill(const struct http_exchange *exchange, enum span_kind kind,
		     const struct http_span_context *context, struct span *span, char text[SPAN_TEXT_MAX]);

#endif
