/* SPDX-License-Identifier: Apache-2.0 */
/* Redis (RESP2, RESP3) as a protocol of the table. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_PROTOCOL_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_PROTOCOL_H

#include "correlate/protocol/protocol.h"

extern const struct protocol redis_protocol;

#endif
