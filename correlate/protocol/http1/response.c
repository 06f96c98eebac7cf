// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/http1/claim.h"
#include "correlate/protocol/http1/messages.h"

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

/* A body is read whose request is answered already: what is answered now may have been taken for a part of it. */
static bool reads_answered_body(const struct connection *connection)
{
	const struct direction *requests = &connection->directions[connection->request_direction == RECORD_SEND];

	return list_empty(&connection->requests) && requests->reader && !requests->deaf &&
	       http1_reader_in_body(requests->reader);
}

/* No request waits for an answer, and none that might was lost. */
static bool nothing_asked(const struct connection *connection)
{
	return connection->synced && !connection->resynced && list_empty(&connection->requests) &&
	       !reads_answered_body(connection);
}

/* What the server says answers nothing that was asked in full. */
static void note_unsolicited(struct connection *connection)
{
	if (messages_cut_request(connection))
		return;
	connection->engine->ignored.unsolicited++;
	engine_explain(connection->engine, EXPLAIN_UNSOLICITED, connection->endpoints.cookie, connection->owner, NULL);
}

/* An answer whose request was not seen. */
static void note_unpaired(struct connection *connection)
{
	/* A late connection's first exchange is counted already. */
	if (!connection->late)
		loss_add(&connection->engine->losses, LOSS_RESPONSE_UNPAIRED);
	engine_explain(connection->engine, EXPLAIN_RESPONSE_UNPAIRED, connection->endpoints.cookie, connection->owner,
		       NULL);
}

/* Nothing tells where it ends: whether it has a body depends on a method that nobody saw. */
static void stop_listening(struct connection *connection)
{
	connection_responses(connection)->deaf = true;
	messages_desync(connection);
}

static void response_unpaired(struct connection *connection, const struct http_head *head)
{
	bool interim = head->status < 200 && head->status != 101, unsolicited = nothing_asked(connection);
	struct direction *requests = connection_requests(connection);

	connection->interim_pending = interim && !unsolicited;
	/* It has no body, and says nothing of what is asked next but that a body may come after all. */
	if (interim && unsolicited) {
		if (requests->reader)
			http1_reader_unrefuse(requests->reader);
		return;
	}
	if (reads_answered_body(connection)) {
		messages_set_exchange(connection, requests, NULL);
		requests->deaf = true;
	}
	if (unsolicited)
		note_unsolicited(connection);
	else if (!interim)
		note_unpaired(connection);
	if (head->status == 101)
		connection->tunnel = true;
	/* One answer more than requests, and none of these was lost now: one was before, and ahead of others. */
	if (connection->resynced && !connection_requests(connection)->deaf) {
		messages_note_pipelining(connection);
		engine_retract(connection->engine, connection->endpoints.cookie);
		connection->resynced = false;
	}
	stop_listening(connection);
}

/* Whose answer it is can't be told, nor what the claim has swallowed. */
static void drop_claim(struct connection *connection)
{
	struct direction *requests = connection_requests(connection);

	messages_set_exchange(connection, connection_responses(connection), NULL);
	messages_set_exchange(connection, requests, NULL);
	requests->deaf = true;
	stop_listening(connection);
}

/* Its client, which waits to send the content, is told in advance what becomes of it. */
static void note_refusal(struct connection *connection, const struct exchange *exchange)
{
	const struct direction *requests = connection_requests(connection);

	if (exchange->expects_continue && requests->exchange == exchange && http1_reader_body_awaited(requests->reader))
		http1_reader_refuse(requests->reader, connection->stream.next[connection->request_direction]);
}

static void response_head(void *context, const struct http_head *head, uint64_t position)
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
	if (head->status < 200 && head->status != 101) {
		exchange->expects_continue &= head->status != 100;
		return;
	}
	if (exchange == connection->claim && !claim_answered(connection)) {
		drop_claim(connection);
		return;
	}
	note_refusal(connection, exchange);
	exchange->final_seen = true;
	if (exchange->timed_out) {
		if (!exchange->ignored)
			loss_add(&engine->losses, LOSS_RESPONSE_LATE);
	} else if (exchange_take_response(&engine->pool, exchange, head) < 0) {
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		exchange_mark(exchange, LOSS_MEMORY_LIMIT);
	}
}

static struct slice response_answered_method(void *context, const struct http_head *head)
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
		exchange->last_send_begin = record && record->begin < record->header.time ? record->begin : 0;
	}
	connection_finish_exchange(connection, exchange, record ? record->header.time : direction->last_time);
	messages_set_exchange(connection, direction, NULL);
}

static void response_lost(void *context, enum http1_reader_lost reason)
{
	struct connection *connection = context;
	const struct direction *direction = connection_responses(connection);

	if (reason == HTTP1_LOST_MEMORY || direction->deaf || direction->exchange || !nothing_asked(connection)) {
		messages_lost(connection, !connection->request_direction, reason);
		return;
	}
	note_unsolicited(connection);
	stop_listening(connection);
}

const struct http1_reader_events response_messages = {
	.begin = response_begin,
	.head = response_head,
	.answered_method = response_answered_method,
	.end = response_end,
	.tunnel = messages_tunnel,
	.lost = response_lost,
};
