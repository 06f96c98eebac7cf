/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One socket: its two directions, who speaks as what, and the requests that
 * wait for an answer. Made with its first record, gone with its last state.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_CONNECTION_H
#define WIRESPAN_CORRELATE_CONNECTION_CONNECTION_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "bpf/record.h"
#include "correlate/connection/prefix.h"
#include "correlate/record/stream.h"

struct engine;
struct exchange;
struct protocol;

/* What a record says of the moment at which its bytes moved. */
struct moment {
	uint64_t position;
	uint64_t other_position;
	uint64_t begin;
	uint64_t time;
	uint32_t tgid, tid;
	bool waits; /* the call would have waited for bytes */
};

struct direction {
	uint64_t other_position;     /* as the last record said */
	uint64_t last_time;          /* of the last record in order */
	uint64_t end;                /* final position; 0 not known */
	uint64_t fin_at;             /* when it was closed; 0 not yet */
	bool began;                  /* a record was in order */
	bool gapped;                 /* something was lost since the last one */
	bool ended;                  /* closed, and all of it was in order; responses: their requests, too */
};

enum { REQUEST_DIRECTION_UNKNOWN = 2 };

#define CONVERSATION_ROOM 176 /* bytes of a conversation's state that need no allocation of their own */

struct connection {
	struct engine *engine;
	struct record_connection endpoints;
	uint64_t peer_cookie; /* of the same connection's other end, 0 unknown (pairing.h) */
	struct stream stream;
	struct direction directions[2]; /* by enum record_direction */
	const struct record_data *current; /* the record being read */
	const struct protocol *protocol; /* what is spoken; NULL: nothing has been read yet, or nothing is any more */
	void *conversation;   /* the protocol's; in the room, or allocated */
	struct prefix prefix; /* of the stream of requests */
	struct list requests; /* struct exchange.queued: unanswered ones in order */
	struct list ghosts;   /* struct exchange.queued: lost sight of, perhaps still being worked on */
	struct list recent;   /* engine: by last record */
	struct list waiting;  /* engine: those with held records */
	struct list holding;  /* engine: those with memory for readers or held records */
	struct list ending;   /* engine: those that are over but linger */
	uint64_t moved_to[2]; /* by enum record_direction: how far it came, as its last state said; 0 not known */
	size_t memory;        /* of readers and held records, as accounted */
	size_t message_memory; /* of it, what the protocol has allocated for messages under way, as it says itself */
	uint64_t began;       /* time of the first record */
	uint64_t gone_at;     /* when it was over; 0 not yet */
	uint64_t arrived;     /* position after the last byte that arrived by then, read or not; 0 not known */
	uint64_t refused_at;  /* when a send failed and what was open is still to be ended for it; 0 no */
	int32_t error;        /* the socket's, when it was over */
	uint32_t owner;       /* tgid that last moved bytes */
	uint16_t request_count;    /* in `requests` */
	uint8_t request_direction; /* enum record_direction, or unknown */
	bool done;            /* nothing is read any more: a tunnel, or left out */
	bool shared;          /* several processes moved its bytes */
	bool reset;
	bool held;            /* over, but its owner has the socket still */
	bool own_positions;
	alignas(uint64_t) unsigned char room[CONVERSATION_ROOM];
};

static inline struct direction *connection_requests(struct connection *connection)
{
	return &connection->directions[connection->request_direction == RECORD_SEND];
}

static inline struct direction *connection_responses(struct connection *connection)
{
	return &connection->directions[connection->request_direction != RECORD_SEND];
}

/* Whether some of what had arrived when it was over is still unread, as far as is known. */
static inline bool connection_has_unread(const struct connection *connection)
{
	return connection->stream.next[RECORD_RECEIVE] < connection->arrived &&
	       connection->moved_to[RECORD_RECEIVE] < connection->arrived;
}

#endif
