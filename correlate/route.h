/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.route by guess: path segments that look like identifiers become {id}.
 * At most ROUTES_MAX routes per service; then the catch-all "/" + "*".
 */
#ifndef WIRESPAN_CORRELATE_ROUTE_H
#define WIRESPAN_CORRELATE_ROUTE_H

#include "base/slice.h"

#define ROUTE_LENGTH_MAX 256
#define ROUTES_MAX 200 /* per service; that of all services stands in limits.h */

/*
 * The route of `path`, whose query is left out; in `buffer`, or static text. One
 * longer than ROUTE_LENGTH_MAX is cut at a segment and ended by the catch-all.
 */
struct slice route_infer(struct slice path, char buffer[ROUTE_LENGTH_MAX]);

/* The routes seen per service name; those of services long idle are forgotten (limits.h). */
struct route_table;
/* NULL when out of memory. */
struct route_table *route_table_new(void);
/* Accepts NULL. */
void route_table_free(struct route_table *table);
/* The same route where the service is known to have it, else empty. Claims nothing. */
struct slice route_table_find(struct route_table *table, struct slice service, struct slice route);
/* The same route, or the catch-all where the service has ROUTES_MAX others already (or memory is out). */
struct slice route_table_admit(struct route_table *table, struct slice service, struct slice route);

#endif
