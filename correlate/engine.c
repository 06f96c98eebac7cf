// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/connection/table.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/limits.h"
#include "correlate/link/link.h"
#include "correlate/process/environment.h"
#include "correlate/process/process.h"
#include "correlate/protocol/table.h"
#include "correlate/record/view.h"

static int engine_init(struct engine *engine)
{
	const struct engine_options *options = &engine->options;
	int error = process_table_init(&engine->processes, &engine->losses, options->resource_attributes,
				       options->resource_attribute_count);

	if (error < 0)
		return error;
	engine->processes.boot_id = options->boot_id;
	error = unread_init(&engine->unread);
	if (error < 0)
		return error;
	error = quiet_init(&engine->quiet, options->max_connections);
	if (error < 0)
		return error;
	error = threads_init(&engine->threads);
	if (error < 0)
		return error;
	error = pairing_init(&engine->pairing, options->seed);
	if (error < 0)
		return error;
	engine->connections = hashmap_new(options->max_connections);
	if (!engine->connections)
		return -ENOMEM;
	if (options->infer_routes) {
		engine->routes = route_table_new();
		if (!engine->routes)
			return -ENOMEM;
	}
	return 0;
}

struct engine *engine_new(const struct engine_options *options)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->options = *options;
	if (!options->max_connections)
		engine->options.max_connections = ENGINE_MAX_CONNECTIONS;
	if (!options->max_memory)
		engine->options.max_memory = ENGINE_MAX_MEMORY;
	engine->protocols = protocol_table;
	list_init(&engine->recent);
	list_init(&engine->waiting);
	list_init(&engine->holding);
	list_init(&engine->ending);
	list_init(&engine->open);
	exchange_pool_init(&engine->pool);
	list_init(&engine->pairing.linger);
	ids_init(&engine->ids, options->seed);
	if (engine_init(engine) < 0) {
		engine_free(engine);
		return NULL;
	}
	return engine;
}

void engine_free(struct engine *engine)
{
	struct exchange *exchange;

	if (!engine)
		return;
	while (!list_empty(&engine->recent))
		connection_free(LIST_ITEM(engine->recent.next, struct connection, recent));
	while ((exchange = hold_take(&engine->hold))) {
		pairing_remove(exchange);
		exchange_unref(&engine->pool, exchange);
	}
	link_expire(engine, UINT64_MAX);
	hold_done(&engine->hold);
	pairing_done(&engine->pairing);
	threads_done(&engine->threads);
	unread_done(&engine->unread);
	quiet_done(&engine->quiet);
	process_table_done(&engine->processes);
	hashmap_free(engine->connections, NULL);
	route_table_free(engine->routes);
	exchange_pool_done(&engine->pool);
	free(engine);
}

static int take_data(struct engine *engine, const void *bytes)
{
	const struct record_data *record = bytes;
	struct connection *connection = connection_get(engine, &record->connection, record->header.time);

	if (!connection) {
		loss_add(&engine->losses, LOSS_MEMORY_LIMIT);
		return -ENOMEM;
	}
	return connection_data(connection, record);
}

static int take_state(struct engine *engine, const void *bytes)
{
	const struct record_state *record = bytes;
	struct connection *connection = connection_find(engine, record->connection.cookie);

	if (connection)
		connection_state(connection, record);
	else
		unread_end(&engine->unread, &engine->processes, record);
	return 0;
}

static void explain_environment(const struct engine *engine, const struct record_process *record)
{
	struct process_info info;
	struct own_resource own;

	if (!engine->options.explain.accept || process_info_from_record(record, record->header.size, &info) < 0)
		return;
	own_resource_read(info.environment, &own);
	if (own.bad_service_name)
		engine_explain(engine, EXPLAIN_SERVICE_NAME, 0, info.pid, NULL);
	if (own.bad_attributes)
		engine_explain(engine, EXPLAIN_RESOURCE_ATTRIBUTES, 0, info.pid, NULL);
}

static int take_process(struct engine *engine, const void *bytes)
{
	explain_environment(engine, bytes);
	return process_table_exec(&engine->processes, bytes);
}

static int take_detail(struct engine *engine, const void *bytes)
{
	return process_table_detail(&engine->processes, bytes);
}

static int take_fork(struct engine *engine, const void *bytes)
{
	return process_table_fork(&engine->processes, bytes);
}

static int take_exit(struct engine *engine, const void *bytes)
{
	const struct record_exit *record = bytes;

	process_table_exit(&engine->processes, record->header.tgid, record->header.time);
	engine->exits_pending = true;
	return 0;
}

/* Connections older than the agent speak for themselves by RECORD_DATA_LATE; but requests may be under way on them. */
static int take_socket(struct engine *engine, const void *bytes)
{
	const struct record_socket *record = bytes;

	quiet_note(&engine->quiet, record);
	if (record->connection.role == RECORD_ROLE_SERVER && !(record->header.flags & RECORD_SOCKET_LISTENS))
		process_table_await(&engine->processes, record->header.tgid, record->header.time);
	return 0;
}

static int take_clock(struct engine *engine, const void *bytes)
{
	const struct record_clock *record = bytes;

	engine->mono_to_wall = (int64_t)(record->wall - record->header.time);
	engine->processes.boot_to_wall = (int64_t)(record->wall - record->boottime);
	return 0;
}

static int take_ignored(struct engine *engine, const void *bytes)
{
	const struct record_ignored *record = bytes;
	struct process *process = process_table_get(&engine->processes, record->header.tgid);
	struct unread_row row;

	if (!process)
		return -ENOMEM;
	row = unread_add(&engine->unread, record, process);
	/* Of a tunnel its own messages tell. */
	if (record->recognised != RECOGNISED_TUNNEL)
		engine_tell(engine, (struct explanation){ .reason = EXPLAIN_UNREAD,
							  .cookie = record->connection.cookie,
							  .pid = record->header.tgid,
							  .unread = &row });
	return 0;
}

int engine_record(struct engine *engine, const void *record, size_t size)
{
	static int (*const takers[])(struct engine *engine, const void *bytes) = {
		[RECORD_DATA] = take_data,     [RECORD_STATE] = take_state,   [RECORD_PROCESS] = take_process,
		[RECORD_FORK] = take_fork,     [RECORD_EXIT] = take_exit,     [RECORD_SOCKET] = take_socket,
		[RECORD_CLOCK] = take_clock,   [RECORD_IGNORED] = take_ignored, [RECORD_DETAIL] = take_detail,
	};
	const struct record_header *header = record;
	int error = record_check(record, size);

	if (error < 0) {
		loss_add(&engine->losses, LOSS_RECORD_MALFORMED);
		return error;
	}
	if (header->time > engine->time)
		engine->time = header->time;
	return takers[header->kind](engine, record);
}

void engine_note_loss(struct engine *engine, uint64_t time)
{
	loss_windows_add(&engine->lost, engine->advanced, time > engine->time ? time : engine->time);
}

static void count_open(struct engine *engine, const struct connection *connection)
{
	for (const struct list *link = connection->requests.next; link != &connection->requests; link = link->next)
		if (!LIST_ITEM(link, struct exchange, queued)->timed_out &&
		    !LIST_ITEM(link, struct exchange, queued)->ignored)
			loss_add(&engine->losses, LOSS_OPEN_AT_EXIT);
}

void engine_finish(struct engine *engine)
{
	while (!list_empty(&engine->waiting))
		connection_flush(LIST_ITEM(engine->waiting.next, struct connection, waiting));
	while (!list_empty(&engine->ending)) {
		struct connection *connection = LIST_ITEM(engine->ending.next, struct connection, ending);

		connection_end(connection, connection->gone_at);
	}
	while (!list_empty(&engine->recent)) {
		struct connection *connection = LIST_ITEM(engine->recent.next, struct connection, recent);

		count_open(engine, connection);
		connection_free(connection);
	}
	while (hold_first(&engine->hold))
		deliver_exchange(engine, hold_take(&engine->hold));
}

const struct losses *engine_losses(const struct engine *engine)
{
	return &engine->losses;
}

const struct engine_ignored *engine_ignored(const struct engine *engine)
{
	return &engine->ignored;
}

const struct unread *engine_unread(const struct engine *engine)
{
	return &engine->unread;
}
