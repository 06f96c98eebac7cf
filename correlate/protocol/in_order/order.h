/* SPDX-License-Identifier: Apache-2.0 */
/* The state of pairing in order. Part of in_order.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_ORDER_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_ORDER_H

#include "correlate/connection/connection.h"
#include "correlate/exchange/exchange.h"

struct in_order_direction {
	/*
	 * What the message under way belongs to: requests: the exchange whose
	 * request is being read; responses: the one being answered.
	 */
	struct exchange *exchange; /* counted reference */
	bool deaf;                 /* nothing is read until a proven beginning */
};

struct in_order {
	struct connection *connection;
	struct in_order_direction directions[2]; /* by enum record_direction */
	struct exchange *claim; /* counted reference; a request that is not proven to be one (claim.h) */
	/*
	 * connection->requests is exactly what is unanswered, and the reader of responses
	 * stands where the first one's answer continues or begins.
	 */
	bool synced;
	bool resynced;     /* paired by position after a loss */
	bool pipelined;    /* requests were sent before the last one was answered */
	bool claims_first; /* the claim, or the request that begins next, is the first on an older connection (claim.h) */
	bool late;         /* older than the agent, and nothing claimed yet */
	bool role_proven;  /* a request said who is who */
};

static inline struct in_order_direction *in_order_requests(struct in_order *order)
{
	return &order->directions[order->connection->request_direction == RECORD_SEND];
}

static inline struct in_order_direction *in_order_responses(struct in_order *order)
{
	return &order->directions[order->connection->request_direction != RECORD_SEND];
}

/* Takes a reference and gives up the former one's; `exchange` may be NULL. */
void in_order_set_exchange(struct in_order *order, struct in_order_direction *direction, struct exchange *exchange);
/* Whether a message is being read. */
bool in_order_under_way(const struct in_order *order);
/*
 * Whether these are the first bytes of their direction since the other one moved. On a connection
 * older than the agent the flag says that this was seen, not presumed.
 */
bool in_order_turned(const struct in_order *order, const struct record_data *record);
/* The record being read, as the moment of a message that may begin at `position` of it. */
struct moment in_order_moment(const struct record_data *record, uint64_t position);

#endif
