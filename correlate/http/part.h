/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on an exchange of HTTP, whatever its version (protocol.h). */
#ifndef WIRESPAN_CORRELATE_HTTP_PART_H
#define WIRESPAN_CORRELATE_HTTP_PART_H

#include "correlate/exchange/exchange.h"
#include "correlate/http/exchange.h"
#include "correlate/http/route/route.h"

struct engine;

#define HTTP_ROOM 256 /* for the texts of most requests */

struct http_part {
	struct http_exchange http;
	struct route route; /* decided where either end is delivered first */
	char room[HTTP_ROOM]; /* http's; not set to anything before */
};

#define HTTP_PART_ZEROED offsetof(struct http_part, room)

static inline struct http_part *http_part(struct exchange *exchange)
{
	return (struct http_part *)exchange->part;
}

/* Takes over what the request's head says. 0 or -ENOMEM. */
int http_part_take_request(struct engine *engine, struct exchange *exchange, const struct http_head *head);
/* Takes over what the final response's head says. 0; -ENOMEM: without its captured fields. */
int http_part_take_response(struct engine *engine, struct exchange *exchange, const struct http_head *head);

/* For the rows of HTTP's versions. */
void http_part_forget_text(struct exchange *exchange);
bool http_part_asks_the_same(const struct exchange *received, const struct exchange *sent);
void http_part_fill(struct engine *engine, struct exchange *exchange, struct span *span, char *text);

#endif
