/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a connection was given up, a request dropped, a span left without parent or a variable left out: for who
 * asks (--verbose).
 */
#ifndef WIRESPAN_CORRELATE_EXPLAIN_H
#define WIRESPAN_CORRELATE_EXPLAIN_H

#include <stdint.h>

#include "base/slice.h"

struct unread_row;

enum explain_reason {
	EXPLAIN_NOTHING,
	/* A connection, or one direction of it, is not read until a head is proven. */
	EXPLAIN_STREAM_GAP,
	EXPLAIN_HEAD_TRUNCATED,
	EXPLAIN_HEAD_UNPARSABLE,
	EXPLAIN_FRAMING,
	EXPLAIN_MEMORY,
	EXPLAIN_RESPONSE_UNPAIRED,
	EXPLAIN_UNSOLICITED,
	EXPLAIN_JOINED_LATE,
	/* A connection is forgotten. */
	EXPLAIN_CONNECTION_LIMIT,
	EXPLAIN_TUNNEL,
	EXPLAIN_NOT_REDIS,
	EXPLAIN_UNREAD,
	/* A request will be no span. */
	EXPLAIN_REQUEST_UNPAIRED,
	EXPLAIN_REQUEST_MEMORY,
	EXPLAIN_PIPELINE_LIMIT,
	EXPLAIN_REQUEST_INCOMPLETE,
	/* A span has no parent. */
	EXPLAIN_NO_CONTEXT,
	EXPLAIN_NO_SENDER,
	EXPLAIN_NO_REQUEST,
	EXPLAIN_PARENT_AMBIGUOUS,
	EXPLAIN_PARENT_ELSEWHERE,
	EXPLAIN_PARENT_UNREAD,
	EXPLAIN_PARENT_PROTOCOL,
	EXPLAIN_PARENT_THREADS,
	EXPLAIN_PARENT_LOOP,
	EXPLAIN_PARENT_OLDER,
	EXPLAIN_PARENT_LOSS,
	EXPLAIN_PARENT_GONE,
	EXPLAIN_PARENT_UNPROVEN,
	EXPLAIN_PARENT_IGNORED,
	EXPLAIN_REQUEST_LOST,
	/* A process's variable is left out. */
	EXPLAIN_SERVICE_NAME,
	EXPLAIN_RESOURCE_ATTRIBUTES,
	EXPLAIN_COUNT,
};

struct explanation {
	enum explain_reason reason;
	const char *text;     /* explain_text(reason) */
	uint64_t wall;        /* ns since the epoch: of the latest record; 0 unknown */
	struct slice service; /* of the process; empty where unknown */
	uint64_t cookie;  /* of the connection; 0 where it is not about one */
	uint32_t pid;     /* of the process whose end of it this is; 0 unknown */
	const uint8_t *span_id; /* 8 bytes; NULL where it is not about a span */
	const struct unread_row *unread; /* EXPLAIN_UNREAD: what is alike; else NULL */
};

/* `explanation` dies with the call, which must not call the engine. */
struct explain_sink {
	void (*accept)(void *context, const struct explanation *explanation);
	void *context;
};

/* One sentence, without full stop; static. */
const char *explain_text(enum explain_reason reason);
/* The value of wirespan.link.missing where it leaves a client span without parent; else empty. Static. */
struct slice explain_missing(enum explain_reason reason);

#endif
