// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/prefix.h"

void prefix_begin(struct prefix *prefix)
{
	*prefix = (struct prefix){ .open = true };
}

bool prefix_under_way(const struct prefix *prefix)
{
	return prefix->open && proxy_protocol_taken(&prefix->proxy).length;
}

static void break_off(const struct feed *feed, void *context, unsigned int direction, uint64_t position,
		      uint64_t length, enum loss loss)
{
	if (feed->broken)
		feed->broken(context, direction, loss);
	else
		feed->hole(context, direction, position, length);
}

void prefix_bytes(struct prefix *prefix, const struct feed *feed, void *context, unsigned int direction,
		  uint64_t position, struct slice bytes)
{
	struct slice taken = proxy_protocol_taken(&prefix->proxy);
	size_t consumed;
	enum proxy_protocol_result result = proxy_protocol_feed(&prefix->proxy, bytes, &consumed);

	if (result == PROXY_PROTOCOL_MORE)
		return;
	prefix->open = false;
	if (result == PROXY_PROTOCOL_ERROR) {
		break_off(feed, context, direction, position, bytes.length, LOSS_HEAD_UNPARSABLE);
		return;
	}
	if (result == PROXY_PROTOCOL_ABSENT && taken.length)
		feed->bytes(context, direction, position - taken.length, taken);
	if (consumed < bytes.length)
		feed->bytes(context, direction, position + consumed, slice_from(bytes, consumed));
}

void prefix_hole(struct prefix *prefix, const struct feed *feed, void *context, unsigned int direction,
		 uint64_t position, uint64_t length)
{
	enum proxy_protocol_result result = proxy_protocol_skip(&prefix->proxy, length);

	if (result == PROXY_PROTOCOL_MORE)
		return;
	prefix->open = false;
	if (result == PROXY_PROTOCOL_ERROR)
		break_off(feed, context, direction, position, length, LOSS_HEAD_TRUNCATED);
}
