/* SPDX-License-Identifier: Apache-2.0 */
/* A record's bytes as a protocol's reader takes them, behind the layers below. */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_FEED_H
#define WIRESPAN_CORRELATE_PROTOCOL_FEED_H

#include "correlate/connection/connection.h"
#include "correlate/record/view.h"

/*
 * As feed_record(), with nothing before the stream. Inlined where it is called, and so is that one: the feed is a
 * constant there, and its functions are called for every piece of every record.
 */
static inline __attribute__((always_inline)) void feed_pieces(const struct feed *feed, void *context,
							      const struct record_data *record, uint32_t skip)
{
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
			feed->hole(context, record->direction, record->position + at, offset - at);
		feed->bytes(context, record->direction, record->position + offset, bytes);
		at = (uint64_t)offset + bytes.length;
	}
	if (record->length > at)
		feed->hole(context, record->direction, record->position + at, record->length - at);
}

/* As feed_record(), while the connection's prefix is open. */
void feed_behind_prefix(struct connection *connection, const struct feed *feed, void *context,
			const struct record_data *record, uint32_t skip);

/* Whether a prefix may stand before the record's bytes, or within them. Who connects sends it, before all else. */
static inline bool feed_has_prefix(struct connection *connection, const struct record_data *record)
{
	if (record->direction != connection->request_direction)
		return false;
	if ((record->header.flags & RECORD_DATA_BEGIN) && !connection->directions[record->direction].began)
		prefix_begin(&connection->prefix);
	return connection->prefix.open;
}

/*
 * All of the record but its first `skip` bytes, which are known already, and a prefix at the beginning of the stream of
 * requests. What several threads sent at once is a hole: nobody knows where its bytes stand.
 */
static inline __attribute__((always_inline)) void feed_record(struct connection *connection, const struct feed *feed,
							      void *context, const struct record_data *record,
							      uint32_t skip)
{
	if (feed_has_prefix(connection, record))
		feed_behind_prefix(connection, feed, context, record, skip);
	else
		feed_pieces(feed, context, record, skip);
}

#endif
