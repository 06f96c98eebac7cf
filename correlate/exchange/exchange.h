/* SPDX-License-Identifier: Apache-2.0 */
/* A request and what became of it, at one end of a connection. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_EXCHANGE_H
#define WIRESPAN_CORRELATE_EXCHANGE_EXCHANGE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "bpf/record.h"
#include "correlate/exchange/outcome.h"
#include "correlate/link/tracecontext.h"
#include "correlate/loss.h"
#include "correlate/span/span.h"

struct connection;
struct protocol;
struct thread;

enum exchange_state {
	EXCHANGE_FORMING, /* its request head is not complete yet */
	EXCHANGE_OPEN,
	EXCHANGE_DONE,    /* finished: will be a span */
	EXCHANGE_DROPPED, /* lost sight of: will be none */
};

/* Left out on purpose: followed, but no span, no parent, no loss (ignore.h). */
enum exchange_ignored { EXCHANGE_KEPT, EXCHANGE_TELEMETRY, EXCHANGE_INSTRUMENTED, EXCHANGE_PING };

struct exchange {
	unsigned int references;
	enum exchange_state state;
	enum exchange_ignored ignored;
	enum span_kind kind;
	const struct protocol *protocol;
	struct connection *connection; /* NULL once the connection is gone */
	uint64_t cookie;
	uint64_t peer_cookie; /* of the connection's other end, 0 unknown */
	struct record_connection endpoints;
	uint32_t tgid, tid; /* who read (server) or sent (client) the request */
	struct resource *resource;

	uint64_t request_at;  /* position of the request's first byte */
	uint64_t response_at; /* where the response's direction stood at that moment */
	uint64_t start;
	uint64_t first_byte;  /* of the response; 0 none yet */
	uint64_t end;
	uint64_t last_send_begin; /* server: when the send of the response's last byte began; 0 unknown */
	uint64_t response_from; /* position of the (final) response's first byte */
	bool final_seen;      /* its final response's head has been seen */
	bool response_begun;  /* an interim or final response head began to arrive */
	bool tail_lost;       /* its response's end can't be seen any more */
	bool by_position;     /* paired after a loss, by position */
	bool timed_out;       /* a span already; a response is yet to come */
	bool abandoned;       /* its client left before all of the final response had come */
	bool claimed;         /* not proven to be a request (claim.h): neither span nor parent */
	uint32_t losses;      /* bits 1 << enum loss that touched it */
	bool own_positions;
	bool began_before;    /* client: its first send began before `start`, nobody knows when */
	struct outcome outcome;
	struct propagated propagated; /* its trace state is the part's */
	size_t storage; /* bytes that the part has allocated */

	/* Links (link.h) */
	uint8_t span_id[8];
	uint8_t trace_id[16];
	uint8_t parent_span_id[8];
	uint32_t flags;
	bool trace_is_remote; /* the trace id came in by a header, here or further up */
	int64_t mono_to_wall; /* one for all of a trace, so that a slewed clock moves no child out of its parent */
	enum link_evidence evidence;
	bool resolved;
	bool waits; /* the receive that read its beginning (server: request; client: response) would have waited */
	struct exchange *client_end; /* server: the same request at its sender; counted reference */
	struct exchange *server_end; /* client: whose client_end it is, until that is delivered; not counted */
	struct exchange *candidate;  /* client: what its thread served then; counted reference */
	bool candidate_multiplexes;  /* client: that thread has had several requests open at once */
	bool candidate_refused;      /* client: several requests might be its cause */
	bool served_unread;          /* client: its process had one open that is not read */
	bool lost_elsewhere;         /* client: they may have, of which sight was lost */
	uint8_t missing;             /* why it has no parent: enum explain_reason */
	struct exchange *elsewhere[2]; /* client: what other threads of its process served then; counted references */
	struct exchange *parent;     /* the one of the two above that it is, while resolving */
	struct exchange *resolving;  /* the child that waits for this one's trace id, while resolving */

	/* Membership; links point to themselves where there is none. */
	struct list queued;       /* connection: unanswered requests, or ghosts */
	struct list open;         /* engine: open exchanges */
	struct list opened;       /* its process: open inbound requests */
	struct list served;       /* thread: its open inbound requests */
	struct thread *thread;
	uint64_t lost_sight_at;   /* a ghost since; 0 none */
	struct list bucket;       /* pairing */
	struct list linger;       /* pairing: delivered, still recognisable */
	uint64_t linger_until;

	alignas(uint64_t) unsigned char part[]; /* the protocol's (protocol.h) */
};

/* Exchanges come and go at the rate of requests: used ones are kept for reuse. */
struct exchange_pool {
	struct list spare[RECOGNISED_COUNT]; /* by what they speak, as they are not alike in size */
	size_t spare_count;
	size_t memory; /* of those in use, with what they keep of their messages */
};

void exchange_pool_init(struct exchange_pool *pool);
void exchange_pool_done(struct exchange_pool *pool);

/* All zero but lists and what the protocol does not want to be, with one reference; NULL when out of memory. */
struct exchange *exchange_new(struct exchange_pool *pool, const struct protocol *protocol);
struct exchange *exchange_ref(struct exchange *exchange);
/* The part has allocated that many bytes by now. */
void exchange_note_storage(struct exchange_pool *pool, struct exchange *exchange, size_t storage);
/* Gives up the text that only its span and its response need. */
void exchange_forget_text(struct exchange_pool *pool, struct exchange *exchange);
/* Accepts NULL. The last reference also gives up those it holds. */
void exchange_unref(struct exchange_pool *pool, struct exchange *exchange);

static inline void exchange_mark(struct exchange *exchange, enum loss loss)
{
	exchange->losses |= 1u << loss;
}

#endif
