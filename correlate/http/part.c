// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/part.h"

#include "correlate/engine_state.h"
#include "correlate/http/span.h"
#include "correlate/http/url.h"
#include "correlate/protocol/protocol.h"

static struct http_disclosure disclosure(const struct engine *engine)
{
	return (struct http_disclosure){ engine->options.captured_headers, engine->options.query_secrets };
}

int http_part_take_request(struct engine *engine, struct exchange *exchange, const struct http_head *head)
{
	const struct http_disclosure disclosed = disclosure(engine);
	struct http_part *part = http_part(exchange);
	int error;

	part->http.room = part->room;
	part->http.room_size = sizeof(part->room);
	error = http_exchange_request(&part->http, head, &disclosed, &exchange->propagated);
	exchange_note_storage(&engine->pool, exchange, part->http.storage_size);
	return error;
}

int http_part_take_response(struct engine *engine, struct exchange *exchange, const struct http_head *head)
{
	const struct http_disclosure disclosed = disclosure(engine);
	struct http_part *part = http_part(exchange);
	int error = http_exchange_response(&part->http, head, &disclosed);

	exchange_note_storage(&engine->pool, exchange, part->http.storage_size);
	return error;
}

void http_part_forget_text(struct exchange *exchange)
{
	http_exchange_done(&http_part(exchange)->http);
}

static struct http_asked asked(const struct http_part *part)
{
	return (struct http_asked){ part->http.target, part->http.host };
}

bool http_part_asks_the_same(const struct exchange *received, const struct exchange *sent)
{
	const struct http_part *server = (const struct http_part *)received->part;
	const struct http_part *client = (const struct http_part *)sent->part;

	return slice_equal(server->http.method, client->http.method) &&
	       http_asks_the_same(server->http.method, asked(server), asked(client));
}

/* A client's routes are those of who answers it, where that is seen. */
static struct slice answering_service(const struct exchange *exchange)
{
	const struct exchange *server = exchange->kind == SPAN_KIND_SERVER ? exchange : exchange->server_end;

	return server ? server->resource->service_name : slice_of(NULL, 0);
}

/* Both ends tell the same route, whichever is delivered first. One that saw no answer can't tell that there is none. */
static void share_route(struct exchange *exchange)
{
	struct exchange *other = exchange->kind == SPAN_KIND_SERVER ? exchange->client_end : exchange->server_end;
	const struct http_part *part = http_part(exchange);

	if (other && other->protocol == exchange->protocol && http_part(other)->route.origin == ROUTE_UNDECIDED &&
	    (part->route.origin != ROUTE_NONE || part->http.status))
		http_part(other)->route = part->route;
}

static void note_route_limit(struct engine *engine, struct exchange *exchange)
{
	if (!http_part(exchange)->route.limited)
		return;
	loss_add(&engine->losses, LOSS_ROUTE_LIMIT);
	exchange_mark(exchange, LOSS_ROUTE_LIMIT);
}

void http_part_fill(struct engine *engine, struct exchange *exchange, struct span *span, char *text)
{
	const struct http_disclosure disclosed = disclosure(engine);
	struct http_part *part = http_part(exchange);
	const struct http_span_context context = {
		.connection = &exchange->endpoints,
		.pid = exchange->tgid,
		.tid = exchange->tid,
		.outcome = &exchange->outcome,
		.routes = { answering_service(exchange), engine->options.route_patterns, engine->routes },
		.route = &part->route,
		.disclosure = &disclosed,
	};

	http_span_fill(&part->http, exchange->kind, &context, span, text);
	share_route(exchange);
	note_route_limit(engine, exchange);
}
