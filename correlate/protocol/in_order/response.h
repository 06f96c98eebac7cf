/* SPDX-License-Identifier: Apache-2.0 */
/* What responses mean to pairing in order. Part of in_order.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_RESPONSE_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_RESPONSE_H

#include "correlate/protocol/in_order/order.h"

/*
 * A response begins at `position`: the exchange that it is proven to answer, which its direction reads from now on; or
 * NULL. What follows an interim response answers the same request.
 */
struct exchange *in_order_begin_response(struct in_order *order, uint64_t position);
/* The response under way has ended before `position`, and with it the exchange. */
void in_order_end_response(struct in_order *order, uint64_t position);

/* No request waits for an answer, and none that might was lost. */
bool in_order_nothing_asked(const struct in_order *order);
/* What the server says answers nothing that was asked in full: counted, or the request that it cuts short. */
void in_order_note_unsolicited(struct in_order *order);
/* An answer whose request was not seen: counted. */
void in_order_note_unpaired(struct in_order *order);
/* One answer more than requests, though none of these was lost: what was paired by position was paired wrongly. */
void in_order_note_surplus(struct in_order *order);
/* Nothing tells where the response ends. */
void in_order_stop_listening(struct in_order *order);

#endif
