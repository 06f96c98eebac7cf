/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request that most likely is one, or is answered by what seems to be its answer, but may not be: followed like any
 * other, it becomes no span and no parent before what follows has proven it. A connection has one at most. Part of
 * in_order.h.
 *
 * One kind is any protocol's: the first request on a connection that is older than the agent and was quiet
 * (connection/quiet.h). A request that nobody saw may be before it, unanswered: then its answer is that one's, and its own
 * is still to come. So it is proven by the next request, or the end, after its answer. Another request before its
 * answer, another answer before the next request, or any loss refute it.
 *
 * Others are a protocol's own, which proves or refutes them (claim_answered() in http1/response.c).
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_CLAIM_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_CLAIM_H

#include "correlate/protocol/in_order/order.h"

/* `exchange` begins, and is the claim. */
void claim_begin(struct in_order *order, struct exchange *exchange);
/* It is one. */
void claim_prove(struct in_order *order);
/* It was no request. Accepts that there is none. */
void claim_refute(struct in_order *order);
/* The connection is over: proves the claim, or drops it; `refuted`: it was none. Accepts that there is none. */
void claim_close(struct in_order *order, bool refuted);
/* What it was, or whose answer it got, can't be known any more: counted. Accepts that there is none. */
void claim_drop(struct in_order *order);

#endif
