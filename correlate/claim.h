/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request that most likely is one, but may be something else: followed like any other, it becomes no span and no
 * parent before what follows has proven it. A connection has one at most. Part of conversation.h.
 *
 * It stands where a refused body may: the client announced a body, waited for 100 (Continue) and got its final
 * answer. Bodies have no answer of their own, so an answer proves it. The reader refutes it (http1_reader.h).
 */
#ifndef WIRESPAN_CORRELATE_CLAIM_H
#define WIRESPAN_CORRELATE_CLAIM_H

#include "correlate/connection.h"

/* `exchange` begins, and is the claim. */
void claim_begin(struct connection *connection, struct exchange *exchange);
/* It was no request. */
void claim_refute(struct connection *connection);
/* Its final answer begins. False: which may as well be that of a request which the claim has swallowed. */
bool claim_answered(struct connection *connection);
/* The connection is over, and it has no answer. */
void claim_close(struct connection *connection);
/* What it was can't be known any more: counted. Accepts that there is none. */
void claim_drop(struct connection *connection);

#endif
