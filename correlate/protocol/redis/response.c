// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/redis/rest.h"

static void reply_begin(void *context, uint64_t position)
{
	struct redis_conversation *conversation = context;
	const struct record_data *record = conversation->order.connection->current;

	conversation->guessed = false;
	redis_reply_begin(&conversation->reply);
	conversation->reply_at = position;
	conversation->reply_first_byte = record->header.time;
	if (record->direction == RECORD_SEND && record->begin && record->begin < record->header.time)
		conversation->reply_first_byte = record->begin;
	conversation->reply_waits = !(record->header.flags & RECORD_DATA_NONBLOCKING);
}

static void reply_item(void *context, const struct resp_item *item)
{
	struct redis_conversation *conversation = context;

	redis_reply_item(&conversation->reply, item);
}

/* What is answered began to be answered with the reply's first byte, which may be several records ago. */
static void begin_answer(struct redis_conversation *conversation, struct exchange *first)
{
	if (first->response_begun)
		return;
	in_order_begin_response(&conversation->order, conversation->reply_at);
	if (first->timed_out)
		return;
	first->first_byte = conversation->reply_first_byte;
	if (first->kind == SPAN_KIND_CLIENT)
		first->waits = conversation->reply_waits;
}

/* It is over; what is claimed waits for its proof. The caller has a reference. */
static void keep_claim(struct redis_conversation *conversation, struct exchange *first)
{
	if (first->claimed && first->state == EXCHANGE_DONE && !first->ignored)
		redis_claims_add(conversation, first);
}

/* It was answered whole with its last acknowledgement, as the next reply shows. */
static void end_acknowledged(struct redis_conversation *conversation, struct exchange *first)
{
	struct connection *connection = conversation->order.connection;

	if (!first->timed_out) {
		first->outcome.response_complete = true;
		first->outcome.response_size = conversation->acknowledged_to - first->response_from;
	}
	exchange_ref(first);
	connection_finish_exchange(connection, first, conversation->acknowledged_at);
	keep_claim(conversation, first);
	exchange_unref(&connection->engine->pool, first);
}

/* It ended as it was sent. */
static void end_unanswered(struct redis_conversation *conversation, struct exchange *first)
{
	struct connection *connection = conversation->order.connection;

	exchange_ref(first);
	connection_finish_exchange(connection, first, redis_call_of(first)->asked_at);
	keep_claim(conversation, first);
	exchange_unref(&connection->engine->pool, first);
}

static void end_answer(struct redis_conversation *conversation, struct exchange *first, uint64_t position)
{
	struct in_order *order = &conversation->order;
	struct engine *engine = order->connection->engine;

	if (first->timed_out && !first->ignored)
		loss_add(&engine->losses, LOSS_RESPONSE_LATE);
	exchange_ref(first);
	in_order_set_exchange(order, in_order_responses(order), first);
	in_order_end_response(order, position);
	keep_claim(conversation, first);
	exchange_unref(&engine->pool, first);
}

/* Answered, but not over: later replies are for those after it. */
static void hold(struct redis_conversation *conversation, struct exchange *first, uint64_t position)
{
	struct connection *connection = conversation->order.connection;

	if (first->timed_out || first->ignored) {
		end_answer(conversation, first, position);
		return;
	}
	in_order_set_exchange(&conversation->order, in_order_responses(&conversation->order), NULL);
	if (conversation->subscription_count == REDIS_SUBSCRIPTIONS_MAX) {
		connection_drop_exchange(connection, first, LOSS_PIPELINE_LIMIT);
		return;
	}
	/* An acknowledgement answers nothing else. */
	first->claimed = false;
	first->outcome.response_complete = true;
	first->outcome.response_size = position - first->response_from;
	connection_detach_exchange(connection, first);
	list_add(&conversation->subscriptions, &first->queued);
	conversation->subscription_count++;
}

void redis_end_subscription(struct redis_conversation *conversation, struct exchange *exchange, uint64_t time)
{
	struct connection *connection = conversation->order.connection;

	list_remove(&exchange->queued);
	conversation->subscription_count--;
	exchange->peer_cookie = connection->peer_cookie;
	deliver_finished(connection->engine, exchange, time);
	exchange_unref(&connection->engine->pool, exchange);
}

static void end_subscriptions(struct redis_conversation *conversation)
{
	uint64_t time = conversation->order.connection->current->header.time;
	struct list *link, *next;

	if (in_order_responses(&conversation->order)->deaf ||
	    !redis_session_may_end(&conversation->session, &conversation->reply))
		return;
	for (link = conversation->subscriptions.next; link != &conversation->subscriptions; link = next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (redis_session_ends(&conversation->session, &redis_call_of(exchange)->wait, &conversation->reply))
			redis_end_subscription(conversation, exchange, time);
	}
}

/* A reply that nobody can have asked for, or not so: the order was wrong before, nobody knows since when. */
static void misfit(struct redis_conversation *conversation)
{
	struct in_order *order = &conversation->order;

	conversation->turns = 0;
	deliver_retract_all(order->connection->engine, order->connection->endpoints.cookie);
	if (in_order_nothing_asked(order) && list_empty(&conversation->claims) && !conversation->claims_more)
		in_order_note_unsolicited(order);
	else
		in_order_note_unpaired(order);
	redis_doubt(conversation);
}

/* Whose the reply is; false: ask again, as the first of the unanswered is another one now. */
static bool take_reply(struct redis_conversation *conversation, uint64_t position)
{
	struct connection *connection = conversation->order.connection;
	struct list *requests = &connection->requests;
	struct exchange *first = list_empty(requests) ? NULL : LIST_ITEM(requests->next, struct exchange, queued);
	struct redis_call *call = first ? redis_call_of(first) : NULL;
	int32_t database = conversation->session.database;
	enum redis_answer answer = redis_session_reply(&conversation->session, call ? &call->wait : NULL,
						       &conversation->reply);

	switch (answer) {
	case REDIS_ANSWER_NOBODY:
		return true;
	case REDIS_ANSWER_MISFIT:
		misfit(conversation);
		return true;
	case REDIS_ANSWER_NONE:
		end_unanswered(conversation, first);
		return false;
	case REDIS_ANSWER_BEFORE:
		end_acknowledged(conversation, first);
		return false;
	default:
		break;
	}
	begin_answer(conversation, first);
	conversation->acknowledged_at = connection->current->header.time;
	conversation->acknowledged_to = position;
	if (answer == REDIS_ANSWER_PART) {
		in_order_set_exchange(&conversation->order, in_order_responses(&conversation->order), NULL);
		return true;
	}
	if (!first->timed_out)
		redis_call_answer(call, &conversation->reply, database, &conversation->session);
	if (answer == REDIS_ANSWER_HOLDS)
		hold(conversation, first, position);
	else
		end_answer(conversation, first, position);
	if (answer == REDIS_ANSWER_LAST)
		redis_stop(conversation);
	return true;
}

static void reply_end(void *context, uint64_t position)
{
	struct redis_conversation *conversation = context;

	if (in_order_responses(&conversation->order)->deaf)
		return;
	while (!take_reply(conversation, position))
		;
	end_subscriptions(conversation);
}

/* It never was Redis (clamd is asked PING, too): nothing is lost. */
static void withdraw(struct redis_conversation *conversation)
{
	struct in_order *order = &conversation->order;
	struct connection *connection = order->connection;
	struct list *requests = &connection->requests;

	while (!list_empty(requests)) {
		struct exchange *exchange = LIST_ITEM(requests->next, struct exchange, queued);

		/* The span of one that took too long is out already. */
		if (exchange->timed_out)
			connection_finish_exchange(connection, exchange, connection->current->header.time);
		else
			connection_withdraw_exchange(connection, exchange);
	}
	in_order_stop(order);
	connection->done = true;
	connection->engine->ignored.unsolicited++;
	engine_explain(connection->engine, EXPLAIN_NOT_REDIS, connection->endpoints.cookie, connection->owner, NULL);
}

static void reply_lost(void *context, enum resp_lost reason)
{
	struct redis_conversation *conversation = context;

	if (conversation->guessed && reason == RESP_LOST_UNPARSABLE) {
		withdraw(conversation);
		return;
	}
	redis_lose(conversation, !conversation->order.connection->request_direction,
		   reason == RESP_LOST_HOLE ? LOSS_HEAD_TRUNCATED : LOSS_HEAD_UNPARSABLE, false);
}

const struct resp_events redis_reply_events = { reply_begin, reply_item, reply_end, reply_lost };
