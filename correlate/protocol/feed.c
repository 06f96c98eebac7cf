// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/feed.h"

#include "correlate/record/view.h"

/* Where the record's bytes go. */
struct way {
	const struct feed *feed;
	void *context;
	struct prefix *prefix; /* NULL: none is before them */
	unsigned int direction;
};

static void pass_bytes(const struct way *way, uint64_t position, struct slice bytes)
{
	if (way->prefix && way->prefix->open)
		prefix_bytes(way->prefix, way->feed, way->context, way->direction, position, bytes);
	else
		way->feed->bytes(way->context, way->direction, position, bytes);
}

static void pass_hole(const struct way *way, uint64_t position, uint64_t length)
{
	if (way->prefix && way->prefix->open)
		prefix_hole(way->prefix, way->feed, way->context, way->direction, position, length);
	else
		way->feed->hole(way->context, way->direction, position, length);
}

/* Who connects sends it, before all else. */
static struct prefix *prefix_before(struct connection *connection, const struct record_data *record)
{
	if (record->direction != connection->request_direction)
		return NULL;
	if ((record->header.flags & RECORD_DATA_BEGIN) && !connection->directions[record->direction].began)
		prefix_begin(&connection->prefix);
	return &connection->prefix;
}

void feed_record(struct connection *connection, const struct feed *feed, void *context,
		 const struct record_data *record, uint32_t skip)
{
	const struct way way = { feed, context, prefix_before(connection, record), record->direction };
	bool concurrent = record->header.flags & RECORD_DATA_CONCURRENT;
	uint64_t at = skip;
	size_t cursor = 0;
	uint32_t offset;
	struct slice bytes;

	while (!concurrent && record_next_fragment(record, &cursor, &offset, &bytes)) {
		if (offset + bytes.length <= at)
			continue;
		if (offset < at) {
			bytes = slice_from(bytes, at - offset);
			offset = (uint32_t)at;
		}
		if (offset > at)
			pass_hole(&way, record->position + at, offset - at);
		pass_bytes(&way, record->position + offset, bytes);
		at = (uint64_t)offset + bytes.length;
	}
	if (record->length > at)
		pass_hole(&way, record->position + at, record->length - at);
}
