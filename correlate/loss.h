/* SPDX-License-Identifier: Apache-2.0 */
/* Every loss between a record and a span has a name and a counter (design, decision 6). */
#ifndef WIRESPAN_CORRELATE_LOSS_H
#define WIRESPAN_CORRELATE_LOSS_H

#include <stdint.h>

enum loss {
	LOSS_RECORD_MALFORMED,
	LOSS_CONNECTION_LIMIT,       /* connection forgotten: max_connections */
	LOSS_MEMORY_LIMIT,           /* stream given up: max_memory, or out of memory */
	LOSS_STREAM_GAP,             /* records of a stream missing: one per gap */
	LOSS_STREAM_OVERLAP,         /* records of a stream that came too late or twice */
	LOSS_HEAD_TRUNCATED,         /* a head's bytes were not all copied */
	LOSS_HEAD_UNPARSABLE,        /* bytes where a head must begin are none */
	LOSS_FRAMING,                /* the end of a message could not be proven */
	LOSS_RESPONSE_UNPAIRED,      /* a response whose request was not seen */
	LOSS_REQUEST_UNPAIRED,       /* a request whose response was not seen though it was sent */
	LOSS_RESPONSE_LATE,          /* a response after its request had ended as timeout */
	LOSS_ATTACHED_LATE,          /* exchanges under way when the agent came */
	LOSS_PARENT_UNKNOWN,         /* a call without parent while its process had a request open */
	LOSS_PIPELINE_LIMIT,         /* too many requests of one connection unanswered */
	LOSS_OPEN_AT_EXIT,           /* requests still unanswered when the agent ended */
	LOSS_PROCESS_LIMIT,          /* a process forgotten while it lived: PROCESSES_MAX */
	LOSS_THREAD_LIMIT,           /* a thread's request not kept as a possible parent: THREADS_MAX */
	LOSS_ROUTE_LIMIT,            /* a span whose route is the catch-all: ROUTES_MAX */
	LOSS_EXPORTED_TWICE,         /* a span of a process that was seen later to export its own */
	LOSS_COUNT,
};

struct losses {
	uint64_t count[LOSS_COUNT];
};

/* Its name as shown to users ("stream_gap"). */
const char *loss_name(enum loss loss);

static inline void loss_add(struct losses *losses, enum loss loss)
{
	losses->count[loss]++;
}

#endif
