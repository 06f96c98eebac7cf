/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is understood and left out (design, decision 12): exchanges with telemetry back
 * ends, all of processes that export spans of their own, and, where that is asked for, what only
 * keeps connections to databases alive. Such an exchange is followed like any other, so that
 * it makes the contexts of its thread ambiguous where it is, but becomes no span, no parent
 * and no loss.
 */
#ifndef WIRESPAN_CORRELATE_EXCHANGE_IGNORE_H
#define WIRESPAN_CORRELATE_EXCHANGE_IGNORE_H

#include "correlate/exchange/exchange.h"
#include "correlate/exchange/telemetry.h"

struct engine;

/*
 * Decides by what its request has to do with telemetry, and by its process; `exchange` is open. `destination`: whom it
 * names, "host:port"; may be empty.
 */
void ignore_request(struct engine *engine, struct exchange *exchange, enum telemetry telemetry, struct slice destination);
/* It is left out, whatever else it may be. */
void ignore_exchange(struct exchange *exchange, enum exchange_ignored ignored);
/* Of an open one that does nothing but keep a connection to a database alive, or try whether it is. */
void ignore_ping(const struct engine *engine, struct exchange *exchange);
/* It has ended, or is lost sight of: counts it instead of whatever it would have counted as. */
void ignore_end(struct engine *engine, struct exchange *exchange);

#endif
