/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one direction of a Redis connection as a sequence of values (RESP2,
 * RESP3: redis.io, "Redis serialization protocol specification"), from bytes and
 * holes (bytes that passed but were not copied), a byte or a megabyte at a time.
 * Keeps no value, only where it is in one: no allocation, no clock. Proves where
 * each value ends when that happens. The streamed types that RESP3 drafted and no
 * server sends ('$?', '*?', ';', '.') are unparsable.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_RESP_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_RESP_H

#include "base/slice.h"
#include "correlate/protocol/redis/inline.h"

#define RESP_TEXT_MAX 64           /* bytes told of a text: all that the kernel copies of a bulk */
#define RESP_LINE_MAX 65536        /* longest line, as Redis takes inline commands (PROTO_INLINE_MAX_SIZE) */
#define RESP_BULK_MAX (512u << 20) /* Redis' proto-max-bulk-len, unless raised */
#define RESP_DEPTH_MAX 16          /* nested aggregates; hiredis follows 9 */
#define RESP_ITEMS_TOLD 64         /* of an aggregate's items the first; of errors all */

enum resp_side {
	RESP_COMMANDS, /* arrays of bulk strings, inline commands */
	RESP_REPLIES,  /* any value */
};

enum resp_lost {
	RESP_LOST_HOLE,       /* outside of a bulk's data */
	RESP_LOST_UNPARSABLE, /* no RESP, or past a maximum */
};

/*
 * A scalar, or the beginning of an aggregate. Only values themselves and their
 * direct items are told, in order; nothing of attributes ('|') is.
 */
struct resp_item {
	char type;         /* its first byte; '$' for an inline command's arguments */
	bool null;         /* '_', '$-1', '*-1' */
	uint8_t depth;     /* 0: the value itself; 1: an item of it */
	uint64_t index;    /* at depth 1: among its siblings */
	int64_t number;    /* ':' its value; '#' 0 or 1; aggregates: how many items they have (maps: two a pair) */
	struct slice text; /* of all others: the first RESP_TEXT_MAX bytes */
	uint64_t length;   /* of the text in full; less is known only where a hole begins sooner */
};

/*
 * All callbacks are set. They must not touch the reader; only `end` may call resp_reader_stop(). Views die with the
 * call. Positions are stream positions.
 */
struct resp_events {
	/* A value's first byte is at `position`; of one with attributes, that of the first attribute. */
	void (*begin)(void *context, uint64_t position);
	void (*item)(void *context, const struct resp_item *item);
	/* The value ended before `position`. A command may turn out to have no arguments: Redis ignores it. */
	void (*end)(void *context, uint64_t position);
	/* The value under way (if any) can't be followed further. The reader now waits for resp_reader_resync. */
	void (*lost)(void *context, enum resp_lost reason);
};

struct resp_reader {
	const struct resp_events *events;
	void *context;
	uint64_t length; /* of the line, bulk or argument so far or in full */
	uint64_t left;   /* of a bulk's data */
	uint64_t line;   /* inline: bytes so far */
	uint64_t index;  /* at depth 1 */
	uint64_t remaining[RESP_DEPTH_MAX]; /* items to come of the open aggregates */
	uint32_t attributes;                /* bit: the aggregate of that depth is an attribute */
	uint8_t side, state, depth;
	uint8_t kept_length;
	char type;
	bool told;
	union {
		char kept[RESP_TEXT_MAX];
		struct redis_inline inlined;
	};
};

/* `events` and `context` must outlive it. The next byte begins a value. */
void resp_reader_init(struct resp_reader *reader, enum resp_side side, const struct resp_events *events, void *context);

/* The next bytes of the stream, which begin at `position` (contiguous with what came before). */
void resp_reader_bytes(struct resp_reader *reader, uint64_t position, struct slice bytes);
/* `length` bytes passed but are not known. A loss, unless resp_reader_can_skip(). */
void resp_reader_hole(struct resp_reader *reader, uint64_t length);
/* Whether `length` further bytes are all data of a bulk. */
bool resp_reader_can_skip(const struct resp_reader *reader, uint64_t length);
/* Forget the state: the next byte begins a value. */
void resp_reader_resync(struct resp_reader *reader);
/* Nothing is read any more, without another event: until resp_reader_resync. */
void resp_reader_stop(struct resp_reader *reader);

/* True between values: the next byte, if any, begins one. */
bool resp_reader_idle(const struct resp_reader *reader);
/* True after `lost` or resp_reader_stop: input is ignored. */
bool resp_reader_is_lost(const struct resp_reader *reader);

#endif
