// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/place.h"

#include <stdlib.h>

#include "correlate/http/route/bounds.h"

_Static_assert(sizeof(struct route_value) + sizeof(struct route_place) <= 128, "ROUTE_TREE_MEMORY_MAX holds");

/* NULL at the bound, or when out of memory. */
static void *node_new(struct route_tree *tree, size_t size)
{
	void *node = tree->nodes < ROUTE_NODES_MAX ? calloc(1, size) : NULL;

	if (!node)
		return NULL;
	tree->nodes++;
	tree->memory += size;
	return node;
}

static void node_free(struct route_tree *tree, void *node, size_t size)
{
	tree->nodes--;
	tree->memory -= size;
	free(node);
}

static void value_free(struct route_tree *tree, struct route_value *value)
{
	node_free(tree, value, sizeof *value + value->length);
}

struct route_value *route_value_find(const struct route_values *values, struct slice text)
{
	struct route_value *value = values->first;

	while (value && !slice_equal(slice_of(value->text, value->length), text))
		value = value->next;
	return value;
}

static void value_put(struct route_values *values, struct route_value *value)
{
	value->next = values->first;
	values->first = value;
	values->count++;
}

struct route_value *route_value_new(struct route_tree *tree, struct route_values *values, struct slice text)
{
	struct route_value *value = node_new(tree, sizeof *value + text.length);

	if (!value)
		return NULL;
	value->length = text.length;
	if (text.length)
		memcpy(value->text, text.data, text.length);
	value_put(values, value);
	return value;
}

static struct route_value *value_take(struct route_values *values)
{
	struct route_value *value = values->first;

	if (value) {
		values->first = value->next;
		values->count--;
	}
	return value;
}

size_t route_values_max(size_t depth)
{
	return depth ? ROUTE_VALUES_MAX : ROUTE_FIRST_VALUES_MAX;
}

void route_place_end_in_identifier(struct route_tree *tree, struct route_place *place)
{
	tree->routes += !place->ends_in_identifier;
	place->ends_in_identifier = true;
}

void route_place_fold_ends(struct route_tree *tree, struct route_place *place)
{
	struct route_value *value;

	place->ends.folded = true;
	if (place->ends.first)
		route_place_end_in_identifier(tree, place);
	while ((value = value_take(&place->ends))) {
		tree->routes--;
		value_free(tree, value);
	}
}

static void place_absorb(struct route_tree *tree, struct route_place **into, struct route_place *place, size_t depth);

void route_place_fold_goes_on(struct route_tree *tree, struct route_place *place, size_t depth)
{
	struct route_value *value;

	place->goes_on.folded = true;
	while ((value = value_take(&place->goes_on))) {
		if (value->place)
			place_absorb(tree, &place->identifier, value->place, depth + 1);
		value_free(tree, value);
	}
}

static void absorb_ends(struct route_tree *tree, struct route_place *into, struct route_place *place, size_t depth)
{
	struct route_value *value;

	while ((value = value_take(&place->ends))) {
		if (route_value_find(&into->ends, slice_of(value->text, value->length))) {
			tree->routes--;
			value_free(tree, value);
		} else {
			value_put(&into->ends, value);
		}
	}
	if (place->ends_in_identifier) {
		tree->routes--;
		route_place_end_in_identifier(tree, into);
	}
	if (into->ends.folded || place->ends.folded || into->ends.count > route_values_max(depth))
		route_place_fold_ends(tree, into);
}

static void absorb_goes_on(struct route_tree *tree, struct route_place *into, struct route_place *place, size_t depth)
{
	struct route_value *value, *same;

	while ((value = value_take(&place->goes_on))) {
		same = route_value_find(&into->goes_on, slice_of(value->text, value->length));
		if (same) {
			if (value->place)
				place_absorb(tree, &same->place, value->place, depth + 1);
			value_free(tree, value);
		} else {
			value_put(&into->goes_on, value);
		}
	}
	if (place->identifier)
		place_absorb(tree, &into->identifier, place->identifier, depth + 1);
	if (into->goes_on.folded || place->goes_on.folded || into->goes_on.count > route_values_max(depth))
		route_place_fold_goes_on(tree, into, depth);
}

/* Makes one place of two, whose index in paths is `depth`; *into may be none yet. Recurses as deep as paths are. */
static void place_absorb(struct route_tree *tree, struct route_place **into, struct route_place *place, size_t depth)
{
	if (!*into) {
		*into = place;
		return;
	}
	absorb_ends(tree, *into, place, depth);
	absorb_goes_on(tree, *into, place, depth);
	node_free(tree, place, sizeof *place);
}

struct route_place *route_place_new(struct route_tree *tree)
{
	return node_new(tree, sizeof(struct route_place));
}

static void place_free(struct route_tree *tree, struct route_place *place)
{
	if (!place)
		return;
	route_place_clear(tree, place);
	node_free(tree, place, sizeof *place);
}

void route_place_clear(struct route_tree *tree, struct route_place *place)
{
	struct route_value *value;

	while ((value = value_take(&place->ends)))
		value_free(tree, value);
	while ((value = value_take(&place->goes_on))) {
		place_free(tree, value->place);
		value_free(tree, value);
	}
	place_free(tree, place->identifier);
}
