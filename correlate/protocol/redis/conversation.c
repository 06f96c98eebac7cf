// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/conversation.h"

#include <stdlib.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/feed.h"
#include "correlate/protocol/redis/protocol.h"
#include "correlate/protocol/redis/rest.h"
#include "correlate/record/view.h"

/* Who connected asks; where nobody knows that, whoever speaks first, or sends a command that is known. */
static void settle_role(struct connection *connection, const struct record_data *record)
{
	if (connection->request_direction != REQUEST_DIRECTION_UNKNOWN)
		return;
	if (record->header.flags & RECORD_DATA_FIRST)
		connection->request_direction = record->direction;
	else if (redis_begins_known_command(record_first_bytes(record)))
		connection->request_direction = record->direction;
}

static void make_readers(struct redis_conversation *conversation)
{
	unsigned int requests = conversation->order.connection->request_direction;

	for (unsigned int i = 0; i < 2; i++)
		resp_reader_init(&conversation->readers[i], i == requests ? RESP_COMMANDS : RESP_REPLIES,
				 i == requests ? &redis_command_events : &redis_reply_events, conversation);
}

static void conversation_begin(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct redis_conversation *conversation = redis_conversation(connection);
	struct in_order *order = &conversation->order;

	list_init(&conversation->subscriptions);
	list_init(&conversation->claims);
	settle_role(connection, record);
	conversation->guessed = record->direction == connection->request_direction &&
				!redis_begins_command(record_first_bytes(record));
	in_order_begin(order, connection, record, skip, redis_begins_command(record_first_bytes(record)));
	/* Clients pipeline, and what is lost sight of is not found again by its position (rest.h). */
	order->pipelined = true;
	conversation->claims_more = order->claims_first;
	order->claims_first = order->resynced = false;
	make_readers(conversation);
	redis_session_init(&conversation->session, order->synced && !conversation->claims_more);
}

static void feed_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	struct redis_conversation *conversation = context;

	if (!conversation->order.directions[direction].deaf && !conversation->order.connection->done)
		resp_reader_bytes(&conversation->readers[direction], position, bytes);
}

static void feed_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	struct redis_conversation *conversation = context;

	(void)position;
	if (!conversation->order.directions[direction].deaf && !conversation->order.connection->done)
		resp_reader_hole(&conversation->readers[direction], length);
}

static void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	static const struct feed feed = { .bytes = feed_bytes, .hole = feed_hole };
	struct redis_conversation *conversation = redis_conversation(connection);

	if (connection->request_direction == REQUEST_DIRECTION_UNKNOWN) {
		settle_role(connection, record);
		make_readers(conversation);
	}
	connection->current = record;
	redis_rest_record(conversation, record, skip);
	if (!conversation->order.synced)
		in_order_note_unheard(&conversation->order, record);
	feed_record(connection, &feed, conversation, record, skip);
	redis_note_batch(conversation, record);
	connection->current = NULL;
	conversation->moved_at = record->header.time;
	conversation->uncertain = false;
}

static void drop_subscriptions(struct redis_conversation *conversation, enum loss loss)
{
	struct engine *engine = conversation->order.connection->engine;

	while (!list_empty(&conversation->subscriptions)) {
		struct exchange *exchange = LIST_ITEM(conversation->subscriptions.next, struct exchange, queued);

		list_remove(&exchange->queued);
		deliver_discard(engine, exchange, loss);
	}
	conversation->subscription_count = 0;
}

void redis_drop_subscriptions(struct redis_conversation *conversation)
{
	drop_subscriptions(conversation, LOSS_REQUEST_UNPAIRED);
}

void redis_lose(struct redis_conversation *conversation, unsigned int direction, enum loss loss, bool counted)
{
	struct in_order *order = &conversation->order;
	struct engine *engine = order->connection->engine;
	bool request = direction == order->connection->request_direction;

	if (order->directions[direction].deaf)
		return;
	if (!counted && !in_order_kernel_counted(order, loss))
		loss_add(&engine->losses, loss);
	/* A command that had begun, and so was seen. */
	if (counted && request && !resp_reader_idle(&conversation->readers[direction]))
		loss_add(&engine->losses, LOSS_REQUEST_UNPAIRED);
	in_order_deafen(order, direction, loss);
	redis_doubt(conversation);
	/* Perhaps they were ended. */
	if (request)
		redis_drop_subscriptions(conversation);
}

static void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
			     uint64_t length)
{
	struct redis_conversation *conversation = redis_conversation(connection);
	struct in_order_direction *here = &conversation->order.directions[direction];

	(void)position;
	conversation->uncertain = true;
	if (here->deaf)
		return;
	if (!resp_reader_can_skip(&conversation->readers[direction], length)) {
		redis_lose(conversation, direction, LOSS_STREAM_GAP, true);
		return;
	}
	if (here->exchange)
		exchange_mark(here->exchange, LOSS_STREAM_GAP);
	resp_reader_hole(&conversation->readers[direction], length);
}

static void conversation_close(struct connection *connection, enum record_direction direction)
{
	(void)connection;
	(void)direction;
}

/* What is silenced was not acknowledged: it ended as it was sent. */
static void end_silenced(struct connection *connection)
{
	struct list *link, *next;

	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);
		const struct redis_call *call = redis_call_of(exchange);

		next = link->next;
		if (call->wait.silenced && !call->wait.acknowledged)
			connection_finish_exchange(connection, exchange, call->asked_at);
	}
}

/* What is claimed and unanswered has no proof that it came first. */
static void drop_open_claims(struct connection *connection)
{
	struct list *link, *next;

	for (link = connection->requests.next; link != &connection->requests; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (exchange->claimed)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
	}
}

static void conversation_fail(struct connection *connection, uint64_t time)
{
	struct redis_conversation *conversation = redis_conversation(connection);
	struct list *requests = &connection->requests;

	drop_open_claims(connection);
	end_silenced(connection);
	redis_claims_prove(conversation);
	if (!list_empty(requests)) {
		struct exchange *first = LIST_ITEM(requests->next, struct exchange, queued);

		if (redis_wait_wants_close(&redis_call_of(first)->wait))
			connection_finish_exchange(connection, first, time);
	}
	while (!list_empty(&conversation->subscriptions))
		redis_end_subscription(conversation,
				       LIST_ITEM(conversation->subscriptions.next, struct exchange, queued), time);
	in_order_fail(&conversation->order, time, false);
}

void redis_stop(struct redis_conversation *conversation)
{
	struct connection *connection = conversation->order.connection;

	redis_doubt(conversation);
	connection->done = true;
	for (unsigned int i = 0; i < 2; i++)
		resp_reader_stop(&conversation->readers[i]);
	engine_explain(connection->engine, EXPLAIN_TUNNEL, connection->endpoints.cookie, connection->owner, NULL);
}

static bool conversation_give_up(struct connection *connection)
{
	(void)connection;
	return false;
}

static void conversation_end(struct connection *connection)
{
	struct redis_conversation *conversation = redis_conversation(connection);

	redis_claims_drop(conversation);
	drop_subscriptions(conversation, LOSS_OPEN_AT_EXIT);
	in_order_end(&conversation->order);
	free(conversation->query);
}

static void conversation_doubt(struct connection *connection)
{
	redis_doubt(redis_conversation(connection));
}

static bool conversation_under_way(const struct connection *connection)
{
	const struct redis_conversation *conversation = redis_conversation(connection);

	return in_order_under_way(&conversation->order) || !list_empty(&conversation->subscriptions) ||
	       !list_empty(&conversation->claims);
}

static void call_forget_text(struct exchange *exchange)
{
	struct redis_call *call = redis_call_of(exchange);

	free((char *)call->query.data);
	call->query = slice_of(NULL, 0);
}

static void call_fill(struct engine *engine, struct exchange *exchange, struct span *span, char *text)
{
	const struct db_span_context context = {
		.connection = &exchange->endpoints,
		.pid = exchange->tgid,
		.tid = exchange->tid,
	};
	struct text texts = { .data = text, .size = SPAN_TEXT_MAX };

	(void)engine;
	redis_call_fill(redis_call_of(exchange), &exchange->outcome, exchange->kind, &context, span, &texts);
}

const struct protocol redis_protocol = {
	.recognised = RECOGNISED_REDIS,
	.conversation_size = sizeof(struct redis_conversation),
	.begin = conversation_begin,
	.record = conversation_record,
	.gap = conversation_gap,
	.close = conversation_close,
	.fail = conversation_fail,
	.give_up = conversation_give_up,
	.end = conversation_end,
	.doubt = conversation_doubt,
	.under_way = conversation_under_way,
	.exchange_size = sizeof(struct redis_call),
	.exchange_zeroed = sizeof(struct redis_call),
	.forget_text = call_forget_text,
	.fill = call_fill,
};
