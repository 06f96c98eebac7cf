/* SPDX-License-Identifier: Apache-2.0 */
/* The last steps: a finished exchange is held, and becomes a span. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_DELIVER_H
#define WIRESPAN_CORRELATE_EXCHANGE_DELIVER_H

#include "correlate/exchange/exchange.h"

struct engine;

/* It has ended at `end`: on its way to become a span, unless it is left out. The caller keeps its own reference. */
void deliver_finished(struct engine *engine, struct exchange *exchange, uint64_t end);
/* Exchanges of that connection that were paired by position were paired wrongly: those not delivered yet never will be. */
void deliver_retract(struct engine *engine, uint64_t cookie);
/* The same of all exchanges of that connection. */
void deliver_retract_all(struct engine *engine, uint64_t cookie);
/* It has ended, and will be no span after all: counts `loss`. Takes over the caller's reference. */
void deliver_discard(struct engine *engine, struct exchange *exchange, enum loss loss);
/* Resolves its links, makes the span, hands it over. Takes over the caller's reference. */
void deliver_exchange(struct engine *engine, struct exchange *exchange);

#endif
