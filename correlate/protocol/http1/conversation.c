// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/conversation.h"

#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/http/part.h"
#include "correlate/protocol/feed.h"
#include "correlate/protocol/http1/protocol.h"
#include "correlate/record/view.h"

static bool is_request(const struct connection *connection, unsigned int direction)
{
	return connection->request_direction == direction;
}

/* Whether these bytes are a whole start line, and so prove a head where one may begin. */
static bool proves_head(enum http_message message, struct slice bytes)
{
	if (message == HTTP_REQUEST)
		return http1_begins_request(bytes);
	return bytes.length && bytes.data[0] != '\r' && bytes.data[0] != '\n' &&
	       slice_find(bytes, '\n') < bytes.length && http1_may_begin(message, bytes);
}

static void note_memory(struct http1_conversation *conversation)
{
	size_t memory = 0;

	for (unsigned int i = 0; i < 2; i++)
		if (conversation->readers[i])
			memory += http1_reader_memory(conversation->readers[i]);
	conversation->order.connection->message_memory = memory;
}

static void free_reader(struct http1_conversation *conversation, unsigned int direction)
{
	http1_reader_free(conversation->readers[direction]);
	conversation->readers[direction] = NULL;
}

/* Both directions are deaf. Not from within a reader's events. */
static void free_readers(struct http1_conversation *conversation)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (!conversation->readers[i])
			continue;
		conversation->order.directions[i].deaf = true;
		in_order_set_exchange(&conversation->order, &conversation->order.directions[i], NULL);
		free_reader(conversation, i);
	}
}

/* Who speaks as what: the bytes say it, the role only where they do not. */
static void settle_role(struct connection *connection, const struct record_data *record)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	struct slice bytes = record_first_bytes(record);
	uint8_t before = connection->request_direction;

	if (conversation->order.role_proven)
		return;
	if (slice_starts_with(bytes, SLICE_LITERAL("HTTP/1.")))
		connection->request_direction = !record->direction;
	else if (proves_head(HTTP_REQUEST, bytes))
		connection->request_direction = record->direction;
	else if (before == REQUEST_DIRECTION_UNKNOWN && (record->header.flags & RECORD_DATA_BEGIN))
		connection->request_direction = record->direction;
	if (before != connection->request_direction && before != REQUEST_DIRECTION_UNKNOWN)
		free_readers(conversation);
}

static void conversation_begin(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	bool late = record->header.flags & RECORD_DATA_LATE;

	http1_conversation(connection)->order.connection = connection;
	settle_role(connection, record);
	in_order_begin(&http1_conversation(connection)->order, connection, record, skip,
		       late && proves_head(HTTP_REQUEST, record_first_bytes(record)));
}

/* Whether a deaf direction can begin to listen with this record. */
static bool may_listen(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	bool request;

	if (skip || (record->header.flags & RECORD_DATA_CONCURRENT) || !in_order_turned(&conversation->order, record))
		return false;
	settle_role(connection, record);
	if (connection->request_direction == REQUEST_DIRECTION_UNKNOWN)
		return false;
	request = is_request(connection, record->direction);
	/* After 100 (Continue) a body comes, and a body may look like anything. */
	if (request && conversation->interim_pending)
		return false;
	return proves_head(request ? HTTP_REQUEST : HTTP_RESPONSE, record_first_bytes(record));
}

/* When what the reader may only later tell to be a message began. */
static void note_moments(struct http1_conversation *conversation, const struct record_data *record)
{
	const struct http1_reader *reader = conversation->readers[record->direction];
	uint64_t doubt = http1_reader_doubt(reader);

	if (http1_reader_may_begin(reader) && !prefix_under_way(&conversation->order.connection->prefix)) {
		conversation->first = in_order_moment(record, record->position);
		conversation->next = (struct moment){ 0 };
	}
	if (doubt >= record->position && doubt < record->position + record->length)
		conversation->next = in_order_moment(record, doubt);
}

static int make_reader(struct http1_conversation *conversation, unsigned int direction)
{
	bool request = is_request(conversation->order.connection, direction);

	conversation->readers[direction] =
		http1_reader_new(request ? HTTP_REQUEST : HTTP_RESPONSE,
				 request ? &http1_request_events : &http1_response_events, conversation);
	return conversation->readers[direction] ? 0 : -ENOMEM;
}

static inline bool is_read(const struct http1_conversation *conversation, unsigned int direction)
{
	return !conversation->order.directions[direction].deaf && !conversation->order.connection->done;
}

static inline void feed_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	struct http1_conversation *conversation = context;

	if (is_read(conversation, direction))
		http1_reader_bytes(conversation->readers[direction], position, bytes);
}

static inline void feed_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	struct http1_conversation *conversation = context;

	if (is_read(conversation, direction))
		http1_reader_hole(conversation->readers[direction], position, length);
}

static void feed_broken(void *context, unsigned int direction, enum loss loss)
{
	struct http1_conversation *conversation = context;

	http1_lose(conversation, direction,
		   loss == LOSS_HEAD_TRUNCATED ? HTTP1_LOST_HEAD_TRUNCATED : HTTP1_LOST_HEAD_UNPARSABLE);
}

static void read_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	static const struct feed feed = { feed_bytes, feed_hole, feed_broken };
	struct http1_conversation *conversation = http1_conversation(connection);
	unsigned int direction = record->direction;

	if (conversation->order.directions[direction].deaf) {
		if (!may_listen(connection, record, skip)) {
			in_order_note_unheard(&conversation->order, record);
			return;
		}
		if (conversation->readers[direction])
			http1_reader_resync(conversation->readers[direction]);
		in_order_listen(&conversation->order, direction);
	}
	if (!conversation->readers[direction] && make_reader(conversation, direction) < 0) {
		loss_add(&connection->engine->losses, LOSS_MEMORY_LIMIT);
		in_order_deafen(&conversation->order, direction, LOSS_MEMORY_LIMIT);
		return;
	}
	if (is_request(connection, direction))
		note_moments(conversation, record);
	connection->current = record;
	feed_record(connection, &feed, conversation, record, skip);
	connection->current = NULL;
}

static void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	read_record(connection, record, skip);
	if (connection->done)
		free_readers(http1_conversation(connection));
	note_memory(http1_conversation(connection));
}

static void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
			     uint64_t length)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	struct in_order_direction *here = &conversation->order.directions[direction];
	struct http1_reader *reader = conversation->readers[direction];

	if (here->deaf)
		return;
	if (here->exchange)
		exchange_mark(here->exchange, LOSS_STREAM_GAP);
	if (reader && http1_reader_can_skip(reader, length))
		http1_reader_hole(reader, position, length);
	else
		in_order_deafen(&conversation->order, direction, LOSS_STREAM_GAP);
	note_memory(conversation);
}

/* Ends a body that lasts until the close. */
static void conversation_close(struct connection *connection, enum record_direction direction)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	struct http1_reader *reader = conversation->readers[direction];

	if (reader && is_read(conversation, direction))
		http1_reader_close(reader, connection->stream.next[direction]);
	note_memory(conversation);
}

static void conversation_fail(struct connection *connection, uint64_t time)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	const struct http1_reader *reader = http1_request_reader(conversation);
	/* What is in doubt was exactly as long as the refused body. */
	bool refuted = reader && http1_reader_doubt(reader) == connection->stream.next[connection->request_direction];

	in_order_fail(&conversation->order, time, refuted);
}

static bool conversation_give_up(struct connection *connection)
{
	struct http1_conversation *conversation = http1_conversation(connection);
	bool lost = false;

	for (unsigned int i = 0; i < 2; i++) {
		if (!conversation->readers[i])
			continue;
		if (!conversation->order.directions[i].deaf && !http1_reader_idle(conversation->readers[i])) {
			in_order_deafen(&conversation->order, i, LOSS_MEMORY_LIMIT);
			lost = true;
		}
		free_reader(conversation, i);
	}
	note_memory(conversation);
	return lost;
}

static void conversation_end(struct connection *connection)
{
	free_readers(http1_conversation(connection));
	note_memory(http1_conversation(connection));
	in_order_end(&http1_conversation(connection)->order);
}

static void conversation_doubt(struct connection *connection)
{
	in_order_desync(&http1_conversation(connection)->order);
}

static bool conversation_under_way(const struct connection *connection)
{
	return in_order_under_way(&http1_conversation(connection)->order);
}

void http1_lose(struct http1_conversation *conversation, unsigned int direction, enum http1_reader_lost reason)
{
	static const enum loss losses[] = {
		[HTTP1_LOST_HEAD_TRUNCATED] = LOSS_HEAD_TRUNCATED,
		[HTTP1_LOST_HEAD_UNPARSABLE] = LOSS_HEAD_UNPARSABLE,
		[HTTP1_LOST_FRAMING] = LOSS_FRAMING,
		[HTTP1_LOST_MEMORY] = LOSS_MEMORY_LIMIT,
	};
	struct in_order *order = &conversation->order;

	if (order->directions[direction].deaf)
		return;
	if (!in_order_kernel_counted(order, losses[reason]))
		loss_add(&order->connection->engine->losses, losses[reason]);
	in_order_deafen(order, direction, losses[reason]);
}

void http1_tunnel(void *context, uint64_t position)
{
	struct http1_conversation *conversation = context;
	struct connection *connection = conversation->order.connection;

	(void)position;
	if (in_order_responses(&conversation->order)->deaf)
		return;
	connection->done = true;
	engine_explain(connection->engine, EXPLAIN_TUNNEL, connection->endpoints.cookie, connection->owner, NULL);
}

const struct protocol http1_protocol = {
	.recognised = RECOGNISED_HTTP1,
	.conversation_size = sizeof(struct http1_conversation),
	.begin = conversation_begin,
	.record = conversation_record,
	.gap = conversation_gap,
	.close = conversation_close,
	.fail = conversation_fail,
	.give_up = conversation_give_up,
	.end = conversation_end,
	.doubt = conversation_doubt,
	.under_way = conversation_under_way,
	.exchange_size = sizeof(struct http_part),
	.exchange_zeroed = HTTP_PART_ZEROED,
	.forget_text = http_part_forget_text,
	.asks_the_same = http_part_asks_the_same,
	.fill = http_part_fill,
};
