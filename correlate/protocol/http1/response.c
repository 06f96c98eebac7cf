// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine_state.h"
#include "correlate/http/part.h"
#include "correlate/protocol/http1/conversation.h"

static void response_begin(void *context, uint64_t position)
{
	struct http1_conversation *conversation = context;

	if (!in_order_responses(&conversation->order)->deaf && conversation->order.connection->current)
		in_order_begin_response(&conversation->order, position);
}

/* A body is read whose request is answered already: what is answered now may have been taken for a part of it. */
static bool reads_answered_body(struct http1_conversation *conversation)
{
	const struct http1_reader *requests = http1_request_reader(conversation);

	return list_empty(&conversation->order.connection->requests) && requests &&
	       !in_order_requests(&conversation->order)->deaf && http1_reader_in_body(requests);
}

static bool nothing_asked(struct http1_conversation *conversation)
{
	return in_order_nothing_asked(&conversation->order) && !reads_answered_body(conversation);
}

static void response_unpaired(struct http1_conversation *conversation, const struct http_head *head)
{
	bool interim = head->status < 200 && head->status != 101, unsolicited = nothing_asked(conversation);
	struct in_order_direction *requests = in_order_requests(&conversation->order);

	conversation->interim_pending = interim && !unsolicited;
	/* It has no body, and says nothing of what is asked next but that a body may come after all. */
	if (interim && unsolicited) {
		if (http1_request_reader(conversation))
			http1_reader_unrefuse(http1_request_reader(conversation));
		return;
	}
	if (reads_answered_body(conversation)) {
		in_order_set_exchange(&conversation->order, requests, NULL);
		requests->deaf = true;
	}
	if (unsolicited)
		in_order_note_unsolicited(&conversation->order);
	else if (!interim)
		in_order_note_unpaired(&conversation->order);
	if (head->status == 101)
		conversation->order.connection->done = true;
	in_order_note_surplus(&conversation->order);
	/* Whether it has a body depends on a method that nobody saw. */
	in_order_stop_listening(&conversation->order);
}

/* The claim is answered. False: that may as well be the answer to a request which it has swallowed. */
static bool claim_answered(struct http1_conversation *conversation)
{
	struct http1_reader *requests = http1_request_reader(conversation);
	const struct connection *connection = conversation->order.connection;
	uint64_t body_end;

	if (conversation->order.claims_first)
		return true;
	/* Beyond the body's end another request may have begun, which would not stand there whole but for chance. */
	body_end = http1_reader_doubt(requests);
	if (connection->stream.next[connection->request_direction] > body_end && http1_reader_in_body(requests) &&
	    !http1_reader_body_awaited(requests))
		return false;
	http1_reader_settle(requests);
	claim_prove(&conversation->order);
	return true;
}

/* Whose answer it is can't be told, nor what the claim has swallowed. */
static void drop_claim(struct in_order *order)
{
	struct in_order_direction *requests = in_order_requests(order);

	in_order_set_exchange(order, in_order_responses(order), NULL);
	in_order_set_exchange(order, requests, NULL);
	requests->deaf = true;
	in_order_stop_listening(order);
}

/* Its client, which waits to send the content, is told in advance what becomes of it. */
static void note_refusal(struct http1_conversation *conversation, struct exchange *exchange)
{
	const struct connection *connection = conversation->order.connection;
	struct http1_reader *reader = http1_request_reader(conversation);

	if (http_part(exchange)->http.expects_continue && in_order_requests(&conversation->order)->exchange == exchange &&
	    http1_reader_body_awaited(reader))
		http1_reader_refuse(reader, connection->stream.next[connection->request_direction]);
}

static void take_head(struct engine *engine, struct exchange *exchange, const struct http_head *head)
{
	exchange->final_seen = true;
	if (exchange->timed_out) {
		if (!exchange->ignored)
			loss_add(&engine->losses, LOSS_RESPONSE_LATE);
	} else if (http_part_take_response(engine, exchange, head) < 0) {
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		exchange_mark(exchange, LOSS_MEMORY_LIMIT);
	}
}

static void response_head(void *context, const struct http_head *head, uint64_t position)
{
	struct http1_conversation *conversation = context;
	struct in_order_direction *direction = in_order_responses(&conversation->order);
	struct exchange *exchange = direction->exchange;

	(void)position;
	if (direction->deaf)
		return;
	if (!exchange) {
		response_unpaired(conversation, head);
		return;
	}
	conversation->interim_pending = false;
	if (head->status < 200 && head->status != 101) {
		http_part(exchange)->http.expects_continue &= head->status != 100;
		return;
	}
	if (exchange == conversation->order.claim && !claim_answered(conversation)) {
		drop_claim(&conversation->order);
		return;
	}
	note_refusal(conversation, exchange);
	take_head(conversation->order.connection->engine, exchange, head);
}

static struct slice response_answered_method(void *context, const struct http_head *head)
{
	struct http1_conversation *conversation = context;
	struct exchange *exchange = in_order_responses(&conversation->order)->exchange;

	(void)head;
	return exchange ? http_part(exchange)->http.method : slice_of(NULL, 0);
}

static void response_end(void *context, uint64_t position, uint64_t body_size)
{
	struct http1_conversation *conversation = context;
	struct in_order_direction *direction = in_order_responses(&conversation->order);
	struct exchange *exchange = direction->exchange;

	if (direction->deaf || !exchange || !exchange->final_seen)
		return;
	if (!exchange->timed_out)
		http_part(exchange)->http.response_body_size = body_size;
	in_order_end_response(&conversation->order, position);
}

static void response_lost(void *context, enum http1_reader_lost reason)
{
	struct http1_conversation *conversation = context;
	const struct in_order_direction *direction = in_order_responses(&conversation->order);

	if (reason == HTTP1_LOST_MEMORY || direction->deaf || direction->exchange || !nothing_asked(conversation)) {
		http1_lose(conversation, !conversation->order.connection->request_direction, reason);
		return;
	}
	in_order_note_unsolicited(&conversation->order);
	in_order_stop_listening(&conversation->order);
}

const struct http1_reader_events http1_response_events = {
	.begin = response_begin,
	.head = response_head,
	.answered_method = response_answered_method,
	.end = response_end,
	.tunnel = http1_tunnel,
	.lost = response_lost,
};
