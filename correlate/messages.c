// SPDX-License-Identifier: Apache-2.0
#include "correlate/messages.h"

#include <errno.h>

#include "correlate/connection_exchanges.h"
#include "correlate/engine_state.h"
#include "correlate/limits.h"

static void set_exchange(struct connection *connection, struct direction *direction, struct exchange *exchange)
{
	struct exchange *former = direction->exchange;

	direction->exchange = exchange ? exchange_ref(exchange) : NULL;
	exchange_unref(&connection->engine->pool, former);
}

static void count(struct connection *connection, enum loss loss)
{
	loss_add(&connection->engine->losses, loss);
}

/*
 * The order of requests and responses is no longer certain. What is being
 * answered still ends where its response does; a single request may yet be
 * proven by position; of several, none.
 */
static void desync(struct connection *connection)
{
	const struct exchange *answering = connection_responses(connection)->exchange;
	struct list *link, *next;

	connection->synced = false;
	if (!connection->pipelined)
		return;
	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (exchange != answering && !exchange->tail_lost)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
	}
}

static void lose_response(struct connection *connection, struct exchange *exchange)
{
	if (exchange->final_seen)
		exchange->tail_lost = true;
	else
		connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
}

void messages_deafen(struct connection *connection, unsigned int which, enum loss loss)
{
	struct direction *direction = &connection->directions[which];
	struct exchange *exchange = direction->exchange;

	direction->deaf = true;
	if (exchange) {
		exchange_mark(exchange, loss);
		direction->exchange = NULL;
		if (direction == connection_responses(connection))
			lose_response(connection, exchange);
		exchange_unref(&connection->engine->pool, exchange);
	}
	desync(connection);
}

static void note_pipelining(struct connection *connection)
{
	connection->pipelined = true;
	pipeliners_note(&connection->engine->pipeliners, connection);
}

/* Requests before `exchange`: what its coming says about them. */
static void settle_earlier(struct connection *connection, const struct exchange *exchange)
{
	struct direction *responses = connection_responses(connection);
	struct list *link, *next;

	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *earlier = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (earlier->tail_lost)
			connection_finish_exchange(connection, earlier, responses->last_time);
		else if (responses->deaf && exchange->response_at > earlier->response_at)
			connection_drop_exchange(connection, earlier, LOSS_REQUEST_UNPAIRED);
		else
			note_pipelining(connection);
	}
	if (!connection->pipelined)
		connection_lay_ghosts(connection);
}

static void request_begin(void *context, uint64_t position)
{
	struct connection *connection = context;
	struct direction *direction = connection_requests(connection);
	const struct record_data *record = connection->current;
	struct moment moment = connection->first;
	struct exchange *exchange;

	if (direction->deaf || !record)
		return;
	/* The reader may say late that a message had begun in a former record. */
	if (position >= record->position) {
		moment.other_position = record->other_position;
		moment.time = record->header.time;
		moment.begin = record->begin && record->begin < moment.time ? record->begin : moment.time;
		moment.tgid = record->header.tgid;
		moment.tid = record->header.tid;
	}
	exchange = connection_begin_exchange(connection, &moment, position);
	set_exchange(connection, direction, exchange);
	exchange_unref(&connection->engine->pool, exchange);
	if (!exchange)
		messages_deafen(connection, connection->request_direction, LOSS_MEMORY_LIMIT);
}

static int open_request(struct connection *connection, struct exchange *exchange, const struct http1_head *head)
{
	if (connection->pipelined && !connection->synced) {
		count(connection, LOSS_REQUEST_UNPAIRED);
		return -EPROTO;
	}
	if (connection->request_count >= PIPELINE_MAX) {
		count(connection, LOSS_PIPELINE_LIMIT);
		return -ENOSPC;
	}
	if (http1_exchange_request(&exchange->http, head) < 0 || connection_open_exchange(connection, exchange) < 0) {
		count(connection, LOSS_MEMORY_LIMIT);
		return -ENOMEM;
	}
	return 0;
}

static void request_head(void *context, const struct http1_head *head, uint64_t position)
{
	struct connection *connection = context;
	struct direction *direction = connection_requests(connection);
	struct exchange *exchange = direction->exchange;
	const struct record_data *record = connection->current;

	(void)position;
	if (direction->deaf || !exchange || !record)
		return;
	settle_earlier(connection, exchange);
	if (!connection->synced)
		desync(connection);
	connection->role_proven = true;
	connection->late = false;
	if (exchange->kind == SPAN_KIND_SERVER) {
		exchange->tgid = record->header.tgid;
		exchange->tid = record->header.tid;
	}
	if (open_request(connection, exchange, head) < 0) {
		exchange->state = EXCHANGE_DROPPED;
		set_exchange(connection, direction, NULL);
		desync(connection);
	}
}

static struct slice request_answered_method(void *context, const struct http1_head *head)
{
	(void)context;
	(void)head;
	return slice_of(NULL, 0);
}

static void request_end(void *context, uint64_t position, uint64_t body_size)
{
	struct connection *connection = context;
	struct direction *direction = connection_requests(connection);
	struct exchange *exchange = direction->exchange;

	if (direction->deaf || !exchange)
		return;
	exchange->http.request_complete = true;
	exchange->http.request_size = position - exchange->request_at;
	exchange->http.request_body_size = body_size;
	set_exchange(connection, direction, NULL);
}

static void lost(struct connection *connection, unsigned int which, enum http1_reader_lost reason)
{
	static const enum loss losses[] = {
		[HTTP1_LOST_HEAD_TRUNCATED] = LOSS_HEAD_TRUNCATED,
		[HTTP1_LOST_HEAD_UNPARSABLE] = LOSS_HEAD_UNPARSABLE,
		[HTTP1_LOST_FRAMING] = LOSS_FRAMING,
		[HTTP1_LOST_MEMORY] = LOSS_MEMORY_LIMIT,
	};

	if (connection->directions[which].deaf)
		return;
	count(connection, losses[reason]);
	messages_deafen(connection, which, losses[reason]);
}

static void request_lost(void *context, enum http1_reader_lost reason)
{
	struct connection *connection = context;

	lost(connection, connection->request_direction, reason);
}

static void become_tunnel(void *context, uint64_t position)
{
	struct connection *connection = context;

	(void)position;
	if (!connection_responses(connection)->deaf)
		connection->tunnel = true;
}

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
	exchange->response_begun = true;
	exchange->by_position = connection->resynced;
	if (exchange != direction->exchange)
		set_exchange(connection, direction, exchange);
	if (exchange->timed_out)
		return;
	exchange->response_from = position;
	exchange->first_byte = record->header.time;
	if (record->direction == RECORD_SEND && record->begin && record->begin < record->header.time)
		exchange->first_byte = record->begin;
}

static void response_unpaired(struct connection *connection, const struct http1_head *head)
{
	connection->interim_pending = head->status < 200 && head->status != 101;
	/* A late connection's first exchange is counted already. */
	if (!connection->interim_pending && !connection->late)
		count(connection, LOSS_RESPONSE_UNPAIRED);
	if (head->status == 101)
		connection->tunnel = true;
	/* One answer more than requests, and none of these was lost now: one was before, and ahead of others. */
	if (connection->resynced && !connection_requests(connection)->deaf) {
		note_pipelining(connection);
		engine_retract(connection->engine, connection->endpoints.cookie);
	}
	/* Whether it has a body depends on a method that nobody saw. */
	connection_responses(connection)->deaf = true;
	desync(connection);
}

static void response_head(void *context, const struct http1_head *head, uint64_t position)
{
	struct connection *connection = context;
	struct direction *direction = connection_responses(connection);
	struct exchange *exchange = direction->exchange;

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
	if (exchange->timed_out)
		count(connection, LOSS_RESPONSE_LATE);
	else
		http1_exchange_response(&exchange->http, head);
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
	set_exchange(connection, direction, NULL);
}

static void response_lost(void *context, enum http1_reader_lost reason)
{
	struct connection *connection = context;

	lost(connection, !connection->request_direction, reason);
}

static const struct http1_reader_events request_events = {
	.begin = request_begin,
	.head = request_head,
	.answered_method = request_answered_method,
	.end = request_end,
	.tunnel = become_tunnel,
	.lost = request_lost,
};

static const struct http1_reader_events response_events = {
	.begin = response_begin,
	.head = response_head,
	.answered_method = response_answered_method,
	.end = response_end,
	.tunnel = become_tunnel,
	.lost = response_lost,
};

int messages_reader(struct connection *connection, unsigned int which, bool from_the_start)
{
	bool request = connection->request_direction == which;
	struct http1_reader *reader = http1_reader_new(request ? HTTP1_REQUEST : HTTP1_RESPONSE,
						       request ? &request_events : &response_events, connection,
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

void messages_forget(struct connection *connection)
{
	for (unsigned int which = 0; which < 2; which++) {
		struct direction *direction = &connection->directions[which];

		if (!direction->reader)
			continue;
		direction->deaf = true;
		set_exchange(connection, direction, NULL);
		http1_reader_free(direction->reader);
		direction->reader = NULL;
	}
}
