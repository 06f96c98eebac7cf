/* SPDX-License-Identifier: Apache-2.0 */
/* The third stage of a delivery: one request at a time, of the signals in turn. */
#ifndef WIRESPAN_OTLP_DELIVER_SEND_H
#define WIRESPAN_OTLP_DELIVER_SEND_H

#include "otlp/deliver/state.h"

/* Closes what is due, takes answers, sends. */
void delivery_move(struct delivery *delivery, uint64_t now);
/* When delivery_move will have something to do by itself; UINT64_MAX: never. */
uint64_t delivery_due(const struct delivery *delivery);
/* Makes one batch of what is gathered. */
void delivery_close_batch(struct delivery *delivery);

#endif
