// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/missing.h"

#include "correlate/engine_state.h"
#include "correlate/limits.h"

void missing_note(const struct engine *engine, struct exchange *exchange)
{
	const struct serving *serving = threads_serving(&engine->threads, exchange->tgid);
	const struct process *process = NULL;

	if (hashmap_count(engine->unread.requests))
		process = process_table_find(&engine->processes, exchange->tgid);
	exchange->served_unread = process && process->unread_requests;
	if (!serving)
		return;
	/* The last one is the most likely to be open still, and the first one where the last is a short one. */
	if (!list_empty(&serving->open)) {
		exchange->elsewhere[0] = exchange_ref(LIST_ITEM(serving->open.previous, struct exchange, opened));
		exchange->elsewhere[1] = exchange_ref(LIST_ITEM(serving->open.next, struct exchange, opened));
	}
	exchange->lost_elsewhere = serving->lost_sight_at && exchange->start < serving->lost_sight_at + GHOST_NS;
}

bool missing_has_older_requests(const struct process *process, const struct exchange *client)
{
	return process->unheard &&
	       (client->start < process->unheard_at || client->start - process->unheard_at < THREAD_DISTRUST_NS);
}

/*
 * Whether the server's request was open when the client's began. A response's record is made when its send
 * returns: who waited for it may have gone on before. The request before on the same connection caused none.
 */
static bool was_open(const struct exchange *server, const struct exchange *client)
{
	if (server->ignored || (server->peer_cookie && server->peer_cookie == client->cookie))
		return false;
	return server->state != EXCHANGE_DONE || server->timed_out ||
	       (server->end >= client->start && (!server->last_send_begin || server->last_send_begin >= client->start));
}

static bool served_elsewhere(const struct exchange *client)
{
	for (size_t i = 0; i < 2; i++)
		if (client->elsewhere[i] && was_open(client->elsewhere[i], client))
			return true;
	return false;
}

enum explain_reason missing_explain(const struct engine *engine, const struct exchange *client,
				    const struct process *process)
{
	uint64_t since = client->start > THREAD_DISTRUST_NS ? client->start - THREAD_DISTRUST_NS : 0;

	if (served_elsewhere(client))
		return process && process->shared_threads ? EXPLAIN_PARENT_THREADS : EXPLAIN_PARENT_ELSEWHERE;
	if (client->served_unread)
		return EXPLAIN_PARENT_UNREAD;
	if (!process)
		return EXPLAIN_NO_CONTEXT;
	if (missing_has_older_requests(process, client))
		return EXPLAIN_PARENT_OLDER;
	if (!process->serving_tid && !process->serves_unread)
		return EXPLAIN_NO_CONTEXT;
	if (client->lost_elsewhere || loss_windows_touch(&engine->lost, since, client->start, 0))
		return EXPLAIN_REQUEST_LOST;
	return process->serves_unread ? EXPLAIN_PARENT_PROTOCOL : EXPLAIN_NO_REQUEST;
}

bool missing_is_loss(const struct exchange *client, enum explain_reason reason)
{
	if (client->candidate || client->candidate_refused)
		return reason != EXPLAIN_PARENT_IGNORED;
	return client->served_unread || served_elsewhere(client);
}
