/* SPDX-License-Identifier: Apache-2.0 */
/* What requests mean to pairing in order. Part of in_order.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_REQUEST_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_REQUEST_H

#include "correlate/protocol/in_order/order.h"

/*
 * A request begins at `position`; `idle`: no response is under way; `claimed`: it is one if what follows proves it
 * (claim.h), as the first one on an older connection is anyway. The exchange that the direction reads from now on;
 * NULL: out of memory, which is counted, and the direction is deaf.
 */
struct exchange *in_order_begin_request(struct in_order *order, const struct moment *moment, uint64_t position,
					bool idle, bool claimed);
/* Enough has come of the request under way to know that it is one: what that says of those before it. */
void in_order_request_known(struct in_order *order, struct exchange *exchange);
/* The same of the connection alone, where pipelines are long and nothing is paired by position. */
void in_order_request_asked(struct in_order *order, struct exchange *exchange);
/*
 * Whether it can be one of the unanswered: 0, or what forbids it, which is counted: -EPROTO (whose answer is whose can't
 * be told), -ENOSPC (`max` are unanswered), -ENOMEM.
 */
int in_order_admit(struct in_order *order, const struct exchange *exchange, unsigned int max);
/*
 * It is open, last of the unanswered; `error` is what taking over its text came to. 0 or -ENOMEM, which is counted.
 */
int in_order_open_request(struct in_order *order, struct exchange *exchange, int error);
/* The request under way will not be one of them. */
void in_order_refuse_request(struct in_order *order, struct exchange *exchange);
/* The request under way has ended before `position`. */
void in_order_end_request(struct in_order *order, uint64_t position);

#endif
