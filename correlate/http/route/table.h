/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes by guess, per service, from the paths that it answers: segments that look like
 * identifiers become {id}, and so does each place of a path in which ever new values are seen.
 * Both are bounded: see bounds.h, and limits.h for all services together.
 */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_TABLE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_TABLE_H

#include "correlate/http/route/bounds.h"
#include "correlate/http/route/route.h"

/* Whose routes: a service that is traced, or a host that is asked and of which no more is known. */
enum route_owner { ROUTES_OF_SERVICE, ROUTES_OF_HOST };

struct route_table;
/* NULL when out of memory. */
struct route_table *route_table_new(void);
/* Accepts NULL. */
void route_table_free(struct route_table *table);
/*
 * The route of a path. Where `proven` is not set, it is none unless it is known already, and nothing
 * is claimed.
 */
void route_table_guess(struct route_table *table, enum route_owner owner, struct slice name,
		       const struct route_path *path, bool proven, struct route *ret_route);

#endif
