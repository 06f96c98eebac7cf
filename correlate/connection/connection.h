/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One socket: its two directions, who speaks as what, and the requests that
 * wait for an answer. Made with its first record, gone with its last state.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_CONNECTION_H
#define WIRESPAN_CORRELATE_CONNECTION_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "bpf/record.h"
#include "correlate/protocol/http1/reader.h"
#include "correlate/record/stream.h"

struct engine;
struct exchange;

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
	struct http1_reader *reader; /* made with the first byte */
	/*
	 * What the message under way belongs to: requests: the exchange whose
	 * request is being read; responses: the one being answered.
	 */
	struct exchange *exchange;   /* counted reference */
	uint64_t other_position;     /* as the last record said */
	uint64_t last_time;          /* of the last record in order */
	uint64_t end;                /* final position; 0 not known */
	uint64_t fin_at;             /* when it was closed; 0 not yet */
	bool deaf;                   /* nothing is read until a proven head */
	bool began;                  /* a record was in order */
	bool gapped;                 /* something was lost since the last one */
	bool ended;                  /* closed, and all of it was in order; responses: their requests, too */
};

enum { REQUEST_DIRECTION_UNKNOWN = 2 };

struct connection {
	struct engine *engine;
	struct record_connection endpoints;
	uint64_t peer_cookie; /* of the same connection's other end, 0 unknown (pairing.h) */
	struct stream stream;
	struct direction directions[2]; /* by enum record_direction */
	const struct record_data *current; /* the record being read */
	struct exchange *claim; /* counted reference; a request that is not proven to be one (claim.h) */
	struct moment next;   /* of the record with the byte behind a refused body, where the message may begin, too */
	struct moment first;  /* of the record that the request under way may have begun with */
	struct list requests; /* struct exchange.queued: unanswered ones in order */
	struct list ghosts;   /* struct exchange.queued: lost sight of, perhaps still being worked on */
	struct list recent;   /* engine: by last record */
	struct list waiting;  /* engine: those with held records */
	struct list holding;  /* engine: those with memory for readers or held records */
	struct list ending;   /* engine: those that are over but linger */
	uint64_t moved_to[2]; /* by enum record_direction: how far it came, as its last state said; 0 not known */
	size_t memory;        /* of readers and held records, as accounted */
	uint64_t began;       /* time of the first record */
	uint64_t gone_at;     /* when it was over; 0 not yet */
	uint64_t arrived;     /* position after the last byte that arrived by then, read or not; 0 not known */
	uint64_t refused_at;  /* when a send failed and what was open is still to be ended for it; 0 no */
	int32_t error;        /* the socket's, when it was over */
	uint32_t owner;       /* tgid that last moved bytes */
	uint16_t request_count;    /* in `requests` */
	uint8_t request_direction; /* enum record_direction, or unknown */
	bool role_proven;     /* a request's head said who is who */
	/*
	 * `requests` is exactly what is unanswered, and the reader of responses
	 * stands where the first one's answer continues or begins.
	 */
	bool synced;
	bool resynced;        /* paired by position after a loss */
	bool pipelined;       /* requests were sent before the last one was answered */
	bool claims_first;    /* the claim, or the request that begins next, is the first on an older connection (claim.h) */
	bool late;            /* older than the agent, and nothing claimed yet */
	bool interim_pending; /* an unpaired 1xx: what comes next may be a request's body */
	bool tunnel;          /* no longer HTTP */
	bool shared;          /* several processes moved its bytes */
	bool reset;
	bool held;            /* over, but its owner has the socket still */
	bool own_positions;
};

/* NULL where unknown. */
struct connection *connection_find(const struct engine *engine, uint64_t cookie);
/* The connection of a checked record, made where unknown; NULL when out of memory. */
struct connection *connection_get(struct engine *engine, const struct record_connection *endpoints, uint64_t time);
/* Forgets it; what is still open becomes nothing. Accepts NULL. */
void connection_free(struct connection *connection);

/* A data record, in order of the ring. 0 or -ENOMEM. */
int connection_data(struct connection *connection, const struct record_data *record);
/* Declares lost what moved, as its states say, and no record told of: at the very end, no later one shows it. */
void connection_reach(struct connection *connection);

/* Its state changed: may end exchanges and free the connection. */
void connection_state(struct connection *connection, const struct record_state *record);
/* Gives up waiting for missing records. */
void connection_flush(struct connection *connection);
/* Ends what has ended by what is known now. */
void connection_settle(struct connection *connection);
/* It is over, and its owner can do nothing more with it since `time`: ends what is open, frees. */
void connection_end(struct connection *connection, uint64_t time);
/* Whether some of what had arrived when it was over is still unread, as far as is known. */
bool connection_has_unread(const struct connection *connection);

static inline struct direction *connection_requests(struct connection *connection)
{
	return &connection->directions[connection->request_direction == RECORD_SEND];
}

static inline struct direction *connection_responses(struct connection *connection)
{
	return &connection->directions[connection->request_direction != RECORD_SEND];
}

#endif
