/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of a connection and what their messages mean for its exchanges. Parts of conversation.h. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_MESSAGES_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_MESSAGES_H

#include "correlate/connection/connection.h"
#include "correlate/loss.h"

/* Makes the reader of a direction. 0 or -ENOMEM. */
int messages_reader(struct connection *connection, unsigned int direction, bool from_the_start);
/* A head is proven to begin with the next byte of a deaf direction. */
void messages_listen(struct connection *connection, unsigned int direction);
/* The message under way and what follows can't be read: until a proven head. Accepts a deaf direction. */
void messages_deafen(struct connection *connection, unsigned int direction, enum loss loss);
/* A direction without message under way, or a deaf one, needs none. Not from within its events. */
void messages_free_reader(struct connection *connection, unsigned int direction);
/* Frees both readers; both directions are deaf. Not from within a reader's events. */
void messages_forget(struct connection *connection);

/* For the readers' events (http1/request.c, http1/response.c): */

extern const struct http1_reader_events request_messages, response_messages;

/*
 * The order of requests and responses is no longer certain. What is being
 * answered still ends where its response does; a single request may yet be
 * proven by position; of several, none.
 */
void messages_desync(struct connection *connection);
/* Takes a reference and gives up the former one's; `exchange` may be NULL. */
void messages_set_exchange(struct connection *connection, struct direction *direction, struct exchange *exchange);
/* A request was sent before the last one was answered. */
void messages_note_pipelining(struct connection *connection);
/* The reader of a direction has lost its message: counts, deafens. */
void messages_lost(struct connection *connection, unsigned int direction, enum http1_reader_lost reason);
/*
 * A request's head is under way that will not be whole, or in vain: its connection is over, or it was
 * answered already. Counts it; the direction is deaf. False: there is none.
 */
bool messages_cut_request(struct connection *connection);
/* Event of both readers. */
void messages_tunnel(void *context, uint64_t position);

#endif
