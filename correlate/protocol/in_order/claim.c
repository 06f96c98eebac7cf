// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/claim.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"

/* The claim is the caller's now, with its reference. */
static struct exchange *take(struct in_order *order)
{
	struct exchange *exchange = order->claim;

	order->claim = NULL;
	order->claims_first = false;
	return exchange;
}

void claim_begin(struct in_order *order, struct exchange *exchange)
{
	exchange->claimed = true;
	order->claim = exchange_ref(exchange);
}

void claim_refute(struct in_order *order)
{
	struct in_order_direction *requests = in_order_requests(order);
	struct exchange *exchange = take(order);

	if (!exchange)
		return;
	if (requests->exchange == exchange)
		in_order_set_exchange(order, requests, NULL);
	connection_withdraw_exchange(order->connection, exchange);
	exchange_unref(&order->connection->engine->pool, exchange);
}

void claim_prove(struct in_order *order)
{
	struct engine *engine = order->connection->engine;
	struct exchange *exchange = take(order);

	if (exchange->state == EXCHANGE_DONE)
		deliver_finished(engine, exchange, exchange->end);
	exchange->claimed = false;
	exchange_unref(&engine->pool, exchange);
}

void claim_close(struct in_order *order, bool refuted)
{
	if (!order->claim)
		return;
	if (order->claim->state == EXCHANGE_DONE)
		claim_prove(order);
	else if (refuted)
		claim_refute(order);
	else
		claim_drop(order);
}

void claim_drop(struct in_order *order)
{
	enum loss loss = order->claims_first ? LOSS_ATTACHED_LATE : LOSS_REQUEST_UNPAIRED;
	struct engine *engine = order->connection->engine;
	struct exchange *exchange = take(order);

	if (!exchange)
		return;
	for (unsigned int i = 0; i < 2; i++)
		if (order->directions[i].exchange == exchange)
			in_order_set_exchange(order, &order->directions[i], NULL);
	if (exchange->state == EXCHANGE_DONE) {
		engine_explain(engine, EXPLAIN_REQUEST_UNPAIRED, exchange->cookie, exchange->tgid, NULL);
		deliver_discard(engine, exchange, loss);
		return;
	}
	if (exchange->state == EXCHANGE_OPEN)
		connection_drop_exchange(order->connection, exchange, loss);
	exchange->state = EXCHANGE_DROPPED;
	exchange_unref(&engine->pool, exchange);
}
