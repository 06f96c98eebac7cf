/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of a head say of its body: RFC 9112, 6.3. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FRAMING_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_FRAMING_H

#include <stdint.h>

#include "correlate/http/head.h"

/* For the parser of fields: what one says about framing, as they come in their order. */
void http1_framing_field(struct http_head *head, enum http_field_name name, struct slice value);
/* Settles contradictions once all fields are known. */
void http1_framing_settle(struct http_head *head);

enum http1_body {
	HTTP1_BODY_NONE,
	HTTP1_BODY_LENGTH,  /* exactly `length` bytes, > 0 */
	HTTP1_BODY_CHUNKED,
	HTTP1_BODY_CLOSE,   /* until the connection closes */
	HTTP1_BODY_TUNNEL,  /* 101, or 2xx to CONNECT: no longer HTTP */
};

struct http1_framing {
	enum http1_body body;
	uint64_t length;
};

/*
 * RFC 9112, 6.3, for a request. Where the end can't be known (a last coding
 * that is not chunked, lengths that differ) it lasts until the close: a server
 * answers 400 and closes, and nothing that follows is taken for a request.
 */
struct http1_framing http1_request_framing(const struct http_head *head);
/* The same for a response to a request of `method` (empty: unknown, taken as GET). 1xx but 101: NONE. */
struct http1_framing http1_response_framing(const struct http_head *head, struct slice method);

#endif
