// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/call.h"

#include <stdio.h>

#include "correlate/span/attributes.h"

void redis_call_ask(struct redis_call *call, const struct redis_command *command, const struct redis_session *session,
		    bool alone)
{
	call->arguments = command->arguments;
	call->database = alone ? session->database : -1;
	call->system = session->system;
}

void redis_call_answer(struct redis_call *call, const struct redis_reply *reply, int32_t database,
		       const struct redis_session *session)
{
	bool transaction = call->wait.row && call->wait.row->rule == REDIS_RULE_EXEC;

	/* What was asked before has been answered: in which database this was, is known now, if ever. */
	call->database = database;
	call->system = session->system;
	call->failed = reply->error || (transaction && reply->item_error);
	if (call->failed)
		call->prefix = reply->prefix;
}

static struct slice query_text(const struct redis_call *call, struct text *text)
{
	const struct redis_command command = { .row = call->wait.row, .arguments = call->arguments };
	char plain[REDIS_QUERY_MAX];

	if (call->query.length)
		return call->query;
	text_begin(text);
	text_append(text, slice_of(plain, redis_command_text(&command, plain)));
	return text_end(text);
}

static struct slice namespace_text(const struct redis_call *call, struct text *text)
{
	char number[16];

	if (call->database < 0)
		return slice_of(NULL, 0);
	snprintf(number, sizeof(number), "%d", call->database);
	text_begin(text);
	text_append(text, slice_of_string(number));
	return text_end(text);
}

static void add_sizes(struct span *span, const struct outcome *outcome)
{
	if (outcome->request_complete)
		span_add_integer(span, "wirespan.request.size", (int64_t)outcome->request_size);
	if (outcome->response_complete)
		span_add_integer(span, "wirespan.response.size", (int64_t)outcome->response_size);
}

void redis_call_fill(const struct redis_call *call, const struct outcome *outcome, enum span_kind kind,
		     const struct db_span_context *context, struct span *span, struct text *text)
{
	static const struct db_system systems[] = {
		[REDIS_SYSTEM_UNTOLD] = { SLICE_LITERAL("redis"), 6379, true },
		[REDIS_SYSTEM_REDIS] = { SLICE_LITERAL("redis"), 6379, true },
		[REDIS_SYSTEM_VALKEY] = { SLICE_LITERAL("valkey"), 6379, true },
	};
	const struct db_call db = {
		.system = &systems[call->system],
		.namespace = namespace_text(call, text),
		.operation = call->wait.row ? call->wait.row->name : SLICE_LITERAL("_OTHER"),
		.query_text = query_text(call, text),
		.batch_size = call->batch,
		.status_code = slice_of(call->prefix.text, call->prefix.length),
		.failed = call->failed,
		.error_type = outcome->error_type,
	};

	db_span_fill(&db, kind, context, span, text);
	add_sizes(span, outcome);
}
