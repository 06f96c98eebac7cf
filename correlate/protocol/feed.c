// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/feed.h"

#include "correlate/record/view.h"

void feed_record(const struct feed *feed, void *context, const struct record_data *record, uint32_t skip)
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
