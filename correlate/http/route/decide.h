/* SPDX-License-Identifier: Apache-2.0 */
/* Which route a request is an instance of: one that the user gave, else one that is guessed. */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_DECIDE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_DECIDE_H

#include "correlate/http/route/pattern.h"
#include "correlate/http/route/table.h"

/* Whose routes, and which. */
struct route_context {
	struct slice service; /* who answers; empty: not known, the host that is asked stands for it */
	const struct route_patterns *given; /* NULL: none */
	struct route_table *guessed;        /* NULL: nothing is guessed */
};

/* Decides, unless it is decided already. `host`: who is asked; `status`: of the answer, 0 none. */
void http_route_decide(const struct route_context *context, struct slice host, struct slice path, int status,
			struct route *route);

#endif
