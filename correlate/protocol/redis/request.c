// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/redis/rest.h"

static struct engine *engine_of(const struct redis_conversation *conversation)
{
	return conversation->order.connection->engine;
}

static void command_begin(void *context, uint64_t position)
{
	struct redis_conversation *conversation = context;
	struct in_order *order = &conversation->order;
	struct exchange *exchange;
	struct moment moment;

	redis_command_begin(&conversation->command, NULL);
	if (in_order_requests(order)->deaf || !order->synced)
		return;
	redis_claims_follow(conversation);
	moment = in_order_moment(order->connection->current, position);
	exchange = in_order_begin_request(order, &moment, position, true, false);
	if (!exchange) {
		redis_doubt(conversation);
		return;
	}
	exchange->claimed = conversation->claims_more;
	if (engine_of(conversation)->options.show_db_keys && !conversation->query)
		conversation->query = malloc(REDIS_QUERY_MAX);
	if (conversation->query)
		redis_command_begin(&conversation->command, conversation->query);
}

static void command_item(void *context, const struct resp_item *item)
{
	struct redis_conversation *conversation = context;

	redis_command_item(&conversation->command, item);
}

/* What of the command is to be known by those who know no Redis. */
static void describe(struct engine *engine, struct exchange *exchange, const struct redis_command_row *row)
{
	ignore_request(engine, exchange, TELEMETRY_NONE, slice_of(NULL, 0));
	if (!row)
		return;
	if (row->rule == REDIS_RULE_PING)
		ignore_ping(engine, exchange);
	/* It may rightly wait for ever. */
	if (row->flags & REDIS_BLOCKING || redis_call_of(exchange)->wait.silenced)
		list_remove(&exchange->open);
}

/* The text with keys, where they are shown. 0 or -ENOMEM. */
static int take_query(struct redis_conversation *conversation, struct exchange *exchange)
{
	size_t length = conversation->command.command.query_length;
	char *query;

	if (!length)
		return 0;
	query = malloc(length);
	if (!query)
		return -ENOMEM;
	memcpy(query, conversation->query, length);
	redis_call_of(exchange)->query = slice_of(query, length);
	exchange_note_storage(&engine_of(conversation)->pool, exchange, length);
	return 0;
}

/* False: it is none of the unanswered. */
static bool open_command(struct redis_conversation *conversation, struct exchange *exchange)
{
	struct in_order *order = &conversation->order;

	in_order_request_asked(order, exchange);
	if (in_order_admit(order, exchange, REDIS_UNANSWERED_MAX) < 0 ||
	    in_order_open_request(order, exchange, take_query(conversation, exchange)) < 0) {
		in_order_refuse_request(order, exchange);
		redis_doubt(conversation);
		return false;
	}
	describe(engine_of(conversation), exchange, redis_call_of(exchange)->wait.row);
	return true;
}

static void note_in_batch(struct redis_conversation *conversation, const struct exchange *exchange, uint64_t position)
{
	const struct record_data *record = conversation->order.connection->current;

	if (exchange->request_at < record->position)
		return;
	if (!conversation->batch++)
		conversation->batch_from = exchange->request_at;
	conversation->batch_to = position;
}

static void pair_command(struct redis_conversation *conversation, enum redis_course course,
			 const struct redis_wait *wait, uint64_t position)
{
	struct in_order *order = &conversation->order;
	struct connection *connection = order->connection;
	struct exchange *exchange = in_order_requests(order)->exchange;

	if (course == REDIS_COURSE_NOTHING) {
		in_order_set_exchange(order, in_order_requests(order), NULL);
		return;
	}
	redis_call_of(exchange)->wait = *wait;
	redis_call_ask(redis_call_of(exchange), &conversation->command.command, &conversation->session,
		       list_empty(&connection->requests));
	if (!open_command(conversation, exchange))
		return;
	note_in_batch(conversation, exchange, position);
	in_order_end_request(order, position);
	if (wait->silenced)
		redis_call_of(exchange)->asked_at = connection->current->header.time;
	if (course == REDIS_COURSE_AWAITED)
		return;
	if (course == REDIS_COURSE_BREAKS) {
		conversation->broken = true;
		redis_doubt(conversation);
		return;
	}
	/* What is not answered, nobody can prove. */
	exchange->claimed = false;
	connection_finish_exchange(connection, exchange, connection->current->header.time);
	if (course == REDIS_COURSE_REPLICATION)
		redis_stop(conversation);
}

/* It was seen, and its answer can't be told from others'. */
static void count_command(struct redis_conversation *conversation, enum redis_course course,
			  const struct redis_wait *wait)
{
	struct connection *connection = conversation->order.connection;
	enum redis_rule rule = wait->row ? (enum redis_rule)wait->row->rule : REDIS_RULE_NONE;

	if (course == REDIS_COURSE_NOTHING)
		return;
	loss_add(&connection->engine->losses, LOSS_REQUEST_UNPAIRED);
	engine_explain(connection->engine, EXPLAIN_REQUEST_UNPAIRED, connection->endpoints.cookie, connection->owner,
		       NULL);
	if (course == REDIS_COURSE_BREAKS)
		conversation->broken = true;
	/* What these lead to, their answers would have told. */
	if (rule == REDIS_RULE_UNSUBSCRIBE || rule == REDIS_RULE_RESET)
		redis_drop_subscriptions(conversation);
	if (course == REDIS_COURSE_REPLICATION || rule == REDIS_RULE_PSYNC)
		redis_stop(conversation);
}

static void command_end(void *context, uint64_t position)
{
	struct redis_conversation *conversation = context;
	struct in_order_direction *direction = in_order_requests(&conversation->order);
	enum redis_course course;
	struct redis_wait wait;

	if (direction->deaf)
		return;
	redis_command_end(&conversation->command);
	course = redis_session_command(&conversation->session, &conversation->command.command, &wait);
	if (direction->exchange)
		pair_command(conversation, course, &wait, position);
	else
		count_command(conversation, course, &wait);
}

static void command_lost(void *context, enum resp_lost reason)
{
	struct redis_conversation *conversation = context;

	redis_lose(conversation, conversation->order.connection->request_direction,
		   reason == RESP_LOST_HOLE ? LOSS_HEAD_TRUNCATED : LOSS_HEAD_UNPARSABLE, false);
}

const struct resp_events redis_command_events = { command_begin, command_item, command_end, command_lost };

void redis_note_batch(struct redis_conversation *conversation, const struct record_data *record)
{
	struct list *requests = &conversation->order.connection->requests;
	uint32_t left = conversation->batch;

	if (left > 1 && record->direction == RECORD_SEND && conversation->batch_from == record->position &&
	    conversation->batch_to == record->position + record->length) {
		for (struct list *link = requests->previous; link != requests && left; link = link->previous, left--) {
			struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

			if (exchange->request_at < record->position)
				break;
			redis_call_of(exchange)->batch = conversation->batch;
		}
	}
	conversation->batch = 0;
}
