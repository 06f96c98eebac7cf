// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/ignore.h"

#include "correlate/connection/connection.h"
#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/http/telemetry.h"
#include "correlate/http/url.h"
#include "correlate/protocol/http1/messages.h"

static void tell(const struct engine *engine, const struct exchange *exchange)
{
	const struct instrumented_sink *sink = &engine->options.instrumented;
	struct instrumented_process told = {
		.pid = exchange->tgid,
		.reason = INSTRUMENTED_SEEN,
		.service = exchange->resource->service_name,
		.destination = http_authority_split(exchange->http.host).host_port,
	};

	if (sink->accept)
		sink->accept(sink->context, &told);
}

/* What an exchange with a back end says of the process at this end. */
static void judge_process(struct engine *engine, const struct exchange *exchange, struct process *process,
			  enum telemetry telemetry)
{
	if (exchange->kind == SPAN_KIND_SERVER) {
		process->relays_spans |= telemetry != TELEMETRY_OTHER;
		return;
	}
	if (telemetry != TELEMETRY_OTLP_SPANS || process->relays_spans || process->instrumented ||
	    engine->options.include_instrumented)
		return;
	process->instrumented = true;
	/* What it has done so far it may have exported as well. */
	process->resource->exports_spans = true;
	engine->losses.count[LOSS_EXPORTED_TWICE] += process->resource->span_count;
	engine->instrumented_pending = true;
	tell(engine, exchange);
}

static void ignore(struct exchange *exchange, enum exchange_ignored ignored)
{
	exchange->ignored = ignored;
	thread_leave_out(exchange);
}

void ignore_request(struct engine *engine, struct exchange *exchange, const struct http_head *head)
{
	struct process *process = process_table_find(&engine->processes, exchange->tgid);
	enum telemetry telemetry = telemetry_recognise(head);

	if (telemetry != TELEMETRY_NONE && process)
		judge_process(engine, exchange, process, telemetry);
	if (telemetry != TELEMETRY_NONE && !engine->options.include_telemetry)
		ignore(exchange, EXCHANGE_TELEMETRY);
	else if (process && process->instrumented)
		ignore(exchange, EXCHANGE_INSTRUMENTED);
}

void ignore_ping(const struct engine *engine, struct exchange *exchange)
{
	if (engine->options.ignore_db_pings && !exchange->ignored)
		ignore(exchange, EXCHANGE_PING);
}

void ignore_end(struct engine *engine, struct exchange *exchange)
{
	if (exchange->state == EXCHANGE_DROPPED)
		return;
	switch (exchange->ignored) {
	case EXCHANGE_TELEMETRY:
		engine->ignored.telemetry++;
		break;
	case EXCHANGE_PING:
		engine->ignored.db_pings++;
		break;
	default:
		engine->ignored.instrumented++;
	}
	exchange->state = EXCHANGE_DROPPED;
	pairing_remove(exchange);
}

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
			ignore(exchange, EXCHANGE_INSTRUMENTED);
	}
}

static void give_up(struct connection *connection)
{
	connection->tunnel = true;
	messages_forget(connection);
	connection_forget_exchanges(connection, false);
}

void ignore_instrumented(struct engine *engine)
{
	if (!engine->instrumented_pending)
		return;
	engine->instrumented_pending = false;
	for (struct list *link = engine->recent.next; link != &engine->recent; link = link->next) {
		struct connection *connection = LIST_ITEM(link, struct connection, recent);

		if (connection->tunnel)
			continue;
		mark_requests(engine, connection);
		if (!connection->shared && is_instrumented(engine, connection->owner))
			give_up(connection);
	}
}
