/* SPDX-License-Identifier: Apache-2.0 */
/* Why a client exchange has no parent whose own thread served nothing, and whether that is a loss. */
#ifndef WIRESPAN_CORRELATE_LINK_MISSING_H
#define WIRESPAN_CORRELATE_LINK_MISSING_H

#include <stdbool.h>

#include "correlate/exchange/exchange.h"
#include "correlate/explain.h"

struct engine;
struct process;

/* A client's request begins: what its process is at. */
void missing_note(const struct engine *engine, struct exchange *client);

/* `process` is the client's, NULL where unknown. EXPLAIN_NO_CONTEXT: it serves nothing, for all that is known. */
enum explain_reason missing_explain(const struct engine *engine, const struct exchange *client,
				    const struct process *process);

/*
 * Whether its process had a request open when it began, as far as is known. That there was none is no loss,
 * nor that it was left out on purpose; and what was lost with a request is counted already.
 */
bool missing_is_loss(const struct exchange *client, enum explain_reason reason);

/* Whether requests older than the agent may be under way in the process, until their connections are heard of. */
bool missing_has_older_requests(const struct process *process, const struct exchange *client);

#endif
