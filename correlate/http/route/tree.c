// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/tree.h"

void route_tree_init(struct route_tree *tree)
{
	memset(tree, 0, sizeof *tree);
}

void route_tree_done(struct route_tree *tree)
{
	route_place_clear(tree, &tree->root);
}

static bool is_identifier(uint64_t identifiers, size_t index)
{
	return identifiers >> index & 1;
}

static const struct slice rest = SLICE_LITERAL("*");

/* The segments that others follow: of a path that is cut, what is left of it follows the last. */
static size_t count_going_on(const struct route_path *path)
{
	return path->cut ? path->count : path->count - 1;
}

static bool ends_here(const struct route_place *place, const struct route_path *path, size_t last,
		      uint64_t *identifiers)
{
	if (path->cut)
		return route_value_find(&place->ends, rest) || (place->ends.folded && place->ends_in_identifier);
	if (!is_identifier(*identifiers, last)) {
		if (route_value_find(&place->ends, path->segments[last]))
			return true;
		if (!place->ends.folded)
			return false;
		*identifiers |= UINT64_C(1) << last;
	}
	return place->ends_in_identifier;
}

bool route_tree_find(const struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers)
{
	const struct route_place *place = &tree->root;
	uint64_t identifiers = path->identifiers;
	size_t last = count_going_on(path);

	for (size_t i = 0; place && i < last; i++) {
		const struct route_value *value = NULL;

		if (!is_identifier(identifiers, i)) {
			value = route_value_find(&place->goes_on, path->segments[i]);
			if (!value && !place->goes_on.folded)
				return false;
			identifiers |= (uint64_t)!value << i;
		}
		place = value ? value->place : place->identifier;
	}
	if (!place || !ends_here(place, path, last, &identifiers))
		return false;
	*ret_identifiers = identifiers;
	return true;
}

/*
 * The value of that text, a new one where there is none; NULL where it is an identifier now, as its
 * place is full of others (*ret_full is false), or at a bound.
 */
static struct route_value *go_on_by_value(struct route_tree *tree, struct route_place *place, struct slice text,
					  size_t depth, bool *ret_full)
{
	struct route_value *value = route_value_find(&place->goes_on, text);

	*ret_full = false;
	if (value || place->goes_on.folded)
		return value;
	if (place->goes_on.count == route_values_max(depth)) {
		route_place_fold_goes_on(tree, place, depth);
		return NULL;
	}
	value = route_value_new(tree, &place->goes_on, text);
	*ret_full = !value;
	return value;
}

/* What follows the segment; NULL at a bound. */
static struct route_place *go_on(struct route_tree *tree, struct route_place *place, struct slice text, size_t depth,
				 uint64_t *identifiers)
{
	struct route_place **next = &place->identifier;

	if (!is_identifier(*identifiers, depth)) {
		bool full;
		struct route_value *value = go_on_by_value(tree, place, text, depth, &full);

		if (full)
			return NULL;
		if (value)
			next = &value->place;
		else
			*identifiers |= UINT64_C(1) << depth;
	}
	if (!*next)
		*next = route_place_new(tree);
	return *next;
}

static bool claim_identifier(struct route_tree *tree, struct route_place *place)
{
	if (!place->ends_in_identifier && tree->routes >= ROUTES_MAX)
		return false;
	route_place_end_in_identifier(tree, place);
	return true;
}

static bool claim_end(struct route_tree *tree, struct route_place *place, const struct route_path *path, size_t last,
		      uint64_t *identifiers)
{
	struct slice text = path->cut ? rest : path->segments[last];

	if (!path->cut && is_identifier(*identifiers, last))
		return claim_identifier(tree, place);
	if (route_value_find(&place->ends, text))
		return true;
	if (!place->ends.folded && place->ends.count == route_values_max(last))
		route_place_fold_ends(tree, place);
	if (place->ends.folded) {
		*identifiers |= (uint64_t)!path->cut << last;
		return claim_identifier(tree, place);
	}
	if (tree->routes >= ROUTES_MAX || !route_value_new(tree, &place->ends, text))
		return false;
	tree->routes++;
	return true;
}

bool route_tree_claim(struct route_tree *tree, const struct route_path *path, uint64_t *ret_identifiers)
{
	struct route_place *place = &tree->root;
	uint64_t identifiers = path->identifiers;
	size_t last = count_going_on(path);

	for (size_t i = 0; i < last; i++) {
		place = go_on(tree, place, path->segments[i], i, &identifiers);
		if (!place)
			return false;
	}
	if (!claim_end(tree, place, path, last, &identifiers))
		return false;
	*ret_identifiers = identifiers;
	return true;
}
