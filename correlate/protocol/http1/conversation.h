/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two ends of a connection say to each other: messages out of records
 * in order, and which response answers which request.
 *
 * Response k answers request k as long as nothing was lost (`synced`). What
 * is lost inside a body whose end is known by its framing is no loss here. After any other,
 * a direction is deaf until a proven head: first bytes since the other
 * direction moved, which parse as a start line; and a response is paired only
 * where it begins at the very position at which its direction stood when the request began, with
 * that request the only one open, on a connection whose client never sent
 * a request before the last was answered. Whatever else is open is dropped
 * and counted, never guessed.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CONVERSATION_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CONVERSATION_H

#include "correlate/connection/connection.h"

/* A record in order, its first `skip` bytes known already. */
void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip);
/* Bytes passed that no record will tell of. */
void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
		      uint64_t length);
/* The direction has ended in order: ends a body that lasts until the close. */
void conversation_close(struct connection *connection, enum record_direction direction);
/*
 * Nothing more will be answered: ends what is open at `time`, as failed unless
 * its response was complete or its fate can't be known.
 */
void conversation_fail(struct connection *connection, uint64_t time);
/*
 * Frees the readers: memory ran out. A direction in which a message was under way
 * is not read until a proven head. Whether there was one.
 */
bool conversation_give_up(struct connection *connection);

#endif
