/* SPDX-License-Identifier: Apache-2.0 */
/* How much is kept of the routes of one service. */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_BOUNDS_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_BOUNDS_H

/*
 * A place may have so many values that go on, and so many that end there; of the next one on,
 * they are one: {id}. Values of one kind leave those of the other as they are, and those in other
 * places anyhow. What was guessed before stays so: it is what was known.
 */
#define ROUTE_VALUES_MAX 20
/* The same of the first place, where applications have their own names. */
#define ROUTE_FIRST_VALUES_MAX 100
#define ROUTES_MAX 200       /* per service, then the catch-all */
#define ROUTE_NODES_MAX 2048 /* values and places per service, likewise */

#endif
