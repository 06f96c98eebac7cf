/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairing in order, for protocols that answer requests in the order in which they were sent.
 *
 * Response k answers request k as long as nothing was lost (`synced`). What is lost inside a message whose end is
 * known by its framing is no loss here. After any other, a direction is deaf until its protocol proves that a message
 * begins; and a response is paired only where it begins at the very position at which its direction stood when the
 * request began, with that request the only one open, on a connection whose client never sent a request before the last
 * was answered. Whatever else is open is dropped and counted, never guessed.
 *
 * A protocol has a struct in_order in its conversation, and tells it what its readers find. Positions are those of the
 * streams.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_IN_ORDER_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_IN_ORDER_H

#include "correlate/protocol/in_order/claim.h"
#include "correlate/protocol/in_order/order.h"
#include "correlate/protocol/in_order/request.h"
#include "correlate/protocol/in_order/response.h"
#include "correlate/protocol/in_order/sync.h"

#endif
