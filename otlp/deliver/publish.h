/* SPDX-License-Identifier: Apache-2.0 */
/* What other threads, and the user, get to know of a delivery's stages. */
#ifndef WIRESPAN_OTLP_DELIVER_PUBLISH_H
#define WIRESPAN_OTLP_DELIVER_PUBLISH_H

#include "otlp/deliver/state.h"

/* What is lost because there is no room is said at once, and then this often. */
#define DELIVERY_ROOM_INTERVAL (60 * UINT64_C(1000000000))

/* Lets other threads see the numbers of the stages, and says what of them is worth saying. */
void delivery_publish(struct delivery *delivery);

#endif
