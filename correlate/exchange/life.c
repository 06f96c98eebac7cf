// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/life.h"

#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/ignore.h"
#include "correlate/limits.h"
#include "correlate/link/link.h"
#include "correlate/protocol/protocol.h"

struct exchange *connection_begin_exchange(struct connection *connection, const struct moment *moment,
					   uint64_t position)
{
	struct exchange *exchange = exchange_new(&connection->engine->pool, connection->protocol);
	bool server = connection->request_direction == RECORD_RECEIVE;

	if (!exchange)
		return NULL;
	exchange->kind = server ? SPAN_KIND_SERVER : SPAN_KIND_CLIENT;
	exchange->connection = connection;
	exchange->cookie = connection->endpoints.cookie;
	exchange->peer_cookie = connection->peer_cookie;
	exchange->endpoints = connection->endpoints;
	exchange->own_positions = connection->own_positions;
	exchange->tgid = moment->tgid;
	exchange->tid = moment->tid;
	exchange->request_at = position;
	exchange->response_at = moment->other_position;
	exchange->start = server ? moment->time : moment->begin;
	exchange->began_before = !server && moment->begin == moment->time;
	exchange->waits = server && moment->waits;
	link_begin(connection->engine, exchange);
	return exchange;
}

static void note_serving(struct process *process, const struct exchange *exchange)
{
	if (exchange->kind != SPAN_KIND_SERVER)
		return;
	if (!process->serving_tid)
		process->serving_tid = exchange->tid;
	process->several_serve |= process->serving_tid != exchange->tid;
}

int connection_open_exchange(struct connection *connection, struct exchange *exchange)
{
	struct engine *engine = connection->engine;
	struct process *process = process_table_get(&engine->processes, exchange->tgid);

	if (!process)
		return -ENOMEM;
	exchange->resource = resource_ref(process->resource);
	note_serving(process, exchange);
	exchange->state = EXCHANGE_OPEN;
	list_add(&connection->requests, &exchange_ref(exchange)->queued);
	connection->request_count++;
	list_add(&engine->open, &exchange->open);
	link_open(engine, exchange);
	return 0;
}

/* Out of `requests`; its reference is the caller's now. */
static void take(struct connection *connection, struct exchange *exchange)
{
	list_remove(&exchange->queued);
	list_remove(&exchange->open);
	connection->request_count--;
	exchange->peer_cookie = connection->peer_cookie;
	exchange->connection = NULL;
}

void connection_finish_exchange(struct connection *connection, struct exchange *exchange, uint64_t end)
{
	take(connection, exchange);
	link_close(exchange);
	if (exchange->claimed && !exchange->ignored) {
		/* Whoever claimed it delivers it once it is proven. */
		exchange->end = end;
		exchange->state = EXCHANGE_DONE;
	} else if (!exchange->timed_out) {
		deliver_finished(connection->engine, exchange, end);
	}
	exchange_unref(&connection->engine->pool, exchange);
}

void connection_detach_exchange(struct connection *connection, struct exchange *exchange)
{
	take(connection, exchange);
	link_close(exchange);
}

/* Whoever closes the socket and exits then has closed it; an exit closes it only after it was told. */
static bool ended_by_exit(const struct connection *connection, const struct process *process)
{
	uint64_t closed_at = connection->directions[RECORD_SEND].fin_at;

	if (!process || !process->exited || connection->shared)
		return false;
	if (!connection->gone_at || process->exited <= connection->gone_at)
		return !(closed_at && closed_at < process->exited);
	return connection->held && !connection->reset && !connection->error;
}

static bool reset_by_peer(const struct connection *connection)
{
	return connection->error == ECONNRESET || connection->error == EPIPE;
}

/*
 * A client that has the final response's head and leaves has what it wanted (haproxy's health checks do so), or has
 * changed its mind: that fails nobody's exchange. Its own end shows it by closing without an error or the peer's FIN.
 */
static bool client_left(const struct connection *connection, const struct exchange *exchange)
{
	bool finished = connection->directions[RECORD_RECEIVE].fin_at && !connection_has_unread(connection);

	if (!exchange->final_seen)
		return false;
	if (exchange->kind == SPAN_KIND_SERVER)
		return reset_by_peer(connection);
	return !connection->error && !finished && (connection->reset || connection->directions[RECORD_SEND].fin_at);
}

static struct slice error_type(const struct connection *connection)
{
	if (connection->error == ETIMEDOUT)
		return SLICE_LITERAL("connection_timeout");
	if (connection->reset || reset_by_peer(connection))
		return SLICE_LITERAL("connection_reset");
	return SLICE_LITERAL("connection_closed");
}

static void note_failure(const struct connection *connection, const struct process *process, struct exchange *exchange)
{
	if (ended_by_exit(connection, process))
		exchange->outcome.error_type = SLICE_LITERAL("process_exit");
	else if (client_left(connection, exchange))
		exchange->abandoned = true;
	else
		exchange->outcome.error_type = error_type(connection);
}

void connection_fail_exchange(struct connection *connection, struct exchange *exchange, uint64_t time)
{
	const struct process *process = process_table_find(&connection->engine->processes, exchange->tgid);

	if (!exchange->timed_out)
		note_failure(connection, process, exchange);
	if (process && process->exited && process->exited < time)
		time = process->exited;
	connection_finish_exchange(connection, exchange, time);
}

void connection_time_out_exchange(struct connection *connection, struct exchange *exchange, uint64_t time)
{
	if (exchange->claimed) {
		connection->protocol->doubt(connection);
		return;
	}
	exchange->timed_out = true;
	exchange->outcome.error_type = SLICE_LITERAL("timeout");
	list_remove(&exchange->open);
	thread_lose_sight(exchange, time);
	deliver_finished(connection->engine, exchange, time);
}

void connection_drop_exchange(struct connection *connection, struct exchange *exchange, enum loss loss)
{
	struct engine *engine = connection->engine;

	take(connection, exchange);
	pairing_remove(exchange);
	if (exchange->ignored) {
		ignore_end(engine, exchange);
	} else if (!exchange->timed_out) {
		loss_add(&engine->losses, loss);
		engine_explain(engine, EXPLAIN_REQUEST_UNPAIRED, exchange->cookie, exchange->tgid, NULL);
		exchange->state = EXCHANGE_DROPPED;
	}
	if (exchange->thread) {
		thread_lose_sight(exchange, engine->time);
		if (!exchange->timed_out)
			exchange_forget_text(&engine->pool, exchange);
		list_add(&connection->ghosts, &exchange->queued);
	} else {
		exchange_unref(&engine->pool, exchange);
	}
}

void connection_withdraw_exchange(struct connection *connection, struct exchange *exchange)
{
	if (exchange->state == EXCHANGE_OPEN) {
		take(connection, exchange);
		pairing_remove(exchange);
		thread_leave(exchange);
		exchange_unref(&connection->engine->pool, exchange);
	}
	exchange->state = EXCHANGE_DROPPED;
}

/* The ghost that this connection has left on that thread; forgets those whose time is over. */
static struct exchange *find_ghost(struct connection *connection, uint32_t tgid, uint32_t tid)
{
	struct list *link, *next;

	for (link = connection->ghosts.next; link != &connection->ghosts; link = next) {
		struct exchange *ghost = LIST_ITEM(link, struct exchange, queued);

		next = link->next;
		if (ghost->thread && ghost->tgid == tgid && ghost->tid == tid)
			return ghost;
		if (ghost->thread)
			continue;
		list_remove(&ghost->queued);
		exchange_unref(&connection->engine->pool, ghost);
	}
	return NULL;
}

void connection_lose_request(struct connection *connection, struct exchange *exchange)
{
	struct engine *engine = connection->engine;
	struct exchange *ghost;

	exchange->state = EXCHANGE_DROPPED;
	if (exchange->kind != SPAN_KIND_SERVER)
		return;
	ghost = find_ghost(connection, exchange->tgid, exchange->tid);
	if (ghost) {
		ghost->lost_sight_at = engine->time;
		return;
	}
	if (thread_serve(&engine->threads, exchange, engine->time) < 0) {
		loss_add(&engine->losses, LOSS_THREAD_LIMIT);
		return;
	}
	thread_lose_sight(exchange, engine->time);
	if (engine->pool.memory >= GHOST_MEMORY(engine->options.max_memory)) {
		thread_forget(exchange, engine->time);
		return;
	}
	exchange->connection = NULL;
	list_add(&connection->ghosts, &exchange_ref(exchange)->queued);
}

void connection_miss_request(struct connection *connection, const struct record_data *record)
{
	struct moment moment = {
		.other_position = record->other_position,
		.begin = record->header.time,
		.time = record->header.time,
		.tgid = record->header.tgid,
		.tid = record->header.tid,
		.waits = !(record->header.flags & RECORD_DATA_NONBLOCKING),
	};
	struct exchange *exchange;

	if (connection->request_direction != RECORD_RECEIVE)
		return;
	exchange = connection_begin_exchange(connection, &moment, record->position);
	if (exchange)
		connection_lose_request(connection, exchange);
	exchange_unref(&connection->engine->pool, exchange);
}

void connection_lay_ghosts(struct connection *connection)
{
	while (!list_empty(&connection->ghosts)) {
		struct exchange *ghost = LIST_ITEM(connection->ghosts.next, struct exchange, queued);

		list_remove(&ghost->queued);
		thread_leave(ghost);
		exchange_unref(&connection->engine->pool, ghost);
	}
}

static void forget_all(struct engine *engine, struct list *exchanges, bool evicted)
{
	while (!list_empty(exchanges)) {
		struct exchange *exchange = LIST_ITEM(exchanges->next, struct exchange, queued);

		list_remove(&exchange->queued);
		list_remove(&exchange->open);
		if (exchange->ignored) {
			ignore_end(engine, exchange);
		} else if (exchange->state == EXCHANGE_OPEN) {
			exchange->state = EXCHANGE_DROPPED;
			if (evicted)
				loss_add(&engine->losses, LOSS_REQUEST_UNPAIRED);
			pairing_remove(exchange);
		}
		if (evicted)
			thread_forget(exchange, engine->time);
		else
			thread_leave(exchange);
		exchange->connection = NULL;
		exchange_unref(&engine->pool, exchange);
	}
}

void connection_forget_exchanges(struct connection *connection, bool evicted)
{
	forget_all(connection->engine, &connection->requests, evicted);
	forget_all(connection->engine, &connection->ghosts, evicted);
	connection->request_count = 0;
}
