/* SPDX-License-Identifier: Apache-2.0 */
/* What HTTP keeps of an exchange between its request's head and its span. */
#ifndef WIRESPAN_CORRELATE_HTTP_EXCHANGE_H
#define WIRESPAN_CORRELATE_HTTP_EXCHANGE_H

#include "correlate/http/head.h"
#include "correlate/http/header_capture.h"
#include "correlate/http/query.h"
#include "correlate/link/tracecontext.h"

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
	bool expects_continue; /* its client waits for 100 (Continue) before it sends the content */
	struct slice host;
	struct slice forwarded; /* of these the first field each, its leftmost element counts */
	struct slice forwarded_for;
	struct slice forwarded_host;
	struct slice forwarded_proto;
	struct slice user_agent;
	struct slice request_headers, response_headers; /* captured, packed (header_capture.h) */

	int status; /* 0: no (final) response head yet */

	/* Content without framing, filled in by the owner as messages end. */
	uint64_t request_body_size;
	uint64_t response_body_size;
};

/*
 * Takes over what a request head says (copied into the room, or into one allocation). `exchange`
 * is zeroed, but perhaps for its room, or done; *ret_propagated points into it. 0 or -ENOMEM, which leaves both as they
 * were.
 */
int http_exchange_request(struct http_exchange *exchange, const struct http_head *head,
			  const struct http_disclosure *disclosure, struct propagated *ret_propagated);
/* Takes over what the final response's head (101 or >= 200) says. 0; -ENOMEM: without its captured fields. */
int http_exchange_response(struct http_exchange *exchange, const struct http_head *head,
			   const struct http_disclosure *disclosure);
/* Frees what was allocated; nothing of it is valid any more. */
void http_exchange_free(const struct http_exchange *exchange);
/* The same, and sets all to zero but the room. */
void http_exchange_done(struct http_exchange *exchange);

#endif
