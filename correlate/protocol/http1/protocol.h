/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.0 and HTTP/1.1 as a protocol of the table. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_PROTOCOL_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_PROTOCOL_H

#include "correlate/protocol/protocol.h"

extern const struct protocol http1_protocol;

#endif
