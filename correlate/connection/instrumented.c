// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/instrumented.h"

#include "correlate/connection/connection.h"
#include "correlate/connection/conversation.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/ignore.h"
#include "correlate/exchange/life.h"

static bool is_instrumented(const struct engine *engine, uint32_t pid)
{
	const struct process *process = process_table_find(&engine->processes, pid);

	return process && process->instrumented;
}

static void mark_requests(const struct engine *engine, struct connection *connection)
{
	for (struct list *link = connection->requests.next; link != &connection->requests; link = link->next) {
		struct exchange *exchange = LIST_ITEM(link, struct exchange, queued);

		if (!exchange->ignored && !exchange->timed_out && is_instrumented(engine, exchange->tgid))
			ignore_exchange(exchange, EXCHANGE_INSTRUMENTED);
	}
}

static void give_up(struct connection *connection)
{
	connection->done = true;
	connection_forget_exchanges(connection, false);
	conversation_end(connection);
}

void instrumented_give_up(struct engine *engine)
{
	if (!engine->instrumented_pending)
		return;
	engine->instrumented_pending = false;
	for (struct list *link = engine->recent.next; link != &engine->recent; link = link->next) {
		struct connection *connection = LIST_ITEM(link, struct connection, recent);

		if (connection->done)
			continue;
		mark_requests(engine, connection);
		if (!connection->shared && is_instrumented(engine, connection->owner))
			give_up(connection);
	}
}
