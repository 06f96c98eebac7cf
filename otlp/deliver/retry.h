/* SPDX-License-Identifier: Apache-2.0 */
/* When to try again, and what has been said of it already. */
#ifndef WIRESPAN_OTLP_DELIVER_RETRY_H
#define WIRESPAN_OTLP_DELIVER_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "otlp/transport/transport.h"

/* Further causes are not said: a collector that invents ever new ones would fill the log. */
#define SAID_MAX 8

struct said {
	char texts[SAID_MAX][TRANSPORT_TEXT_MAX];
	size_t count;
};

/* Whether that was said before, or too much was; now it was. */
bool said_before(struct said *said, const char *text);
bool said_contains(const struct said *said, const char *text);

/* Of outages that come and go, so many in a row are told, then one in each such time (ns). */
#define TOLD_BURST 5
#define TOLD_INTERVAL (60 * UINT64_C(1000000000))

/* Whether one more may be told at `now`; then it counts. *told_until: 0 before the first. */
bool may_tell(uint64_t *told_until, uint64_t now);

/* Waits are random between half of the interval and all of it. */
#define DELIVERY_BACKOFF_FIRST (UINT64_C(1000000000))
#define DELIVERY_BACKOFF_FACTOR 1.5
#define DELIVERY_BACKOFF_MAX (30 * UINT64_C(1000000000))
/* A collector that asks for more is not obeyed: a wrong clock asks for days, and no queue lasts that long. */
#define DELIVERY_RETRY_AFTER_MAX (120 * UINT64_C(1000000000))

/* Of one signal. Set all to zero before the first use. */
struct outage {
	bool failing;
	bool told;         /* the user knows */
	uint64_t since;    /* ns */
	uint64_t interval; /* of the backoff; ns */
	uint64_t retry_at; /* nothing is sent before; ns */
	uint64_t lost;     /* spans lost before it began */
	struct said causes;
};

/*
 * Another attempt failed. `retry_after`: as the collector asks, else 0; `random`: any 64 bits. Waits
 * between half of the interval and all of it, then makes it longer.
 */
void outage_extend(struct outage *outage, uint64_t now, uint64_t retry_after, uint64_t random);
void outage_end(struct outage *outage);
/* The end is near: one attempt at once, whatever the collector asked for, then the shortest waits. */
void outage_hurry(struct outage *outage);

#endif
