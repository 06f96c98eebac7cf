// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/messages.h"

#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/http1/claim.h"

void messages_set_exchange(struct connection *connection, struct direction *direction, struct exchange *exchange)
{
	struct exchange *former = direction->exchange;

	direction->exchange = exchange ? exchange_ref(exchange) : NULL;
	exchange_unref(&connection->engine->pool, former);
}

void messages_desync(struct connection *connection)
{
	const struct exchange *answering = connection_responses(connection)->exchange;
	struct list *link, *next;

	connection->synced = false;
	claim_drop(connection);
	if (!connection->pipelined)
		return;
	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (exchange != answering && !exchange->tail_lost)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
	}
}

/* The head under way, or the one that begins where nothing can be read. */
static void lose_request(struct connection *connection, struct exchange *exchange)
{
	if (exchange && exchange->state == EXCHANGE_FORMING)
		connection_lose_request(connection, exchange);
	else if (!exchange && connection->current)
		connection_miss_request(connection, connection->current);
}

static void lose_response(struct connection *connection, struct exchange *exchange)
{
	if (exchange->final_seen) {
		exchange->tail_lost = true;
		thread_lose_sight(exchange, connection->engine->time);
		return;
	}
	connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
}

static void explain_deafness(const struct connection *connection, enum loss loss)
{
	static const enum explain_reason reasons[LOSS_COUNT] = {
		[LOSS_STREAM_GAP] = EXPLAIN_STREAM_GAP,
		[LOSS_HEAD_TRUNCATED] = EXPLAIN_HEAD_TRUNCATED,
		[LOSS_HEAD_UNPARSABLE] = EXPLAIN_HEAD_UNPARSABLE,
		[LOSS_FRAMING] = EXPLAIN_FRAMING,
		[LOSS_MEMORY_LIMIT] = EXPLAIN_MEMORY,
	};

	if (reasons[loss] != EXPLAIN_NOTHING)
		engine_explain(connection->engine, reasons[loss], connection->endpoints.cookie, connection->owner, NULL);
}

void messages_deafen(struct connection *connection, unsigned int which, enum loss loss)
{
	struct direction *direction = &connection->directions[which];
	struct exchange *exchange = direction->exchange;

	explain_deafness(connection, loss);
	direction->deaf = true;
	if (direction != connection_responses(connection))
		lose_request(connection, exchange);
	if (exchange) {
		exchange_mark(exchange, loss);
		direction->exchange = NULL;
		if (direction == connection_responses(connection))
			lose_response(connection, exchange);
		exchange_unref(&connection->engine->pool, exchange);
	}
	messages_desync(connection);
}

bool messages_cut_request(struct connection *connection)
{
	struct direction *requests = connection_requests(connection);
	struct engine *engine = connection->engine;

	if (!requests->exchange || requests->exchange->state != EXCHANGE_FORMING)
		return false;
	engine->ignored.incomplete_request++;
	engine_explain(engine, EXPLAIN_REQUEST_INCOMPLETE, connection->endpoints.cookie, connection->owner, NULL);
	messages_set_exchange(connection, requests, NULL);
	requests->deaf = true;
	return true;
}

void messages_note_pipelining(struct connection *connection)
{
	connection->pipelined = true;
	pipeliners_note(&connection->engine->pipeliners, connection);
}

/* The kernel counts what it cannot read where a message may begin. */
static bool kernel_counted(const struct connection *connection, enum http1_reader_lost reason)
{
	const uint16_t unreadable = RECORD_DATA_UNREADABLE | RECORD_DATA_TURN;

	return reason == HTTP1_LOST_HEAD_TRUNCATED && connection->current &&
	       (connection->current->header.flags & unreadable) == unreadable;
}

void messages_lost(struct connection *connection, unsigned int which, enum http1_reader_lost reason)
{
	static const enum loss losses[] = {
		[HTTP1_LOST_HEAD_TRUNCATED] = LOSS_HEAD_TRUNCATED,
		[HTTP1_LOST_HEAD_UNPARSABLE] = LOSS_HEAD_UNPARSABLE,
		[HTTP1_LOST_FRAMING] = LOSS_FRAMING,
		[HTTP1_LOST_MEMORY] = LOSS_MEMORY_LIMIT,
	};

	if (connection->directions[which].deaf)
		return;
	if (!kernel_counted(connection, reason))
		loss_add(&connection->engine->losses, losses[reason]);
	messages_deafen(connection, which, losses[reason]);
}

void messages_tunnel(void *context, uint64_t position)
{
	struct connection *connection = context;

	(void)position;
	if (connection_responses(connection)->deaf)
		return;
	connection->tunnel = true;
	engine_explain(connection->engine, EXPLAIN_TUNNEL, connection->endpoints.cookie, connection->owner, NULL);
}

int messages_reader(struct connection *connection, unsigned int which, bool from_the_start)
{
	bool request = connection->request_direction == which;
	struct http1_reader *reader = http1_reader_new(request ? HTTP_REQUEST : HTTP_RESPONSE,
						       request ? &request_messages : &response_messages, connection,
						       request && from_the_start);

	connection->directions[which].reader = reader;
	return reader ? 0 : -ENOMEM;
}

void messages_listen(struct connection *connection, unsigned int which)
{
	struct direction *direction = &connection->directions[which];

	direction->deaf = false;
	if (direction->reader)
		http1_reader_resync(direction->reader);
	if (direction != connection_responses(connection) || list_empty(&connection->requests))
		return;
	/* A response whose end was lost ended before this one's head. */
	if (LIST_ITEM(connection->requests.next, struct exchange, queued)->tail_lost)
		connection_finish_exchange(connection,
					   LIST_ITEM(connection->requests.next, struct exchange, queued),
					   direction->last_time);
}

void messages_free_reader(struct connection *connection, unsigned int which)
{
	http1_reader_free(connection->directions[which].reader);
	connection->directions[which].reader = NULL;
}

void messages_forget(struct connection *connection)
{
	for (unsigned int which = 0; which < 2; which++) {
		struct direction *direction = &connection->directions[which];

		if (!direction->reader)
			continue;
		direction->deaf = true;
		messages_set_exchange(connection, direction, NULL);
		messages_free_reader(connection, which);
	}
}
