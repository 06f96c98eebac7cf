// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/ignore.h"

#include "correlate/engine_state.h"

static void tell(const struct engine *engine, const struct exchange *exchange, struct slice destination)
{
	const struct instrumented_sink *sink = &engine->options.instrumented;
	struct instrumented_process told = {
		.pid = exchange->tgid,
		.reason = INSTRUMENTED_SEEN,
		.service = exchange->resource->service_name,
		.destination = destination,
	};

	if (sink->accept)
		sink->accept(sink->context, &told);
}

/* What an exchange with a back end says of the process at this end. */
static void judge_process(struct engine *engine, const struct exchange *exchange, struct process *process,
			  enum telemetry telemetry, struct slice destination)
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
	tell(engine, exchange, destination);
}

void ignore_exchange(struct exchange *exchange, enum exchange_ignored ignored)
{
	exchange->ignored = ignored;
	thread_leave_out(exchange);
}

void ignore_request(struct engine *engine, struct exchange *exchange, enum telemetry telemetry, struct slice destination)
{
	struct process *process = process_table_find(&engine->processes, exchange->tgid);

	if (telemetry != TELEMETRY_NONE && process)
		judge_process(engine, exchange, process, telemetry, destination);
	if (telemetry != TELEMETRY_NONE && !engine->options.include_telemetry)
		ignore_exchange(exchange, EXCHANGE_TELEMETRY);
	else if (process && process->instrumented)
		ignore_exchange(exchange, EXCHANGE_INSTRUMENTED);
}

void ignore_ping(const struct engine *engine, struct exchange *exchange)
{
	if (engine->options.ignore_db_pings && !exchange->ignored)
		ignore_exchange(exchange, EXCHANGE_PING);
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
