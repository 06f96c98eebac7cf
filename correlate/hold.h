/* SPDX-License-Identifier: Apache-2.0 */
/* Finished exchanges, by their end: they wait here until nothing can change them. */
#ifndef WIRESPAN_CORRELATE_HOLD_H
#define WIRESPAN_CORRELATE_HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "correlate/exchange.h"

/* With its end beside it: comparing touches no exchange. */
struct held {
	uint64_t end;
	struct exchange *exchange;
};

struct hold {
	struct held *heap; /* the one that ended first on top */
	size_t count;
	size_t capacity;
};

void hold_done(struct hold *hold);
/* Takes over the caller's reference. 0; -ENOSPC at HOLD_MAX, -ENOMEM: the reference stays the caller's. */
int hold_put(struct hold *hold, struct exchange *exchange);
/* The first one to end, or NULL; stays in. */
struct exchange *hold_first(const struct hold *hold);
/* Takes it out, with its reference. */
struct exchange *hold_take(struct hold *hold);

#endif
