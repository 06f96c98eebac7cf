// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection_exchanges.h"
#include "correlate/engine_state.h"
#include "correlate/messages.h"

/* The request that a response beginning at `position` is proven to answer. */
static struct exchange *answered_request(struct connection *connection, uint64_t position)
{
	struct exchange *first;

	if (list_empty(&connection->requests))
		return NULL;
	first = LIST_ITEM(connection->requests.next, struct exchange, queued);
	if (connection->synced)
		return first;
	if (connection->request_count != 1 || first->response_begun || first->response_at != position)
		return NULL;
	if (connection->pipelined || pipeliners_contain(&connection->engine->pipeliners, connection))
		return NULL;
	connection->synced = !connection_requests(connection)->deaf;
	connection->resynced = true;
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

static void response_begin(void *context, uint64_t position)
{
	struct connection *connection = context;
	struct direction *direction = connection_responses(connection);
	const struct record_data *record = connection->current;
	struct exchange *exchange = direction->exchange;

	if (direction->deaf || !record)
		return;
	/* What follows an interim response answers the same request. */
	if (!exchange)
		exchange = answered_request(connection, position);
	if (!exchange)
		return;
	note_thread(connection, exchange, record);
	exchange->response_begun = true;
	exchange->by_position = connection->resynced;
	if (exchange != direction->exchange)
		messages_set_exchange(connection, direction, exchange);
	if (exchange->timed_out)
		return;
	exchange->response_from = position;
	exchange->first_byte = record->header.time;
	if (exchange->kind == SPAN_KIND_CLIENT)
		exchange->waits = !(record->header.flags & RECORD_DATA_NONBLOCKING);
	if (record->direction == RECORD_SEND && record->begin && record->begin < record->header.time)
		exchange->first_byte = record->begin;
}

static void response_unpaired(struct connection *connection, const struct http1_head *head)
{
	connection->interim_pending = head->status < 200 && head->status != 101;
	/* A late connection's first exchange is counted already. */
	if (!connection->interim_pending && !connection->late)
		loss_add(&connection->engine->losses, LOSS_RESPONSE_UNPAIRED);
	if (!connection->interim_pending)
		engine_explain(connection->engine, EXPLAIN_RESPONSE_UNPAIRED, connection->endpoints.cookie,
			       connection->owner, NULL);
	if (head->status == 101)
		connection->tunnel = true;
	/* One answer more than requests, and none of these was lost now: one was before, and ahead of others. */
	if (connection->resynced && !connection_requests(connection)->deaf) {
		messages_note_pipelining(connection);
		engine_retract(connection->engine, connection->endpoints.cookie);
		connection->resynced = false;
	}
	/* Whether it has a body depends on a method that nobody saw. */
	connection_responses(connection)->deaf = true;
	messages_desync(connection);
}

static void response_head(void *context, const struct http1_head *head, uint64_t position)
{
	struct connection *connection = context;
	struct direction *direction = connection_responses(connection);
	struct exchange *exchange = direction->exchange;
	struct engine *engine = connection->engine;

	(void)position;
	if (direction->deaf)
		return;
	if (!exchange) {
		response_unpaired(connection, head);
		return;
	}
	connection->interim_pending = false;
	if (head->status < 200 && head->status != 101)
		return;
	exchange->final_seen = true;
	if (exchange->timed_out) {
		if (!exchange->ignored)
			loss_add(&engine->losses, LOSS_RESPONSE_LATE);
	} else if (exchange_take_response(&engine->pool, exchange, head) < 0) {
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		exchange_mark(exchange, LOSS_MEMORY_LIMIT);
	}
}

static struct slice response_answered_method(void *context, const struct http1_head *head)
{
	struct connection *connection = context;
	struct exchange *exchange = connection_responses(connection)->exchange;

	(void)head;
	return exchange ? exchange->http.method : slice_of(NULL, 0);
}

static void response_end(void *context, uint64_t position, uint64_t body_size)
{
	struct connection *connection = context;
	struct direction *direction = connection_responses(connection);
	struct exchange *exchange = direction->exchange;
	const struct record_data *record = connection->current;

	if (direction->deaf || !exchange || !exchange->final_seen)
		return;
	if (!exchange->timed_out) {
		exchange->http.response_complete = true;
		exchange->http.response_size = position - exchange->response_from;
		exchange->http.response_body_size = body_size;
		exchange->last_send_begin = record ? record->begin : 0;
	}
	connection_finish_exchange(connection, exchange, record ? record->header.time : direction->last_time);
	messages_set_exchange(connection, direction, NULL);
}

static void response_lost(void *context, enum http1_reader_lost reason)
{
	struct connection *connection = context;

	messages_lost(connection, !connection->request_direction, reason);
}

const struct http1_reader_events response_messages = {
	.begin = response_begin,
	.head = response_head,
	.answered_method = response_answered_method,
	.end = response_end,
	.tunnel = messages_tunnel,
	.lost = response_lost,
};
