// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/response.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/in_order/sync.h"

/* The request that a response beginning at `position` is proven to answer. */
static struct exchange *answered_request(struct in_order *order, uint64_t position)
{
	struct connection *connection = order->connection;
	struct exchange *first;

	if (list_empty(&connection->requests))
		return NULL;
	first = LIST_ITEM(connection->requests.next, struct exchange, queued);
	if (order->synced)
		return first;
	if (connection->request_count != 1 || first->response_begun || first->response_at != position)
		return NULL;
	if (order->pipelined || pipeliners_contain(&connection->engine->pipeliners, connection))
		return NULL;
	order->synced = !in_order_requests(order)->deaf;
	order->resynced = true;
	return first;
}

/* Another thread answers than the one that read the request: threads say nothing in this process. */
static void note_thread(struct connection *connection, const struct exchange *exchange,
			const struct record_data *record)
{
	if (exchange->kind == SPAN_KIND_SERVER && record->header.tid && record->header.tgid == exchange->tgid &&
	    record->header.tid != exchange->tid)
		process_table_shares_threads(&connection->engine->processes, exchange->tgid);
}

struct exchange *in_order_begin_response(struct in_order *order, uint64_t position)
{
	struct in_order_direction *direction = in_order_responses(order);
	const struct record_data *record = order->connection->current;
	struct exchange *exchange = direction->exchange;

	if (!exchange)
		exchange = answered_request(order, position);
	if (!exchange)
		return NULL;
	note_thread(order->connection, exchange, record);
	exchange->response_begun = true;
	exchange->by_position = order->resynced;
	if (exchange != direction->exchange)
		in_order_set_exchange(order, direction, exchange);
	if (exchange->timed_out)
		return exchange;
	exchange->response_from = position;
	exchange->first_byte = record->header.time;
	if (exchange->kind == SPAN_KIND_CLIENT)
		exchange->waits = !(record->header.flags & RECORD_DATA_NONBLOCKING);
	if (record->direction == RECORD_SEND && record->begin && record->begin < record->header.time)
		exchange->first_byte = record->begin;
	return exchange;
}

void in_order_end_response(struct in_order *order, uint64_t position)
{
	struct connection *connection = order->connection;
	struct in_order_direction *direction = in_order_responses(order);
	const struct record_data *record = connection->current;
	struct exchange *exchange = direction->exchange;

	if (!exchange->timed_out) {
		exchange->outcome.response_complete = true;
		exchange->outcome.response_size = position - exchange->response_from;
		exchange->last_send_begin = record && record->begin < record->header.time ? record->begin : 0;
	}
	connection_finish_exchange(connection, exchange,
				   record ? record->header.time : connection_responses(connection)->last_time);
	in_order_set_exchange(order, direction, NULL);
}

bool in_order_nothing_asked(const struct in_order *order)
{
	return order->synced && !order->resynced && list_empty(&order->connection->requests);
}

void in_order_note_unsolicited(struct in_order *order)
{
	struct connection *connection = order->connection;

	if (in_order_cut_request(order))
		return;
	connection->engine->ignored.unsolicited++;
	engine_explain(connection->engine, EXPLAIN_UNSOLICITED, connection->endpoints.cookie, connection->owner, NULL);
}

void in_order_note_unpaired(struct in_order *order)
{
	struct connection *connection = order->connection;

	/* A late connection's first exchange is counted already. */
	if (!order->late)
		loss_add(&connection->engine->losses, LOSS_RESPONSE_UNPAIRED);
	engine_explain(connection->engine, EXPLAIN_RESPONSE_UNPAIRED, connection->endpoints.cookie, connection->owner,
		       NULL);
}

void in_order_note_surplus(struct in_order *order)
{
	/* One request was before them, and ahead of others. */
	if (!order->resynced || in_order_requests(order)->deaf)
		return;
	in_order_note_pipelining(order);
	deliver_retract(order->connection->engine, order->connection->endpoints.cookie);
	order->resynced = false;
}

void in_order_stop_listening(struct in_order *order)
{
	in_order_responses(order)->deaf = true;
	in_order_desync(order);
}
