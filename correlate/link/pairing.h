/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the two ends of one request: both name its first byte by the same
 * position and agree on where the other direction stood (the low 32 bits, which
 * are TCP's own), whatever addresses each end sees. Once two sockets are known to be the ends
 * of one connection, the first position alone tells pipelined requests apart.
 */
#ifndef WIRESPAN_CORRELATE_LINK_PAIRING_H
#define WIRESPAN_CORRELATE_LINK_PAIRING_H

#include <stddef.h>
#include <stdint.h>

#include "correlate/exchange/exchange.h"

struct pairing {
	struct list *buckets; /* PAIRING_BUCKETS, of exchanges without their other end */
	struct list linger;   /* delivered client exchanges, by time of delivery */
	size_t linger_count;
	uint64_t seed;
};

/* 0 or -ENOMEM. */
int pairing_init(struct pairing *pairing, uint64_t seed);
/* Exchanges must all have been removed. */
void pairing_done(struct pairing *pairing);

/*
 * The other end of the request, taken out of the table; NULL where it is not
 * known yet: `exchange` then waits for it, without a reference.
 */
struct exchange *pairing_match(struct pairing *pairing, struct exchange *exchange);
/* Takes it out, where it is in. */
void pairing_remove(struct exchange *exchange);

/* A delivered client exchange stays recognisable until `until`; the table takes over a reference. */
void pairing_linger(struct pairing *pairing, struct exchange *exchange, uint64_t until);
/* The next one whose time is over (or that is one too many), taken out, with its reference; NULL at the end. */
struct exchange *pairing_expire(struct pairing *pairing, uint64_t now);

#endif
