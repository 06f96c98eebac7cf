// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/table.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/connection/conversation.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/limits.h"

static const uint8_t request_directions[] = {
	[RECORD_ROLE_UNKNOWN] = REQUEST_DIRECTION_UNKNOWN,
	[RECORD_ROLE_CLIENT] = RECORD_SEND,
	[RECORD_ROLE_SERVER] = RECORD_RECEIVE,
};

struct connection *connection_find(const struct engine *engine, uint64_t cookie)
{
	return hashmap_get(engine->connections, &cookie, sizeof(cookie));
}

/* Whether forgetting it now loses a request. */
static bool has_open(const struct connection *connection)
{
	return !list_empty(&connection->requests) || conversation_under_way(connection) || connection->stream.held;
}

static void connection_evict(struct connection *connection)
{
	if (has_open(connection)) {
		loss_add(&connection->engine->losses, LOSS_CONNECTION_LIMIT);
		engine_explain(connection->engine, EXPLAIN_CONNECTION_LIMIT, connection->endpoints.cookie,
			       connection->owner, NULL);
	}
	connection_forget_exchanges(connection, true);
	connection_free(connection);
}

struct connection *connection_get(struct engine *engine, const struct record_connection *endpoints, uint64_t time)
{
	struct connection *connection = connection_find(engine, endpoints->cookie);

	if (connection)
		return connection;
	if (hashmap_count(engine->connections) >= engine->options.max_connections)
		connection_evict(LIST_ITEM(engine->recent.next, struct connection, recent));
	connection = calloc(1, sizeof(*connection));
	if (!connection)
		return NULL;
	if (hashmap_put(engine->connections, &endpoints->cookie, sizeof(endpoints->cookie), connection) < 0) {
		free(connection);
		return NULL;
	}
	connection->engine = engine;
	connection->endpoints = *endpoints;
	connection->request_direction = request_directions[endpoints->role];
	connection->began = time;
	list_init(&connection->requests);
	list_init(&connection->ghosts);
	list_init(&connection->waiting);
	list_init(&connection->holding);
	list_init(&connection->ending);
	list_add(&engine->recent, &connection->recent);
	return connection;
}

void connection_free(struct connection *connection)
{
	if (!connection)
		return;
	connection_forget_exchanges(connection, false);
	conversation_end(connection);
	stream_done(&connection->stream);
	list_remove(&connection->recent);
	list_remove(&connection->waiting);
	list_remove(&connection->holding);
	list_remove(&connection->ending);
	connection->engine->memory -= connection->memory;
	hashmap_remove(connection->engine->connections, &connection->endpoints.cookie,
		       sizeof(connection->endpoints.cookie));
	free(connection);
}

static void note_memory(struct connection *connection)
{
	size_t memory = connection->stream.held_bytes + connection->message_memory;

	connection->engine->memory += memory - connection->memory;
	connection->memory = memory;
	if (memory)
		list_move_to_end(&connection->engine->holding, &connection->holding);
	else
		list_remove(&connection->holding);
}

/* Where all take too much, the longest silent ones give up the messages under way. */
static void account(struct connection *connection)
{
	struct engine *engine = connection->engine;

	note_memory(connection);
	while (engine->memory + engine->pool.memory > engine->options.max_memory && !list_empty(&engine->holding)) {
		struct connection *silent = LIST_ITEM(engine->holding.next, struct connection, holding);

		connection_flush(silent);
		if (conversation_give_up(silent))
			loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		note_memory(silent);
	}
}

/*
 * Records of this connection were missing or are: whatever its process was seen
 * doing in the meantime is no evidence.
 */
static void note_loss(struct connection *connection, uint64_t from)
{
	struct process *process = process_table_find(&connection->engine->processes, connection->owner);

	if (process)
		loss_windows_add(&process->lost, from, connection->engine->time);
}

static void on_record(void *context, const struct record_data *record, uint32_t skip)
{
	conversation_record(context, record, skip);
}

static void on_gap(void *context, enum record_direction direction, uint64_t position, uint64_t length)
{
	struct connection *connection = context;
	uint64_t since = connection->directions[direction].last_time;

	note_loss(connection, since ? since : connection->began);
	conversation_gap(connection, direction, position, length);
}

static void on_overlap(void *context, const struct record_data *record)
{
	struct connection *connection = context;

	(void)record;
	loss_add(&connection->engine->losses, LOSS_STREAM_OVERLAP);
}

static const struct stream_events events = {
	.record = on_record,
	.gap = on_gap,
	.overlap = on_overlap,
};

static void update_waiting(struct connection *connection)
{
	if (!connection->stream.held) {
		list_remove(&connection->waiting);
		return;
	}
	note_loss(connection, connection->stream.held_since);
	if (list_empty(&connection->waiting))
		list_add(&connection->engine->waiting, &connection->waiting);
}

int connection_data(struct connection *connection, const struct record_data *record)
{
	struct engine *engine = connection->engine;
	int error;

	list_move_to_end(&engine->recent, &connection->recent);
	if (record->header.tgid) {
		connection->shared |= connection->owner && connection->owner != record->header.tgid;
		connection->owner = record->header.tgid;
	}
	connection->own_positions |= record->header.flags & RECORD_DATA_OWN_POSITIONS;
	error = stream_record(&connection->stream, record, &events, connection);
	if (error < 0)
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
	update_waiting(connection);
	connection_settle(connection);
	account(connection);
	return error;
}

void connection_flush(struct connection *connection)
{
	stream_flush(&connection->stream, &events, connection);
	list_remove(&connection->waiting);
	connection_settle(connection);
}

void connection_reach(struct connection *connection)
{
	if (connection->done || !has_open(connection))
		return;
	for (unsigned int i = 0; i < 2; i++)
		stream_reach(&connection->stream, i, connection->moved_to[i], &events, connection);
	connection_settle(connection);
}
