/* SPDX-License-Identifier: Apache-2.0 */
/* How pairing in order begins, loses its way, finds it again and ends. Part of in_order.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_SYNC_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_SYNC_H

#include "correlate/loss.h"
#include "correlate/protocol/in_order/order.h"

/*
 * The conversation begins with that record, its first `skip` bytes known already; who speaks as what is settled.
 * `begins_request`: it begins as a request in full, and so may be the first one on a connection that is older
 * than the agent.
 */
void in_order_begin(struct in_order *order, struct connection *connection, const struct record_data *record,
		    uint32_t skip, bool begins_request);
/* Gives up what it holds, the claim among it. */
void in_order_end(struct in_order *order);
/* Nothing is read any more, but what is open may still end. */
void in_order_stop(struct in_order *order);

/*
 * The order of requests and responses is no longer certain. What is being
 * answered still ends where its response does; a single request may yet be
 * proven by position; of several, none.
 */
void in_order_desync(struct in_order *order);
/* The message under way and what follows can't be read until a proven beginning. Accepts a deaf direction. */
void in_order_deafen(struct in_order *order, unsigned int direction, enum loss loss);
/* Whether the kernel has counted that loss already, as it does where it cannot read what a message may begin with. */
bool in_order_kernel_counted(const struct in_order *order, enum loss loss);
/* A message is proven to begin with the next byte of a deaf direction. */
void in_order_listen(struct in_order *order, unsigned int direction);
/* What a deaf direction moves is perhaps a request on which its thread works from now on, or is working already. */
void in_order_note_unheard(struct in_order *order, const struct record_data *record);
/*
 * A request's head is under way that will not be whole, or in vain: its connection is over, or it was
 * answered already. Counts it; the direction is deaf. False: there is none.
 */
bool in_order_cut_request(struct in_order *order);
/* A request was sent before the last one was answered. */
void in_order_note_pipelining(struct in_order *order);
/*
 * Nothing more will be answered: ends what is open at `time`, as failed unless its response was complete or its fate
 * can't be known. `claim_refuted`: the claim was no request.
 */
void in_order_fail(struct in_order *order, uint64_t time, bool claim_refuted);

#endif
