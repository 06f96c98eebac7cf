/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of a connection and what their messages mean for its exchanges. */
#ifndef WIRESPAN_CORRELATE_MESSAGES_H
#define WIRESPAN_CORRELATE_MESSAGES_H

#include "correlate/connection.h"
#include "correlate/loss.h"

/* Makes the reader of a direction. 0 or -ENOMEM. */
int messages_reader(struct connection *connection, unsigned int direction, bool from_the_start);
/* A head is proven to begin with the next byte of a deaf direction. */
void messages_listen(struct connection *connection, unsigned int direction);
/* The message under way and what follows can't be read: until a proven head. Accepts a deaf direction. */
void messages_deafen(struct connection *connection, unsigned int direction, enum loss loss);
/* Frees both readers; both directions are deaf. Not from within a reader's events. */
void messages_forget(struct connection *connection);

#endif
