/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request that most likely is one, or is answered by what seems to be its answer, but may not be: followed like any
 * other, it becomes no span and no parent before what follows has proven it. A connection has one at most. There
 * are two kinds. Part of conversation.h.
 *
 * The refused body: the client announced a body, waited for 100 (Continue) and got its final answer. What begins as a
 * request in full may still be that body. Bodies have no answer of their own, so an answer proves it. The reader
 * refutes it (http1/reader.h).
 *
 * The first request on a connection that is older than the agent and was quiet (quiet.h). A request that nobody saw may
 * be before it, unanswered: then its answer is that one's, and its own is still to come. So it is proven by the next
 * request, or the end, after its answer. Another request before its answer, another answer before the next
 * request, or any loss refute it.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CLAIM_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CLAIM_H

#include "correlate/connection/connection.h"

/* `exchange` begins, and is the claim. */
void claim_begin(struct connection *connection, struct exchange *exchange);
/* It was no request. */
void claim_refute(struct connection *connection);
/* Its final answer begins. False: which may as well be that of a request which the claim has swallowed. */
bool claim_answered(struct connection *connection);
/* It is over with that answer, at `end`. */
void claim_finish(struct connection *connection, uint64_t end);
/* Another request begins: proves the claim, or contradicts it. Accepts that there is none. */
void claim_followed(struct connection *connection);
/* The connection is over: proves the claim, or drops it. Accepts that there is none. */
void claim_close(struct connection *connection);
/* What it was, or whose answer it got, can't be known any more: counted. Accepts that there is none. */
void claim_drop(struct connection *connection);

#endif
