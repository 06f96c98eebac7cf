/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a command and its answer between them and their span. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_CALL_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_CALL_H

#include "correlate/db/span.h"
#include "correlate/exchange/outcome.h"
#include "correlate/protocol/redis/session.h"

struct redis_call {
	struct redis_wait wait;
	uint64_t asked_at;     /* when its last byte moved; of those only that are perhaps not answered */
	uint32_t arguments;    /* of redis_command */
	uint32_t batch;        /* commands of the pipeline that it was sent in, in one go; 0: none, or not certain */
	int32_t database;      /* -1: unknown */
	uint8_t system;        /* enum redis_system */
	bool failed;           /* answered by an error, or, a transaction, by one among its answers */
	struct redis_prefix prefix;
	struct slice query; /* with keys, the owner's; empty: without */
};

/* Takes over what the command says, but for its text with keys. `alone`: all that was asked before is answered. */
void redis_call_ask(struct redis_call *call, const struct redis_command *command, const struct redis_session *session,
		    bool alone);
/* Takes over what its answer says; `database` was selected before. */
void redis_call_answer(struct redis_call *call, const struct redis_reply *reply, int32_t database,
		       const struct redis_session *session);

/*
 * Sets name, kind, status and error_type and appends attributes, as db_span_fill(). `text` has room for REDIS_QUERY_MAX
 * bytes more than that needs.
 */
void redis_call_fill(const struct redis_call *call, const struct outcome *outcome, enum span_kind kind,
		     const struct db_span_context *context, struct span *span, struct text *text);

#endif
