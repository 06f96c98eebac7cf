/* SPDX-License-Identifier: Apache-2.0 */
/* The paths that one service is known to answer, as a tree of their segments; see table.h. */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_TREE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_TREE_H

#include "correlate/http/route/bounds.h"
#include "correlate/http/route/place.h"
#include "correlate/http/route/route.h"

/* No tree takes more: each node holds at most a segment, and a place that follows it. */
#define ROUTE_TREE_MEMORY_MAX (ROUTE_NODES_MAX * (ROUTE_LENGTH_MAX + 128))

void route_tree_init(struct route_tree *tree);
void route_tree_done(struct route_tree *tree);

/* Whether the path is known. *ret_identifiers: which of its segments are identifiers. */
bool route_tree_find(const struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers);
/* The same of a path that is answered, and becomes known. False at a bound, or when out of memory. */
bool route_tree_claim(struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers);

#endif
