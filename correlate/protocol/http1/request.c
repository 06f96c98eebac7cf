// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/exchange/life.h"
#include "correlate/limits.h"
#include "correlate/protocol/http1/claim.h"
#include "correlate/protocol/http1/messages.h"

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
			messages_note_pipelining(connection);
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
	if (connection->next.position && position >= connection->next.position)
		moment = connection->next;
	/* The reader may say late that a message had begun in a former record. */
	if (position >= record->position) {
		moment.other_position = record->other_position;
		moment.time = record->header.time;
		moment.begin = record->begin && record->begin < moment.time ? record->begin : moment.time;
		moment.tgid = record->header.tgid;
		moment.tid = record->header.tid;
		moment.waits = !(record->header.flags & RECORD_DATA_NONBLOCKING);
	}
	claim_followed(connection);
	exchange = connection_begin_exchange(connection, &moment, position);
	if (exchange && (connection->claims_first || http1_reader_doubt(direction->reader)))
		claim_begin(connection, exchange);
	messages_set_exchange(connection, direction, exchange);
	exchange_unref(&connection->engine->pool, exchange);
	if (!exchange)
		messages_deafen(connection, connection->request_direction, LOSS_MEMORY_LIMIT);
}

static int open_request(struct connection *connection, struct exchange *exchange, const struct http_head *head)
{
	struct engine *engine = connection->engine;

	if (connection->pipelined && !connection->synced) {
		loss_add(&engine->losses, LOSS_REQUEST_UNPAIRED);
		engine_explain(engine, EXPLAIN_REQUEST_UNPAIRED, exchange->cookie, exchange->tgid, NULL);
		return -EPROTO;
	}
	if (connection->request_count >= PIPELINE_MAX) {
		loss_add(&engine->losses, LOSS_PIPELINE_LIMIT);
		engine_explain(engine, EXPLAIN_PIPELINE_LIMIT, exchange->cookie, exchange->tgid, NULL);
		return -ENOSPC;
	}
	if (engine->pool.memory >= REQUEST_MEMORY(engine->options.max_memory) ||
	    exchange_take_head(&engine->pool, exchange, head) < 0 || connection_open_exchange(connection, exchange) < 0) {
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		engine_explain(engine, EXPLAIN_REQUEST_MEMORY, exchange->cookie, exchange->tgid, NULL);
		return -ENOMEM;
	}
	ignore_request(engine, exchange, head);
	return 0;
}

static void request_head(void *context, const struct http_head *head, uint64_t position)
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
		messages_desync(connection);
	exchange->expects_continue = head->expect_continue;
	connection->role_proven = true;
	connection->late = false;
	if (exchange->kind == SPAN_KIND_SERVER) {
		exchange->tgid = record->header.tgid;
		exchange->tid = record->header.tid;
	}
	if (open_request(connection, exchange, head) < 0) {
		connection_lose_request(connection, exchange);
		messages_set_exchange(connection, direction, NULL);
		messages_desync(connection);
	}
}

static struct slice request_answered_method(void *context, const struct http_head *head)
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
	messages_set_exchange(connection, direction, NULL);
}

static void request_lost(void *context, enum http1_reader_lost reason)
{
	struct connection *connection = context;

	messages_lost(connection, connection->request_direction, reason);
}

/* What ends within the claim belongs to the body that it is; nobody asks how long that is. */
static void request_refuted(void *context)
{
	struct connection *connection = context;

	/* Were they two requests after all, a later loss could not tell their answers apart. */
	connection->pipelined = true;
	claim_refute(connection);
}

const struct http1_reader_events request_messages = {
	.begin = request_begin,
	.head = request_head,
	.answered_method = request_answered_method,
	.end = request_end,
	.tunnel = messages_tunnel,
	.lost = request_lost,
	.refuted = request_refuted,
};
