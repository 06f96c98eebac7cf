/* SPDX-License-Identifier: Apache-2.0 */
/* The spans of one trace as the tree that they are: parents, and their children by time. */
#ifndef WIRESPAN_OTLP_CONSOLE_TREE_H
#define WIRESPAN_OTLP_CONSOLE_TREE_H

#include "correlate/span/span.h"
#include "otlp/encode/arena.h"

struct tree_node {
	const struct span *span;
	struct tree_node *parent, *first_child, *last_child, *next;
};

/*
 * Links the `count` > 0 spans, by start; one whose parent is not among them (or
 * would close a circle) stands at the top. Returns the first at the top; all
 * nodes live in the arena. NULL when out of memory.
 */
struct tree_node *tree_build(struct arena *arena, struct span *const *spans, size_t count);

/* The next node: children before siblings; NULL after the last. */
struct tree_node *tree_next(const struct tree_node *node);

#endif
