/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes that the user gives, as [SERVICE:]PATTERN. A pattern begins with '/', and its segments are
 * texts as URLs have them, percent-encoded; {NAME}, perhaps with text before or behind it,
 * stands for one segment (or that part of it) that is not empty; '*', as the last, for all that follows.
 * SERVICE is a glob (base/glob.h) of service names.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_PATTERN_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_PATTERN_H

#include "base/slice.h"

#define ROUTE_PATTERNS_MAX 256
#define ROUTE_PATTERN_SERVICE_MAX 128

struct route_pattern {
	char service[ROUTE_PATTERN_SERVICE_MAX + 1]; /* empty: any */
	struct slice text;                           /* the route, as given */
};

/* All zero: none. The most specific first. */
struct route_patterns {
	struct route_pattern patterns[ROUTE_PATTERNS_MAX];
	size_t count;
};

/*
 * Adds one, which outlives the patterns. NULL, or what is wrong with it, as the end of "it ...".
 */
const char *route_patterns_add(struct route_patterns *patterns, const char *pattern);

/*
 * The first pattern for that service that matches the path (which begins with '/'; its query, and its
 * segments' path parameters, are left out); empty where there is none. What is more specific comes
 * first: segment by segment, a text before one with a {NAME} in it, before a {NAME}, before '*';
 * where two are alike in that, a service before a glob of services before none; then what was added first.
 */
struct slice route_patterns_match(const struct route_patterns *patterns, struct slice service, struct slice path);

#endif
