/* SPDX-License-Identifier: Apache-2.0 */
/* The paths that one service is known to answer, as a tree of their segments; see route/table.h. */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_TREE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_TREE_H

#include "correlate/http/route/table.h"

struct route_value;

/* The values of one kind in a place: those with which paths end, or those with which they go on. */
struct route_values {
	struct route_value *first;
	unsigned int count;
	bool folded; /* too many came: further ones are identifiers */
};

struct route_place {
	struct route_values ends, goes_on;
	bool ends_in_identifier;
	struct route_place *identifier; /* what follows one; NULL: nothing was seen to */
};

struct route_tree {
	struct route_place root;
	size_t routes; /* ways from the root to an end */
	size_t nodes;
	size_t memory; /* bytes */
};

/* No tree takes more: each node holds at most a segment, and a place that follows it. */
#define ROUTE_TREE_MEMORY_MAX (ROUTE_NODES_MAX * (ROUTE_LENGTH_MAX + 128))

void route_tree_init(struct route_tree *tree);
void route_tree_done(struct route_tree *tree);

/* Whether the path is known. *ret_identifiers: which of its segments are identifiers. */
bool route_tree_find(const struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers);
/* The same of a path that is answered, and becomes known. False at a bound, or when out of memory. */
bool route_tree_claim(struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers);

#endif
