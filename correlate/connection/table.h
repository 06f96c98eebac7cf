/* SPDX-License-Identifier: Apache-2.0 */
/* The connections that the engine knows: found, told of what moved and how they end, forgotten. */
#ifndef WIRESPAN_CORRELATE_CONNECTION_TABLE_H
#define WIRESPAN_CORRELATE_CONNECTION_TABLE_H

#include "correlate/connection/connection.h"

/* NULL where unknown. */
struct connection *connection_find(const struct engine *engine, uint64_t cookie);
/* The connection of a checked record, made where unknown; NULL when out of memory. */
struct connection *connection_get(struct engine *engine, const struct record_connection *endpoints, uint64_t time);
/* Forgets it; what is still open becomes nothing. Accepts NULL. */
void connection_free(struct connection *connection);

/* A data record, in order of the ring. 0 or -ENOMEM. */
int connection_data(struct connection *connection, const struct record_data *record);
/* Declares lost what moved, as its states say, and no record told of: at the very end, no later one shows it. */
void connection_reach(struct connection *connection);

/* Its state changed: may end exchanges and free the connection. */
void connection_state(struct connection *connection, const struct record_state *record);
/* Gives up waiting for missing records. */
void connection_flush(struct connection *connection);
/* Ends what has ended by what is known now. */
void connection_settle(struct connection *connection);
/* It is over, and its owner can do nothing more with it since `time`: ends what is open, frees. */
void connection_end(struct connection *connection, uint64_t time);

#endif
