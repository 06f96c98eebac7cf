// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/route.h"

#include "correlate/http/route/segment.h"

static const struct slice catch_all = SLICE_LITERAL("/*"), identifier = SLICE_LITERAL("{id}");

/* How much of a route may be taken where the catch-all may have to follow. */
#define ROOM (ROUTE_LENGTH_MAX - catch_all.length)

/* The next segment behind its slash; *rest is then what follows it. */
static struct slice take_segment(struct slice *rest)
{
	struct slice segment = slice_from(*rest, 1);

	segment = slice_head(segment, slice_find(segment, '/'));
	*rest = slice_from(*rest, 1 + segment.length);
	return slice_head(segment, slice_find(segment, ';'));
}

static struct slice without_query(struct slice path)
{
	path = slice_head(path, slice_find(path, '?'));
	return slice_head(path, slice_find(path, '#'));
}

void route_path_split(struct slice path, struct route_path *ret_path)
{
	struct slice rest = without_query(path);
	size_t length = 0;

	ret_path->count = 0;
	ret_path->identifiers = 0;
	while (rest.length && ret_path->count < ROUTE_SEGMENTS_MAX) {
		struct slice segment = take_segment(&rest);
		bool is_identifier = route_segment_is_identifier(segment);

		length += 1 + (is_identifier ? identifier.length : segment.length);
		if (length > ROOM) {
			ret_path->cut = true;
			return;
		}
		ret_path->identifiers |= (uint64_t)is_identifier << ret_path->count;
		ret_path->segments[ret_path->count++] = segment;
	}
	ret_path->cut = rest.length;
}

/* False where no room would be left for the catch-all. */
static bool append(char *buffer, size_t *length, struct slice segment)
{
	if (1 + segment.length > ROOM - *length)
		return false;
	buffer[(*length)++] = '/';
	if (segment.length)
		memcpy(buffer + *length, segment.data, segment.length);
	*length += segment.length;
	return true;
}

struct slice route_text(const struct route *route, struct slice path, char buffer[ROUTE_LENGTH_MAX])
{
	struct slice rest = without_query(path);
	bool cut = route->cut;
	size_t length = 0;

	if (route->origin == ROUTE_GIVEN)
		return route->given;
	for (size_t i = 0; i < route->count && rest.length; i++) {
		struct slice segment = take_segment(&rest);

		if (!append(buffer, &length, route->identifiers >> i & 1 ? identifier : segment)) {
			cut = true;
			break;
		}
	}
	if (cut) {
		memcpy(buffer + length, catch_all.data, catch_all.length);
		length += catch_all.length;
	}
	return slice_of(buffer, length);
}
