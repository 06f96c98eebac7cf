// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/tree.h"

#include <stdlib.h>

static int compare_starts(const void *left, const void *right)
{
	const struct span *a = ((const struct tree_node *)left)->span, *b = ((const struct tree_node *)right)->span;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return memcmp(a->span_id, b->span_id, sizeof(a->span_id));
}

static int compare_ids(const void *left, const void *right)
{
	const struct tree_node *a = *(struct tree_node *const *)left, *b = *(struct tree_node *const *)right;

	return memcmp(a->span->span_id, b->span->span_id, sizeof(a->span->span_id));
}

static int compare_id(const void *key, const void *element)
{
	const struct span *span = (*(struct tree_node *const *)element)->span;

	return memcmp(key, span->span_id, sizeof(span->span_id));
}

static struct tree_node *find_parent(struct tree_node *node, struct tree_node **by_id, size_t count)
{
	struct tree_node **found = NULL;

	if (span_has_parent(node->span))
		found = bsearch(node->span->parent_span_id, by_id, count, sizeof(struct tree_node *), compare_id);
	if (!found)
		return NULL;
	for (struct tree_node *above = *found; above; above = above->parent) {
		if (above == node)
			return NULL;
	}
	return *found;
}

struct tree_node *tree_build(struct arena *arena, struct span *const *spans, size_t count)
{
	struct tree_node *nodes = arena_allocate(arena, count * sizeof(*nodes));
	struct tree_node **by_id = arena_allocate(arena, count * sizeof(struct tree_node *));
	struct tree_node top = { 0 };

	if (!nodes || !by_id)
		return NULL;
	for (size_t i = 0; i < count; i++)
		nodes[i] = (struct tree_node){ .span = spans[i] };
	qsort(nodes, count, sizeof(*nodes), compare_starts);
	for (size_t i = 0; i < count; i++)
		by_id[i] = &nodes[i];
	qsort(by_id, count, sizeof(struct tree_node *), compare_ids);
	for (size_t i = 0; i < count; i++) {
		struct tree_node *above;

		nodes[i].parent = find_parent(&nodes[i], by_id, count);
		above = nodes[i].parent ? nodes[i].parent : &top;
		*(above->last_child ? &above->last_child->next : &above->first_child) = &nodes[i];
		above->last_child = &nodes[i];
	}
	return top.first_child;
}

struct tree_node *tree_next(const struct tree_node *node)
{
	if (node->first_child)
		return node->first_child;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}
