/* SPDX-License-Identifier: Apache-2.0 */
/* The unanswered requests of a connection: coming, answered, failed, lost. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_LIFE_H
#define WIRESPAN_CORRELATE_EXCHANGE_LIFE_H

#include "correlate/connection/connection.h"
#include "correlate/exchange/exchange.h"

/* A request whose first byte is at `position`; with the caller's reference. NULL when out of memory. */
struct exchange *connection_begin_exchange(struct connection *connection, const struct moment *moment,
					   uint64_t position);
/* Its head is complete: it is open, last in `requests`. 0 or -ENOMEM. */
int connection_open_exchange(struct connection *connection, struct exchange *exchange);
/* Its response has ended at `end`. */
void connection_finish_exchange(struct connection *connection, struct exchange *exchange, uint64_t end);
/*
 * It is answered, but goes on (a subscription): others are answered now. It is the caller's, with its reference, and no
 * context any more; deliver_finished() ends it.
 */
void connection_detach_exchange(struct connection *connection, struct exchange *exchange);
/* It will not be answered (any further): ends at `time` with the connection's error. */
void connection_fail_exchange(struct connection *connection, struct exchange *exchange, uint64_t time);
/* It has taken too long: a span now, though its response may come. */
void connection_time_out_exchange(struct connection *connection, struct exchange *exchange, uint64_t time);
/* What became of it can't be known; counts `loss`. */
void connection_drop_exchange(struct connection *connection, struct exchange *exchange, enum loss loss);
/* It was none after all: as if it had never been. */
void connection_withdraw_exchange(struct connection *connection, struct exchange *exchange);
/* Its head could not be read, or not be kept: an inbound one is a ghost now. */
void connection_lose_request(struct connection *connection, struct exchange *exchange);
/* The record's call moved an inbound request, or the answer to one, of which nothing else is known: a ghost. */
void connection_miss_request(struct connection *connection, const struct record_data *record);
/* Requests lost sight of are over: the client has sent the next. */
void connection_lay_ghosts(struct connection *connection);
/* Forgets all; `evicted`: though they may be open. */
void connection_forget_exchanges(struct connection *connection, bool evicted);

#endif
