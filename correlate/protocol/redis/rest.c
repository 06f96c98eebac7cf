// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/rest.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"
#include "correlate/record/view.h"

static bool skip_number(struct slice *bytes, char type)
{
	size_t end = slice_find(*bytes, '\r');
	uint64_t number;

	if (!bytes->length || bytes->data[0] != type || end + 1 >= bytes->length || bytes->data[end + 1] != '\n' ||
	    !slice_to_u64(slice_from(slice_head(*bytes, end), 1), &number))
		return false;
	*bytes = slice_from(*bytes, end + 2);
	return true;
}

bool redis_begins_command(struct slice bytes)
{
	return skip_number(&bytes, '*') && skip_number(&bytes, '$');
}

bool redis_begins_known_command(struct slice bytes)
{
	return skip_number(&bytes, '*') && skip_number(&bytes, '$') &&
	       redis_command_find(slice_head(bytes, slice_find(bytes, '\r'))) != NULL;
}

/* Nothing has moved for long enough, the last of it an answer. */
static bool has_rested(const struct redis_conversation *conversation, const struct record_data *record)
{
	uint64_t begin = record->begin && record->begin < record->header.time ? record->begin : record->header.time;

	return !conversation->uncertain && conversation->moved_at && begin > conversation->moved_at &&
	       begin - conversation->moved_at >= REDIS_REST_NS;
}

/* It has always waited for all answers before it asked on. */
static bool takes_turns(const struct redis_conversation *conversation, const struct record_data *record)
{
	const struct connection *connection = conversation->order.connection;

	return conversation->turns >= REDIS_TURNS_MIN && record->header.flags & RECORD_DATA_TURN &&
	       !pipeliners_contain(&connection->engine->pipeliners, connection);
}

static void note_turn(struct redis_conversation *conversation, const struct record_data *record)
{
	struct in_order *order = &conversation->order;

	if (!(record->header.flags & RECORD_DATA_TURN))
		return;
	if (list_empty(&order->connection->requests) && !in_order_requests(order)->exchange) {
		conversation->turns += conversation->turns < REDIS_TURNS_MIN;
		return;
	}
	conversation->turns = 0;
	in_order_note_pipelining(order);
}

static void pair_again(struct redis_conversation *conversation)
{
	struct in_order *order = &conversation->order;

	for (unsigned int i = 0; i < 2; i++) {
		resp_reader_resync(&conversation->readers[i]);
		order->directions[i].deaf = false;
	}
	redis_session_doubt(&conversation->session);
	connection_lay_ghosts(order->connection);
	order->synced = true;
	order->late = false;
	conversation->claims_more = true;
}

void redis_rest_record(struct redis_conversation *conversation, const struct record_data *record, uint32_t skip)
{
	struct in_order *order = &conversation->order;
	struct in_order_direction *direction = &order->directions[record->direction];

	if (order->connection->request_direction != record->direction)
		return;
	if (order->synced) {
		note_turn(conversation, record);
		return;
	}
	if (skip || record->header.flags & RECORD_DATA_CONCURRENT || !redis_begins_command(record_first_bytes(record)))
		return;
	if (!conversation->broken &&
	    (takes_turns(conversation, record) ||
	     (in_order_turned(order, record) && has_rested(conversation, record)))) {
		pair_again(conversation);
	} else if (direction->deaf && redis_begins_known_command(record_first_bytes(record))) {
		/* Enough to count what can't be paired. */
		resp_reader_resync(&conversation->readers[record->direction]);
		direction->deaf = false;
	}
}

void redis_claims_add(struct redis_conversation *conversation, struct exchange *exchange)
{
	list_add(&conversation->claims, &exchange_ref(exchange)->queued);
	if (++conversation->claim_count >= REDIS_CLAIMS_MAX)
		redis_claims_prove(conversation);
}

void redis_claims_prove(struct redis_conversation *conversation)
{
	struct engine *engine = conversation->order.connection->engine;

	while (!list_empty(&conversation->claims)) {
		struct exchange *exchange = LIST_ITEM(conversation->claims.next, struct exchange, queued);

		list_remove(&exchange->queued);
		deliver_finished(engine, exchange, exchange->end);
		exchange->claimed = false;
		exchange_unref(&engine->pool, exchange);
	}
	conversation->claim_count = 0;
}

void redis_claims_follow(struct redis_conversation *conversation)
{
	if (!conversation->claims_more || !list_empty(&conversation->order.connection->requests) ||
	    list_empty(&conversation->claims))
		return;
	redis_claims_prove(conversation);
	conversation->claims_more = false;
}

void redis_claims_drop(struct redis_conversation *conversation)
{
	struct engine *engine = conversation->order.connection->engine;

	while (!list_empty(&conversation->claims)) {
		struct exchange *exchange = LIST_ITEM(conversation->claims.next, struct exchange, queued);

		list_remove(&exchange->queued);
		engine_explain(engine, EXPLAIN_REQUEST_UNPAIRED, exchange->cookie, exchange->tgid, NULL);
		deliver_discard(engine, exchange, LOSS_REQUEST_UNPAIRED);
	}
	conversation->claim_count = 0;
	conversation->claims_more = false;
}

void redis_doubt(struct redis_conversation *conversation)
{
	struct in_order *order = &conversation->order;
	struct in_order_direction *requests = in_order_requests(order);

	redis_claims_drop(conversation);
	in_order_set_exchange(order, in_order_responses(order), NULL);
	/* A command that is still coming is counted where it ends. */
	if (requests->exchange && requests->exchange->state == EXCHANGE_FORMING)
		connection_lose_request(order->connection, requests->exchange);
	in_order_set_exchange(order, requests, NULL);
	in_order_desync(order);
	in_order_responses(order)->deaf = true;
}
