/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine's parts share. */
#ifndef WIRESPAN_CORRELATE_ENGINE_STATE_H
#define WIRESPAN_CORRELATE_ENGINE_STATE_H

#include "correlate/connection/quiet.h"
#include "correlate/connection/unread.h"
#include "correlate/engine_options.h"
#include "correlate/exchange/exchange.h"
#include "correlate/exchange/hold.h"
#include "correlate/http/route/table.h"
#include "correlate/link/ids.h"
#include "correlate/link/loss_window.h"
#include "correlate/link/pairing.h"
#include "correlate/link/thread.h"
#include "correlate/process/table.h"
#include "correlate/protocol/in_order/pipeliners.h"
#include "correlate/span/text.h"

struct engine {
	struct engine_options options; /* defaults filled in */
	const struct protocol *const *protocols; /* by enum recognised (protocol/table.h) */
	struct losses losses;
	struct engine_ignored ignored;
	struct unread unread;
	struct ids ids;
	struct process_table processes;
	struct threads threads;
	struct pairing pairing;
	struct hold hold;
	struct quiet quiet;
	struct pipeliners pipeliners;
	struct exchange_pool pool;
	struct route_table *routes;  /* NULL: not asked for */
	struct hashmap *connections; /* by cookie */
	struct list recent;  /* all connections, the longest silent first */
	struct list waiting; /* connections with held records, roughly the longest waiting first */
	struct list ending;  /* connections that linger, in order of their end */
	struct list open;    /* exchanges, roughly by start */
	size_t memory;       /* of readers and held records */
	struct list holding; /* connections with such memory, the longest silent first */
	uint64_t time;       /* the latest of all records */
	uint64_t advanced;   /* engine_advance's last */
	uint64_t exits_swept; /* when the connections of exited processes were looked for */
	struct loss_windows lost;
	int64_t mono_to_wall;
	bool exits_pending;
	bool instrumented_pending; /* connections of such processes are to be given up */
	char text[SPAN_TEXT_MAX];
};

/* Explains, if anybody asks: the reason and whom it is about are the caller's, the rest is filled in. */
void engine_tell(const struct engine *engine, struct explanation explanation);
/* The same of a connection, or a span of it. `span_id` may be NULL. */
void engine_explain(const struct engine *engine, enum explain_reason reason, uint64_t cookie, uint32_t pid,
		    const uint8_t *span_id);

#endif
