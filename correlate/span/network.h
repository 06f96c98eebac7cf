/* SPDX-License-Identifier: Apache-2.0 */
/* A connection as attributes of a span: OpenTelemetry semantic conventions, "Network". */
#ifndef WIRESPAN_CORRELATE_SPAN_NETWORK_H
#define WIRESPAN_CORRELATE_SPAN_NETWORK_H

#include "bpf/record.h"
#include "correlate/span/span.h"
#include "correlate/span/text.h"

/* The address as a text of its own in `text`; empty where the family has none. */
struct slice network_address(struct text *text, uint8_t family, const uint8_t address[16]);

/* Goes on with the text under way: "host:port", an IPv6 address in brackets. */
void network_append_place(struct text *text, struct slice host, uint16_t port);

/*
 * Adds network.transport, network.protocol.version (unless `version` is empty), and, but for Unix sockets, network.type,
 * network.peer.* and network.local.*. The peer's address, in `text`, is returned; empty: none.
 */
struct slice network_add(struct span *span, struct text *text, const struct record_connection *connection,
			 struct slice version);

#endif
