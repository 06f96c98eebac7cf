/* SPDX-License-Identifier: Apache-2.0 */
/* One place in a tree of routes: the values seen there, and what becomes of them when they are too many. */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_PLACE_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

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

struct route_value {
	struct route_value *next;
	struct route_place *place; /* what follows; NULL where the path ends */
	size_t length;
	char text[];
};

/* How many values of one kind a place may have that follows `depth` segments. */
size_t route_values_max(size_t depth);

/* NULL where there is none. */
struct route_value *route_value_find(const struct route_values *values, struct slice text);
/* A new one; NULL at the tree's bound, or when out of memory. */
struct route_value *route_value_new(struct route_tree *tree, struct route_values *values, struct slice text);

/* NULL at the tree's bound, or when out of memory. */
struct route_place *route_place_new(struct route_tree *tree);
/* Frees what is in it. */
void route_place_clear(struct route_tree *tree, struct route_place *place);

/* Paths end there with an identifier. */
void route_place_end_in_identifier(struct route_tree *tree, struct route_place *place);
/* The values with which paths end there are one from now on, an identifier. */
void route_place_fold_ends(struct route_tree *tree, struct route_place *place);
/* So are those with which they go on: what followed any of them follows it. Recurses as deep as paths are. */
void route_place_fold_goes_on(struct route_tree *tree, struct route_place *place, size_t depth);

#endif
