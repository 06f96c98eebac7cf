/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has been seen to send requests before the last one was answered. After a
 * loss, positions prove which response is whose only where nobody does that,
 * and a client does it on all its connections or on none: by its process where we are the client, by its
 * address where we are the server. A set that may say yes wrongly (which costs a
 * pairing after a loss), never no.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_PIPELINERS_H
#define WIRESPAN_CORRELATE_PROTOCOL_IN_ORDER_PIPELINERS_H

#include <stdbool.h>
#include <stdint.h>

#include "correlate/connection/connection.h"

#define PIPELINERS_BITS 65536

/* All zero at first. */
struct pipeliners {
	uint64_t words[PIPELINERS_BITS / 64];
};

void pipeliners_note(struct pipeliners *pipeliners, const struct connection *connection);
bool pipeliners_contain(const struct pipeliners *pipeliners, const struct connection *connection);

#endif
