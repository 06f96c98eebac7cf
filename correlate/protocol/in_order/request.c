// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/request.h"

#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/limits.h"
#include "correlate/protocol/in_order/claim.h"
#include "correlate/protocol/in_order/sync.h"

/* Another request begins: proves the claim, or contradicts it. */
static void follow_claim(struct in_order *order, bool idle)
{
	if (!order->claim)
		return;
	if (order->claim->state != EXCHANGE_OPEN && idle) {
		claim_prove(order);
		return;
	}
	in_order_note_pipelining(order);
	in_order_desync(order);
}

struct exchange *in_order_begin_request(struct in_order *order, const struct moment *moment, uint64_t position,
					bool idle, bool claimed)
{
	struct connection *connection = order->connection;
	struct exchange *exchange;

	follow_claim(order, idle);
	exchange = connection_begin_exchange(connection, moment, position);
	if (exchange && (order->claims_first || claimed))
		claim_begin(order, exchange);
	in_order_set_exchange(order, in_order_requests(order), exchange);
	exchange_unref(&connection->engine->pool, exchange);
	if (!exchange)
		in_order_deafen(order, connection->request_direction, LOSS_MEMORY_LIMIT);
	return exchange;
}

/* Requests before `exchange`: what its coming says about them. */
static void settle_earlier(struct in_order *order, const struct exchange *exchange)
{
	struct connection *connection = order->connection;
	struct list *link, *next;

	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *earlier = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (earlier->tail_lost)
			connection_finish_exchange(connection, earlier, connection_responses(connection)->last_time);
		else if (in_order_responses(order)->deaf && exchange->response_at > earlier->response_at)
			connection_drop_exchange(connection, earlier, LOSS_REQUEST_UNPAIRED);
		else
			in_order_note_pipelining(order);
	}
	if (!order->pipelined)
		connection_lay_ghosts(connection);
}

void in_order_request_asked(struct in_order *order, struct exchange *exchange)
{
	const struct record_data *record = order->connection->current;

	order->role_proven = true;
	order->late = false;
	if (exchange->kind == SPAN_KIND_SERVER) {
		exchange->tgid = record->header.tgid;
		exchange->tid = record->header.tid;
	}
}

void in_order_request_known(struct in_order *order, struct exchange *exchange)
{
	settle_earlier(order, exchange);
	if (!order->synced)
		in_order_desync(order);
	in_order_request_asked(order, exchange);
}

static void note_loss(struct in_order *order, const struct exchange *exchange, enum loss loss, enum explain_reason reason)
{
	struct engine *engine = order->connection->engine;

	loss_add(&engine->losses, loss);
	engine_explain(engine, reason, exchange->cookie, exchange->tgid, NULL);
}

int in_order_admit(struct in_order *order, const struct exchange *exchange, unsigned int max)
{
	const struct engine *engine = order->connection->engine;

	if (order->pipelined && !order->synced) {
		note_loss(order, exchange, LOSS_REQUEST_UNPAIRED, EXPLAIN_REQUEST_UNPAIRED);
		return -EPROTO;
	}
	if (order->connection->request_count >= max) {
		note_loss(order, exchange, LOSS_PIPELINE_LIMIT, EXPLAIN_PIPELINE_LIMIT);
		return -ENOSPC;
	}
	if (engine->pool.memory >= REQUEST_MEMORY(engine->options.max_memory)) {
		note_loss(order, exchange, LOSS_MEMORY_LIMIT, EXPLAIN_REQUEST_MEMORY);
		return -ENOMEM;
	}
	return 0;
}

int in_order_open_request(struct in_order *order, struct exchange *exchange, int error)
{
	if (error == 0)
		error = connection_open_exchange(order->connection, exchange);
	if (error < 0)
		note_loss(order, exchange, LOSS_MEMORY_LIMIT, EXPLAIN_REQUEST_MEMORY);
	return error;
}

void in_order_refuse_request(struct in_order *order, struct exchange *exchange)
{
	connection_lose_request(order->connection, exchange);
	in_order_set_exchange(order, in_order_requests(order), NULL);
	in_order_desync(order);
}

void in_order_end_request(struct in_order *order, uint64_t position)
{
	struct in_order_direction *requests = in_order_requests(order);

	requests->exchange->outcome.request_complete = true;
	requests->exchange->outcome.request_size = position - requests->exchange->request_at;
	in_order_set_exchange(order, requests, NULL);
}
