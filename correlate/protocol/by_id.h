/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairing by id, for protocols whose requests and responses carry one (streams, correlation ids): many are open at once,
 * and answered in any order. What is lost between two messages costs only those that were in it: the ids of the others
 * still say whose they are, until an id comes again.
 *
 * A protocol has a struct by_id in its conversation. Exchanges are opened by exchange/life.h first.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_BY_ID_H
#define WIRESPAN_CORRELATE_PROTOCOL_BY_ID_H

#include "base/hashmap.h"
#include "correlate/connection/connection.h"
#include "correlate/exchange/exchange.h"
#include "correlate/loss.h"

/* All zero at first. */
struct by_id {
	struct connection *connection;
	struct hashmap *open; /* id -> exchange, a counted reference */
};

/* At most `max` are open at once. 0 or -ENOMEM. */
int by_id_init(struct by_id *by_id, struct connection *connection, size_t max);
/* Gives up what it holds; the exchanges themselves are forgotten already. Accepts what was never initialised. */
void by_id_end(struct by_id *by_id);

/*
 * The open exchange waits for the response of that id. 0; -EEXIST: another one does, whose end was not seen (the caller
 * drops it first); -ENOSPC at `max`; -ENOMEM.
 */
int by_id_add(struct by_id *by_id, uint64_t id, struct exchange *exchange);
/* Whose id it is; NULL: nobody's that was seen. */
struct exchange *by_id_find(const struct by_id *by_id, uint64_t id);

/* Each of these accepts an id that nobody waits for. */

/* Its response has ended at `end`. */
void by_id_finish(struct by_id *by_id, uint64_t id, uint64_t end);
/* It will not be answered (any further): ends at `time` as `error_type` says, static text; empty: with the connection's error. */
void by_id_fail(struct by_id *by_id, uint64_t id, uint64_t time, struct slice error_type);
/* What became of it can't be known; counts `loss`. */
void by_id_drop(struct by_id *by_id, uint64_t id, enum loss loss);

/* The same of all that are open on the connection, in the order in which they were asked. */
void by_id_fail_all(struct by_id *by_id, uint64_t time);
void by_id_drop_all(struct by_id *by_id, enum loss loss);

#endif
