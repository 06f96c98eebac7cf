// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/link.h"

#include "correlate/connection/connection.h"
#include "correlate/engine_state.h"
#include "correlate/limits.h"
#include "correlate/link/missing.h"
#include "correlate/protocol/protocol.h"

#define FLAGS_SAMPLED_RANDOM 0x03u
#define FLAGS_W3C 0xffu
#define FLAGS_KNOWN (FLAGS_SAMPLED_RANDOM) /* the W3C flags that have a meaning */
#define FLAGS_HAS_IS_REMOTE 0x100u
#define FLAGS_IS_REMOTE 0x200u

void link_begin(struct engine *engine, struct exchange *exchange)
{
	struct exchange *parent;

	ids_draw_span(&engine->ids, exchange->span_id);
	if (exchange->kind != SPAN_KIND_CLIENT)
		return;
	parent = thread_context(&engine->threads, exchange->tgid, exchange->tid, exchange->start,
				&exchange->candidate_refused);
	if (!parent) {
		missing_note(engine, exchange);
		return;
	}
	exchange->candidate = exchange_ref(parent);
	exchange->candidate_multiplexes = parent->thread->multiplexes;
}

static void remember_peer(struct exchange *exchange, uint64_t cookie)
{
	exchange->peer_cookie = cookie;
	if (exchange->connection)
		exchange->connection->peer_cookie = cookie;
}

static void find_other_end(struct engine *engine, struct exchange *exchange)
{
	struct exchange *other = pairing_match(&engine->pairing, exchange);
	struct exchange *server = exchange->kind == SPAN_KIND_SERVER ? exchange : other;
	struct exchange *client = server == exchange ? other : exchange;

	if (!other)
		return;
	/* What was read had been sent. */
	if (client->began_before && server->start < client->start)
		client->start = server->start;
	remember_peer(exchange, other->cookie);
	remember_peer(other, exchange->cookie);
	if (!server->resolved) {
		server->client_end = exchange_ref(client);
		server->client_end->server_end = server;
	}
}

void link_open(struct engine *engine, struct exchange *exchange)
{
	if (!exchange->own_positions)
		find_other_end(engine, exchange);
	if (exchange->kind == SPAN_KIND_SERVER && thread_serve(&engine->threads, exchange, engine->time) < 0)
		loss_add(&engine->losses, LOSS_THREAD_LIMIT);
}

void link_close(struct exchange *exchange)
{
	thread_leave(exchange);
}

static bool same_context(const struct exchange *a, const struct exchange *b)
{
	return a->propagated.has_remote && b->propagated.has_remote &&
	       !memcmp(a->propagated.remote.trace_id, b->propagated.remote.trace_id, sizeof(a->propagated.remote.trace_id)) &&
	       !memcmp(a->propagated.remote.parent_id, b->propagated.remote.parent_id, sizeof(a->propagated.remote.parent_id));
}

/* A proxy sends what it received. */
static bool passes_on(const struct exchange *server, const struct exchange *client)
{
	bool (*asks_the_same)(const struct exchange *, const struct exchange *) = client->protocol->asks_the_same;

	return same_context(client, server) || (asks_the_same && asks_the_same == server->protocol->asks_the_same &&
						asks_the_same(server, client));
}

/*
 * Whether the thread does nothing for others while it serves. One that waits for its client's
 * bytes, or, where several threads serve, for the answer to its own call, would starve them.
 */
static bool thread_is_bound(const struct process *process, const struct exchange *client, bool multiplexes)
{
	const struct exchange *server = client->candidate;

	return server->waits || passes_on(server, client) ||
	       (client->waits && process && process->several_serve && !multiplexes);
}

static bool touched_by_loss(const struct engine *engine, const struct process *process, uint64_t from, uint64_t to,
			    uint64_t longer)
{
	return loss_windows_touch(&engine->lost, from, to, longer) ||
	       (process && loss_windows_touch(&process->lost, from, to, longer));
}

/* What forbids to take the request that its thread served for the client's cause; EXPLAIN_NOTHING: it is. */
static enum explain_reason doubt_thread_link(const struct engine *engine, const struct exchange *client)
{
	const struct exchange *server = client->candidate;
	const struct process *process = process_table_find(&engine->processes, client->tgid);
	bool multiplexes = client->candidate_multiplexes ||
			   thread_multiplexes(&engine->threads, client->tgid, client->tid);
	uint64_t longer = multiplexes ? THREAD_DISTRUST_NS : 0;

	if (client->candidate_refused)
		return EXPLAIN_PARENT_AMBIGUOUS;
	if (!server)
		return missing_explain(engine, client, process);
	if (server->ignored)
		return EXPLAIN_PARENT_IGNORED;
	if (process && process->shared_threads)
		return EXPLAIN_PARENT_THREADS;
	if (!thread_is_bound(process, client, multiplexes))
		return EXPLAIN_PARENT_LOOP;
	/* A thread that waits for its client works on nothing else. */
	if (process && !server->waits && missing_has_older_requests(process, client))
		return EXPLAIN_PARENT_OLDER;
	if (server->state == EXCHANGE_DROPPED || (server->state == EXCHANGE_DONE && server->end < client->start))
		return EXPLAIN_PARENT_GONE;
	if (server->claimed)
		return EXPLAIN_PARENT_UNPROVEN;
	if (touched_by_loss(engine, process, server->start, client->start, longer))
		return EXPLAIN_PARENT_LOSS;
	return EXPLAIN_NOTHING;
}

static void explain_root(const struct engine *engine, const struct exchange *exchange, enum explain_reason reason)
{
	engine_explain(engine, reason, exchange->cookie, exchange->tgid, exchange->span_id);
}

static void choose_client_parent(struct engine *engine, struct exchange *exchange)
{
	bool header = exchange->propagated.has_remote;
	enum explain_reason doubt = doubt_thread_link(engine, exchange);

	if (doubt == EXPLAIN_NOTHING && (!header || same_context(exchange, exchange->candidate))) {
		exchange->evidence = LINK_THREAD;
		exchange->parent = exchange->candidate;
		return;
	}
	if (header) {
		exchange->evidence = LINK_HEADER;
		return;
	}
	explain_root(engine, exchange, doubt);
	exchange->missing = doubt;
	if (missing_is_loss(exchange, doubt))
		loss_add(&engine->losses, LOSS_PARENT_UNKNOWN);
}

static void choose_parent(struct engine *engine, struct exchange *exchange)
{
	if (exchange->kind == SPAN_KIND_CLIENT) {
		choose_client_parent(engine, exchange);
	} else if (exchange->client_end && exchange->client_end->state != EXCHANGE_DROPPED &&
		   !exchange->client_end->ignored && !exchange->client_end->claimed) {
		exchange->evidence = LINK_CONNECTION;
		exchange->parent = exchange->client_end;
	} else if (exchange->propagated.has_remote) {
		exchange->evidence = LINK_HEADER;
	} else {
		explain_root(engine, exchange, exchange->client_end && exchange->client_end->ignored ? EXPLAIN_PARENT_IGNORED :
											       EXPLAIN_NO_SENDER);
	}
}

static void freeze(struct engine *engine, struct exchange *exchange)
{
	const struct exchange *parent = exchange->parent;
	const struct trace_context *remote = &exchange->propagated.remote;

	if (parent) {
		memcpy(exchange->trace_id, parent->trace_id, sizeof(exchange->trace_id));
		memcpy(exchange->parent_span_id, parent->span_id, sizeof(exchange->parent_span_id));
		exchange->flags = (parent->flags & FLAGS_W3C) | FLAGS_HAS_IS_REMOTE;
		if (exchange->evidence == LINK_CONNECTION)
			exchange->flags |= FLAGS_IS_REMOTE;
	} else if (exchange->evidence == LINK_HEADER) {
		memcpy(exchange->trace_id, remote->trace_id, sizeof(exchange->trace_id));
		memcpy(exchange->parent_span_id, remote->parent_id, sizeof(exchange->parent_span_id));
		exchange->flags = (remote->flags & FLAGS_KNOWN) | FLAGS_HAS_IS_REMOTE | FLAGS_IS_REMOTE;
	} else {
		ids_draw_trace(&engine->ids, exchange->trace_id);
		exchange->flags = FLAGS_SAMPLED_RANDOM;
	}
	exchange->trace_is_remote = parent ? parent->trace_is_remote : exchange->evidence == LINK_HEADER;
	exchange->mono_to_wall = parent ? parent->mono_to_wall : engine->mono_to_wall;
	exchange->resolved = true;
	exchange->parent = NULL;
	exchange_unref(&engine->pool, exchange->candidate);
	exchange->candidate = NULL;
	for (size_t i = 0; i < 2; i++) {
		exchange_unref(&engine->pool, exchange->elsewhere[i]);
		exchange->elsewhere[i] = NULL;
	}
}

void link_resolve(struct engine *engine, struct exchange *exchange)
{
	struct exchange *top = NULL;

	/* A parent began before its child, so this ends. */
	while (exchange && !exchange->resolved) {
		choose_parent(engine, exchange);
		exchange->resolving = top;
		top = exchange;
		exchange = exchange->parent;
	}
	while (top) {
		struct exchange *child = top->resolving;

		top->resolving = NULL;
		freeze(engine, top);
		top = child;
	}
}

void link_delivered(struct engine *engine, struct exchange *exchange)
{
	if (exchange->client_end)
		exchange->client_end->server_end = NULL;
	exchange_unref(&engine->pool, exchange->client_end);
	exchange->client_end = NULL;
	if (list_empty(&exchange->bucket))
		return;
	if (exchange->kind != SPAN_KIND_CLIENT) {
		pairing_remove(exchange);
		return;
	}
	/* One that has timed out may still be answered. */
	if (!exchange->connection)
		exchange_forget_text(&engine->pool, exchange);
	pairing_linger(&engine->pairing, exchange_ref(exchange), exchange->end + PAIRING_LINGER_NS);
}

void link_expire(struct engine *engine, uint64_t now)
{
	struct exchange *exchange;

	while ((exchange = pairing_expire(&engine->pairing, now)))
		exchange_unref(&engine->pool, exchange);
}
