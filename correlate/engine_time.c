// SPDX-License-Identifier: Apache-2.0
/* What the passing of time does to the engine. */
#include "correlate/connection/instrumented.h"
#include "correlate/connection/table.h"
#include "correlate/engine.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/deliver.h"
#include "correlate/exchange/life.h"
#include "correlate/limits.h"
#include "correlate/link/link.h"

#define CACHE_LINE 64
#define PART_FETCHED 512 /* of what hangs on an exchange; to ask how large that is would be to wait for it */

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

/* What was held is out of the cache by now: it comes back while the one before it is delivered. */
static void prefetch(const struct exchange *exchange)
{
	for (size_t at = 0; exchange && at < sizeof(*exchange) + PART_FETCHED; at += CACHE_LINE)
		__builtin_prefetch((const char *)exchange + at);
}

static void deliver_until(struct engine *engine, uint64_t now)
{
	while (hold_first(&engine->hold) && passed(now, engine->hold.heap[0].from, HOLD_NS)) {
		struct exchange *exchange = hold_take(&engine->hold);

		prefetch(hold_first(&engine->hold));
		deliver_exchange(engine, exchange);
	}
}

void engine_advance(struct engine *engine, uint64_t now)
{
	instrumented_give_up(engine);
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
