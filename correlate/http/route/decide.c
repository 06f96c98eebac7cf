// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/decide.h"

/*
 * Whether the answer proves that the application has a route for the path.
 * Otherwise who scans a server for what it has not would use up the routes.
 */
static bool proves_route(int status)
{
	return status != 0 && status != 404 && status != 405;
}

void http_route_decide(const struct route_context *context, struct slice host, struct slice path, int status,
			struct route *route)
{
	enum route_owner owner = context->service.length ? ROUTES_OF_SERVICE : ROUTES_OF_HOST;
	struct slice name = context->service.length ? context->service : host;
	struct route_path split;

	if (route->origin != ROUTE_UNDECIDED)
		return;
	route->origin = ROUTE_NONE;
	if (!slice_starts_with(path, SLICE_LITERAL("/")))
		return;
	if (context->given)
		route->given = route_patterns_match(context->given, name, path);
	if (route->given.length) {
		route->origin = ROUTE_GIVEN;
	} else if (context->guessed) {
		route_path_split(path, &split);
		route_table_guess(context->guessed, owner, name, &split, proves_route(status), route);
	}
}
