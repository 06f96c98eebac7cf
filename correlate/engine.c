// SPDX-License-Identifier: Apache-2.0
#include "correlate/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/connection.h"
#include "correlate/connection_exchanges.h"
#include "correlate/deliver.h"
#include "correlate/engine_state.h"
#include "correlate/limits.h"
#include "correlate/link.h"
#include "correlate/record_view.h"

static int engine_init(struct engine *engine)
{
	const struct engine_options *options = &engine->options;
	int error = process_table_init(&engine->processes, &engine->losses, options->resource_attributes,
				       options->resource_attribute_count);

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
	list_init(&engine->recent);
	list_init(&engine->waiting);
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
	return 0;
}

static int take_process(struct engine *engine, const void *bytes)
{
	return process_table_exec(&engine->processes, bytes);
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

/* Connections older than the agent speak for themselves by RECORD_DATA_LATE. */
static int take_socket(struct engine *engine, const void *bytes)
{
	(void)engine;
	(void)bytes;
	return 0;
}

static int take_clock(struct engine *engine, const void *bytes)
{
	const struct record_clock *record = bytes;

	engine->mono_to_wall = (int64_t)(record->wall - record->header.time);
	engine->processes.boot_to_wall = (int64_t)(record->wall - record->boottime);
	return 0;
}

int engine_record(struct engine *engine, const void *record, size_t size)
{
	static int (*const takers[])(struct engine *engine, const void *bytes) = {
		[RECORD_DATA] = take_data,     [RECORD_STATE] = take_state,   [RECORD_PROCESS] = take_process,
		[RECORD_FORK] = take_fork,     [RECORD_EXIT] = take_exit,     [RECORD_SOCKET] = take_socket,
		[RECORD_CLOCK] = take_clock,
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

void engine_finish_exchange(struct engine *engine, struct exchange *exchange, uint64_t end)
{
	exchange->state = EXCHANGE_DONE;
	exchange->end = end;
	exchange_ref(exchange);
	if (hold_put(&engine->hold, exchange) == 0)
		return;
	/* No room: the first to end goes early, and if there is still none, so does this one. */
	if (engine->hold.count)
		deliver_exchange(engine, hold_take(&engine->hold));
	if (hold_put(&engine->hold, exchange) < 0)
		deliver_exchange(engine, exchange);
}

void engine_retract(struct engine *engine, uint64_t cookie)
{
	for (size_t i = 0; i < engine->hold.count; i++) {
		struct exchange *exchange = engine->hold.heap[i];

		if (exchange->cookie != cookie || !exchange->by_position || exchange->state != EXCHANGE_DONE)
			continue;
		exchange->state = EXCHANGE_DROPPED;
		loss_add(&engine->losses, LOSS_REQUEST_UNPAIRED);
	}
}

static bool passed(uint64_t now, uint64_t since, uint64_t by)
{
	return now >= since && now - since >= by;
}

static void expire_waiting(struct engine *engine, uint64_t now)
{
	struct list *link, *next;

	for (link = engine->waiting.next; link != &engine->waiting; link = next) {
		struct connection *connection = LIST_ITEM(link, struct connection, waiting);

		next = link->next;
		if (passed(now, connection->stream.held_since, HELD_NS))
			connection_flush(connection);
	}
}

static void expire_ending(struct engine *engine, uint64_t now)
{
	while (!list_empty(&engine->ending)) {
		struct connection *connection = LIST_ITEM(engine->ending.next, struct connection, ending);

		if (!passed(now, connection->gone_at, CONNECTION_LINGER_NS))
			break;
		connection_end(connection, connection->gone_at);
	}
}

static void expire_requests(struct engine *engine, uint64_t now)
{
	uint64_t timeout = engine->options.request_timeout;

	while (timeout && !list_empty(&engine->open)) {
		struct exchange *exchange = LIST_ITEM(engine->open.next, struct exchange, open);

		if (!passed(now, exchange->start, timeout))
			break;
		/* What is being answered lasts as long as its connection. */
		if (exchange->final_seen)
			list_remove(&exchange->open);
		else
			connection_time_out_exchange(exchange->connection, exchange, exchange->start + timeout);
	}
}

/* Whether its process is gone for long enough and no other can have the socket. */
static bool orphaned(const struct engine *engine, const struct connection *connection, uint64_t now,
		     uint64_t *ret_exited)
{
	const struct process *process = process_table_find(&engine->processes, connection->owner);

	if (!process || !process->exited || !passed(now, process->exited, PROCESS_LINGER_NS))
		return false;
	*ret_exited = process->exited;
	return !connection->shared && process->forked <= connection->began && process->last_fork < connection->began;
}

/* The sockets of exited processes whose end was not told. */
static void sweep_exits(struct engine *engine, uint64_t now)
{
	struct list *link, *next;
	uint64_t exited = 0;

	if (!engine->exits_pending || !passed(now, engine->exits_swept, PROCESS_LINGER_NS))
		return;
	engine->exits_swept = now;
	engine->exits_pending = !list_empty(&engine->processes.exited);
	for (link = engine->recent.next; link != &engine->recent; link = next) {
		struct connection *connection = LIST_ITEM(link, struct connection, recent);

		next = link->next;
		if (orphaned(engine, connection, now, &exited))
			connection_end(connection, exited);
	}
}

static void deliver_until(struct engine *engine, uint64_t now)
{
	const struct exchange *first;

	while ((first = hold_first(&engine->hold)) && passed(now, first->end, HOLD_NS))
		deliver_exchange(engine, hold_take(&engine->hold));
}

void engine_advance(struct engine *engine, uint64_t now)
{
	expire_waiting(engine, now);
	expire_ending(engine, now);
	expire_requests(engine, now);
	sweep_exits(engine, now);
	deliver_until(engine, now);
	link_expire(engine, now);
	threads_expire(&engine->threads, now);
	process_table_expire(&engine->processes, now);
	if (now > engine->advanced)
		engine->advanced = now;
}

void engine_note_loss(struct engine *engine, uint64_t time)
{
	loss_windows_add(&engine->lost, engine->advanced, time > engine->time ? time : engine->time);
}

static void count_open(struct engine *engine, const struct connection *connection)
{
	for (const struct list *link = connection->requests.next; link != &connection->requests; link = link->next)
		if (!LIST_ITEM(link, struct exchange, queued)->timed_out)
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
