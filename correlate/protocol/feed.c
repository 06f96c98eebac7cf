// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/feed.h"

/* Where bytes go that a prefix may stand before. */
struct way {
	struct prefix *prefix;
	const struct feed *feed;
	void *context;
};

static void pass_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	const struct way *way = context;

	if (way->prefix->open)
		prefix_bytes(way->prefix, way->feed, way->context, direction, position, bytes);
	else
		way->feed->bytes(way->context, direction, position, bytes);
}

static void pass_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	const struct way *way = context;

	if (way->prefix->open)
		prefix_hole(way->prefix, way->feed, way->context, direction, position, length);
	else
		way->feed->hole(way->context, direction, position, length);
}

void feed_behind_prefix(struct connection *connection, const struct feed *feed, void *context,
			const struct record_data *record, uint32_t skip)
{
	static const struct feed through = { .bytes = pass_bytes, .hole = pass_hole };
	struct way way = { &connection->prefix, feed, context };

	feed_pieces(&through, &way, record, skip);
}
