/* SPDX-License-Identifier: Apache-2.0 */
/* Finished exchanges, by when that became known: they wait here until nothing can change them. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_HOLD_H
#define WIRESPAN_CORRELATE_EXCHANGE_HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "correlate/exchange/exchange.h"

/* With when it began to wait beside it: comparing touches no exchange. */
struct held {
	uint64_t from;
	struct exchange *exchange;
};

struct hold {
	struct held *heap; /* the one that waits longest on top */
	size_t count;
	size_t capacity;
};

void hold_done(struct hold *hold);
/*
 * It waits from `from` on, its end as a rule. Takes over the caller's reference. 0; -ENOSPC at HOLD_MAX, -ENOMEM: the
 * reference stays the caller's.
 */
int hold_put(struct hold *hold, struct exchange *exchange, uint64_t from);
/* The one that waits longest, or NULL; stays in. */
struct exchange *hold_first(const struct hold *hold);
/* Takes it out, with its reference. */
struct exchange *hold_take(struct hold *hold);

#endif
