// SPDX-License-Identifier: Apache-2.0
#include "correlate/span/network.h"

#include <stdio.h>

#include "correlate/span/address.h"
#include "correlate/span/attributes.h"

struct slice network_address(struct text *text, uint8_t family, const uint8_t address[16])
{
	char formatted[ADDRESS_TEXT_MAX];

	text_begin(text);
	text_append(text, slice_of(formatted, address_format(family, address, formatted)));
	return text_end(text);
}

void network_append_place(struct text *text, struct slice host, uint16_t port)
{
	bool brackets = slice_find(host, ':') < host.length;
	char digits[sizeof(":65535")];

	snprintf(digits, sizeof(digits), ":%u", port);
	text_append(text, brackets ? SLICE_LITERAL("[") : SLICE_LITERAL(""));
	text_append(text, host);
	text_append(text, brackets ? SLICE_LITERAL("]") : SLICE_LITERAL(""));
	text_append(text, slice_of_string(digits));
}

struct slice network_add(struct span *span, struct text *text, const struct record_connection *connection,
			 struct slice version)
{
	struct slice peer = network_address(text, connection->family, connection->remote_address);
	bool unix_socket = connection->family == RECORD_FAMILY_UNIX;

	span_add_string(span, "network.transport", unix_socket ? SLICE_LITERAL("unix") : SLICE_LITERAL("tcp"));
	if (version.length)
		span_add_string(span, "network.protocol.version", version);
	if (unix_socket)
		return peer;
	span_add_string(span, "network.type",
			connection->family == RECORD_FAMILY_INET6 ? SLICE_LITERAL("ipv6") : SLICE_LITERAL("ipv4"));
	span_add_string(span, "network.peer.address", peer);
	span_add_integer(span, "network.peer.port", connection->remote_port);
	span_add_string(span, "network.local.address",
			network_address(text, connection->family, connection->local_address));
	span_add_integer(span, "network.local.port", connection->local_port);
	return peer;
}
