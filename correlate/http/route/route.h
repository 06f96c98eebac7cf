/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: what a path is an instance of, as its user gave it (route/pattern.h) or as it is guessed (route/table.h). */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_ROUTE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_ROUTE_H

#include "base/slice.h"

#define ROUTE_LENGTH_MAX 256  /* longer ones are cut at a segment and end in the catch-all, "/" + "*" */
#define ROUTE_SEGMENTS_MAX 63 /* likewise */

/* A path, in segments. Bits of masks: 1 << index. */
struct route_path {
	struct slice segments[ROUTE_SEGMENTS_MAX]; /* without path parameters (";jsessionid=...") */
	size_t count;
	bool cut; /* there are more: the catch-all stands for them */
	uint64_t identifiers; /* those that look like one (route/segment.h) */
};

/* `path` begins with "/"; what follows '?' or '#' is left out. The result points into it. */
void route_path_split(struct slice path, struct route_path *ret_path);

enum route_origin { ROUTE_UNDECIDED, ROUTE_NONE, ROUTE_GIVEN, ROUTE_GUESSED };

/* Without text, but that which the user gave: both ends of an exchange have the same path to render it of. */
struct route {
	enum route_origin origin;
	struct slice given;
	uint64_t identifiers; /* guessed: the segments that become {id} */
	size_t count;         /* and how many are shown */
	bool cut;             /* and whether the catch-all follows */
	bool limited;         /* it is nothing but that, as a bound was reached */
};

/* The text of a route that is given or guessed; in `buffer`, or the user's. */
struct slice route_text(const struct route *route, struct slice path, char buffer[ROUTE_LENGTH_MAX]);

#endif
