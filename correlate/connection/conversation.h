/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection says, by whatever protocol it speaks: the layer above its bytes. It begins with the first record in
 * order, in the protocol that the kernel has recognised, and may be handed over to another one.
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_CONVERSATION_H
#define WIRESPAN_CORRELATE_CONNECTION_CONVERSATION_H

#include "correlate/connection/connection.h"

/* A record in order, its first `skip` bytes known already. */
void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip);
/* Bytes passed that no record will tell of. */
void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
		      uint64_t length);
/* The direction has ended in order. */
void conversation_close(struct connection *connection, enum record_direction direction);
/* Nothing more will be answered: ends what is open at `time`. */
void conversation_fail(struct connection *connection, uint64_t time);
/* Frees what can be spared, as memory ran out. Whether a message was under way. */
bool conversation_give_up(struct connection *connection);
/* Frees all of it; the connection's exchanges are forgotten already. */
void conversation_end(struct connection *connection);
/* Whether a message is on its way. */
bool conversation_under_way(const struct connection *connection);

#endif
