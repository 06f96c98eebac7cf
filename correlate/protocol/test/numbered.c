// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/test/numbered.h"

#include <stdlib.h>
#include <string.h>

#include "correlate/connection/connection.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/by_id.h"
#include "correlate/protocol/feed.h"

struct numbered {
	struct by_id by_id;
	char message[2][3]; /* under way, by direction */
	size_t length[2];
};

struct numbered_part {
	char name[2];
};

static void conversation_begin(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct numbered *numbered = connection->conversation;

	(void)skip;
	if (connection->request_direction == REQUEST_DIRECTION_UNKNOWN)
		connection->request_direction = record->direction;
	if (by_id_init(&numbered->by_id, connection, NUMBERED_OPEN_MAX) < 0)
		connection->done = true;
}

static void request(struct numbered *numbered, const char *digits, uint64_t position)
{
	struct connection *connection = numbered->by_id.connection;
	const struct record_data *record = connection->current;
	const struct moment moment = {
		.other_position = record->other_position,
		.begin = record->begin,
		.time = record->header.time,
		.tgid = record->header.tgid,
		.tid = record->header.tid,
	};
	uint64_t id = strtoul((char[]){ digits[0], digits[1], 0 }, NULL, 10);
	struct exchange *exchange = connection_begin_exchange(connection, &moment, position);

	if (!exchange)
		return;
	memcpy(((struct numbered_part *)exchange->part)->name, digits, 2);
	by_id_drop(&numbered->by_id, id, LOSS_REQUEST_UNPAIRED);
	if (connection_open_exchange(connection, exchange) == 0 && by_id_add(&numbered->by_id, id, exchange) < 0)
		connection_drop_exchange(connection, exchange, LOSS_PIPELINE_LIMIT);
	exchange_unref(&connection->engine->pool, exchange);
}

static void message(struct numbered *numbered, const char *bytes, uint64_t position)
{
	uint64_t id = strtoul((char[]){ bytes[1], bytes[2], 0 }, NULL, 10);
	uint64_t now = numbered->by_id.connection->current->header.time;

	if (bytes[0] == '?')
		request(numbered, bytes + 1, position);
	else if (bytes[0] == '!')
		by_id_finish(&numbered->by_id, id, now);
	else
		by_id_fail(&numbered->by_id, id, now, SLICE_LITERAL("cancelled"));
}

static void feed_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	struct numbered *numbered = context;

	for (size_t i = 0; i < bytes.length; i++) {
		numbered->message[direction][numbered->length[direction]++] = bytes.data[i];
		if (numbered->length[direction] < 3)
			continue;
		numbered->length[direction] = 0;
		message(numbered, numbered->message[direction], position + i - 2);
	}
}

static void feed_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	(void)position;
	(void)length;
	((struct numbered *)context)->length[direction] = 0;
}

static void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	static const struct feed feed = { .bytes = feed_bytes, .hole = feed_hole };

	connection->current = record;
	feed_record(connection, &feed, connection->conversation, record, skip);
	connection->current = NULL;
}

static void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
			     uint64_t length)
{
	feed_hole(connection->conversation, direction, position, length);
}

static void conversation_close(struct connection *connection, enum record_direction direction)
{
	(void)connection;
	(void)direction;
}

static void conversation_fail(struct connection *connection, uint64_t time)
{
	by_id_fail_all(&((struct numbered *)connection->conversation)->by_id, time);
}

static bool conversation_give_up(struct connection *connection)
{
	(void)connection;
	return false;
}

static void conversation_end(struct connection *connection)
{
	by_id_end(&((struct numbered *)connection->conversation)->by_id);
}

static void conversation_doubt(struct connection *connection)
{
	(void)connection;
}

static bool conversation_under_way(const struct connection *connection)
{
	(void)connection;
	return false;
}

static void forget_text(struct exchange *exchange)
{
	(void)exchange;
}

static void fill(struct engine *engine, struct exchange *exchange, struct span *span, char *text)
{
	(void)engine;
	(void)text;
	span->kind = exchange->kind;
	span->name = slice_of(((struct numbered_part *)exchange->part)->name, 2);
	span->error_type = exchange->outcome.error_type;
	span->status = span->error_type.length ? SPAN_STATUS_ERROR : SPAN_STATUS_UNSET;
}

const struct protocol numbered_protocol = {
	.recognised = RECOGNISED_SSH,
	.conversation_size = sizeof(struct numbered),
	.begin = conversation_begin,
	.record = conversation_record,
	.gap = conversation_gap,
	.close = conversation_close,
	.fail = conversation_fail,
	.give_up = conversation_give_up,
	.end = conversation_end,
	.doubt = conversation_doubt,
	.under_way = conversation_under_way,
	.exchange_size = sizeof(struct numbered_part),
	.exchange_zeroed = sizeof(struct numbered_part),
	.forget_text = forget_text,
	.fill = fill,
};
