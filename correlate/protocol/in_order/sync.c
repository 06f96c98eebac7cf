// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/sync.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/in_order/claim.h"

static bool is_request(const struct in_order *order, unsigned int direction)
{
	return order->connection->request_direction == direction;
}

/*
 * Requests may have been under way since before the agent came: until now any
 * thread of the process may have worked on one that nobody saw.
 */
static void attach_late(struct in_order *order, const struct record_data *record)
{
	struct connection *connection = order->connection;
	struct engine *engine = connection->engine;
	bool turned = record->direction == RECORD_RECEIVE && record->header.flags & RECORD_DATA_TURN;

	if (!order->claims_first) {
		loss_add(&engine->losses, LOSS_ATTACHED_LATE);
		engine_explain(engine, EXPLAIN_JOINED_LATE, connection->endpoints.cookie, record->header.tgid, NULL);
	}
	if (connection->request_direction != RECORD_SEND)
		process_table_heard(&engine->processes, record->header.tgid, turned ? 0 : record->header.time);
}

/* Whether the first record of a connection that is older than the agent most likely begins an exchange (claim.h). */
static bool claims_first(struct in_order *order, const struct record_data *record, uint32_t skip, bool begins_request)
{
	struct engine *engine = order->connection->engine;

	return quiet_until(&engine->quiet, record) && !skip && is_request(order, record->direction) &&
	       !pipeliners_contain(&engine->pipeliners, order->connection) &&
	       !(record->header.flags & RECORD_DATA_CONCURRENT) && begins_request;
}

void in_order_begin(struct in_order *order, struct connection *connection, const struct record_data *record,
		    uint32_t skip, bool begins_request)
{
	bool from_the_start = (record->header.flags & RECORD_DATA_BEGIN) && !(record->header.flags & RECORD_DATA_LATE);

	order->connection = connection;
	order->late = record->header.flags & RECORD_DATA_LATE;
	if (order->late) {
		order->claims_first = order->resynced = claims_first(order, record, skip, begins_request);
		attach_late(order, record);
	}
	/* A server that speaks first answers nothing. */
	order->synced = order->claims_first ||
			(from_the_start && (is_request(order, record->direction) ||
					    record->header.flags & RECORD_DATA_FIRST));
	order->directions[RECORD_RECEIVE].deaf = order->directions[RECORD_SEND].deaf = !order->synced;
}

void in_order_stop(struct in_order *order)
{
	for (unsigned int i = 0; i < 2; i++) {
		order->directions[i].deaf = true;
		in_order_set_exchange(order, &order->directions[i], NULL);
	}
}

void in_order_end(struct in_order *order)
{
	in_order_stop(order);
	claim_drop(order);
}

void in_order_desync(struct in_order *order)
{
	const struct exchange *answering = in_order_responses(order)->exchange;
	struct connection *connection = order->connection;
	struct list *link, *next;

	order->synced = false;
	claim_drop(order);
	if (!order->pipelined)
		return;
	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (exchange != answering && !exchange->tail_lost)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
	}
}

/* The head under way, or the one that begins where nothing can be read. */
static void lose_request(struct in_order *order, struct exchange *exchange)
{
	struct connection *connection = order->connection;

	if (exchange && exchange->state == EXCHANGE_FORMING)
		connection_lose_request(connection, exchange);
	else if (!exchange && connection->current)
		connection_miss_request(connection, connection->current);
}

static void lose_response(struct in_order *order, struct exchange *exchange)
{
	if (exchange->final_seen) {
		exchange->tail_lost = true;
		thread_lose_sight(exchange, order->connection->engine->time);
		return;
	}
	connection_drop_exchange(order->connection, exchange, LOSS_REQUEST_UNPAIRED);
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

void in_order_deafen(struct in_order *order, unsigned int which, enum loss loss)
{
	struct in_order_direction *direction = &order->directions[which];
	struct exchange *exchange = direction->exchange;

	explain_deafness(order->connection, loss);
	direction->deaf = true;
	if (direction != in_order_responses(order))
		lose_request(order, exchange);
	if (exchange) {
		exchange_mark(exchange, loss);
		direction->exchange = NULL;
		if (direction == in_order_responses(order))
			lose_response(order, exchange);
		exchange_unref(&order->connection->engine->pool, exchange);
	}
	in_order_desync(order);
}

bool in_order_kernel_counted(const struct in_order *order, enum loss loss)
{
	const uint16_t unreadable = RECORD_DATA_UNREADABLE | RECORD_DATA_TURN;
	const struct record_data *record = order->connection->current;

	return loss == LOSS_HEAD_TRUNCATED && record && (record->header.flags & unreadable) == unreadable;
}

void in_order_listen(struct in_order *order, unsigned int which)
{
	struct in_order_direction *direction = &order->directions[which];
	struct connection *connection = order->connection;
	struct exchange *first;

	direction->deaf = false;
	if (direction != in_order_responses(order) || list_empty(&connection->requests))
		return;
	/* A response whose end was lost ended before this one's head. */
	first = LIST_ITEM(connection->requests.next, struct exchange, queued);
	if (first->tail_lost)
		connection_finish_exchange(connection, first, connection->directions[which].last_time);
}

void in_order_note_unheard(struct in_order *order, const struct record_data *record)
{
	const struct direction *directions = order->connection->directions;
	bool first = !directions[RECORD_RECEIVE].began && !directions[RECORD_SEND].began;

	if ((first && order->late) || (record->direction == RECORD_RECEIVE && in_order_turned(order, record)))
		connection_miss_request(order->connection, record);
}

bool in_order_cut_request(struct in_order *order)
{
	struct in_order_direction *requests = in_order_requests(order);
	struct connection *connection = order->connection;

	if (!requests->exchange || requests->exchange->state != EXCHANGE_FORMING)
		return false;
	connection->engine->ignored.incomplete_request++;
	engine_explain(connection->engine, EXPLAIN_REQUEST_INCOMPLETE, connection->endpoints.cookie, connection->owner,
		       NULL);
	in_order_set_exchange(order, requests, NULL);
	requests->deaf = true;
	return true;
}

void in_order_note_pipelining(struct in_order *order)
{
	order->pipelined = true;
	pipeliners_note(&order->connection->engine->pipeliners, order->connection);
}

void in_order_fail(struct in_order *order, uint64_t time, bool claim_refuted)
{
	struct connection *connection = order->connection;
	bool unheard = in_order_responses(order)->deaf;
	uint64_t heard = connection->stream.next[connection->request_direction != RECORD_SEND];

	in_order_cut_request(order);
	while (!list_empty(&connection->requests)) {
		struct exchange *exchange = LIST_ITEM(connection->requests.next, struct exchange, queued);

		if (exchange == order->claim)
			claim_close(order, claim_refuted);
		else if (exchange->tail_lost)
			connection_finish_exchange(connection, exchange, connection_responses(connection)->last_time);
		else if (!exchange->final_seen && unheard && heard > exchange->response_at)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
		else
			connection_fail_exchange(connection, exchange, time);
	}
	claim_close(order, claim_refuted);
	in_order_set_exchange(order, in_order_responses(order), NULL);
}
