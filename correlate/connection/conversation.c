// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/conversation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/protocol.h"

/* What the record's bytes are read as; NULL: nobody reads it. While nothing is recognised, what they were read as before. */
static const struct protocol *spoken(const struct connection *connection, const struct record_data *record)
{
	if (record->recognised == RECOGNISED_NOT_YET && connection->protocol)
		return connection->protocol;
	/* A recording may be of an agent that knows more. */
	return record->recognised < RECOGNISED_COUNT ? connection->engine->protocols[record->recognised] : NULL;
}

/* Zeroed. NULL when out of memory. */
static void *make_conversation(struct connection *connection, size_t size)
{
	return size <= sizeof(connection->room) ? memset(connection->room, 0, size) : calloc(1, size);
}

/* The conversation goes on where nobody follows: what becomes of what has begun in it can't be known. */
static void lose_conversation(struct connection *connection)
{
	/* What is open already is counted where it is forgotten. */
	if (list_empty(&connection->requests) && conversation_under_way(connection))
		loss_add(&connection->engine->losses, LOSS_REQUEST_UNPAIRED);
	connection_forget_exchanges(connection, true);
	conversation_end(connection);
}

/* From that record on the connection speaks `protocol`. */
static int hand_over(struct connection *connection, const struct protocol *protocol, const struct record_data *record,
		     uint32_t skip)
{
	void *conversation;

	lose_conversation(connection);
	conversation = make_conversation(connection, protocol->conversation_size);
	if (!conversation)
		return -ENOMEM;
	connection->protocol = protocol;
	connection->conversation = conversation;
	protocol->begin(connection, record, skip);
	return 0;
}

static void read_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	const struct protocol *protocol = spoken(connection, record);

	if (protocol && protocol != connection->protocol && hand_over(connection, protocol, record, skip) < 0) {
		loss_add(&connection->engine->losses, LOSS_MEMORY_LIMIT);
		protocol = NULL;
	}
	if (protocol) {
		protocol->record(connection, record, skip);
	} else {
		lose_conversation(connection);
		connection->done = true;
	}
}

void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct direction *direction = &connection->directions[record->direction];

	if (!connection->done)
		read_record(connection, record, skip);
	direction->began = true;
	direction->gapped = false;
	direction->other_position = record->other_position;
	direction->last_time = record->header.time;
}

void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
		      uint64_t length)
{
	connection->directions[direction].gapped = true;
	if (direction == connection->request_direction)
		connection->prefix.open = false;
	if (connection->done)
		return;
	loss_add(&connection->engine->losses, LOSS_STREAM_GAP);
	if (connection->protocol)
		connection->protocol->gap(connection, direction, position, length);
}

void conversation_close(struct connection *connection, enum record_direction direction)
{
	if (connection->protocol)
		connection->protocol->close(connection, direction);
}

void conversation_fail(struct connection *connection, uint64_t time)
{
	if (connection->protocol)
		connection->protocol->fail(connection, time);
}

bool conversation_give_up(struct connection *connection)
{
	return connection->protocol && connection->protocol->give_up(connection);
}

void conversation_end(struct connection *connection)
{
	if (!connection->protocol)
		return;
	connection->protocol->end(connection);
	connection->protocol = NULL;
	if (connection->conversation != connection->room)
		free(connection->conversation);
	connection->conversation = NULL;
}

bool conversation_under_way(const struct connection *connection)
{
	return connection->protocol && connection->protocol->under_way(connection);
}
