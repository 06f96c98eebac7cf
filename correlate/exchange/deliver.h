/* SPDX-License-Identifier: Apache-2.0 */
/* The last step: a finished exchange as a span to the sink. */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_DELIVER_H
#define WIRESPAN_CORRELATE_EXCHANGE_DELIVER_H

#include "correlate/exchange/exchange.h"

struct engine;

/* Resolves its links, makes the span, hands it over. Takes over the caller's reference. */
void deliver_exchange(struct engine *engine, struct exchange *exchange);

#endif
