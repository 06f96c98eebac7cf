/* SPDX-License-Identifier: Apache-2.0 */
/* The last stage of a delivery: what a collector answered decides on what was sent. */
#ifndef WIRESPAN_OTLP_DELIVER_ANSWER_H
#define WIRESPAN_OTLP_DELIVER_ANSWER_H

#include "otlp/deliver/state.h"

/* The lane's batch has been answered, or could not be sent. */
void delivery_answer(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer);
/* Nothing came of the lane's batch, or of getting one: it is tried again later. */
void delivery_retry_later(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer);

#endif
