// SPDX-License-Identifier: Apache-2.0
/*
 * Lines: routes as a user gives them up to an empty line, then paths that a service answers. What is given is
 * refused or matches what it is; what is guessed keeps its bounds, and is known from then on.
 */
#include <assert.h>
#include <stdlib.h>

#include "correlate/http/route/decide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct route_patterns patterns;

/* Takes a line off *text: an allocation of its own, ended by NUL, that the caller frees. */
static char *take_line(struct slice *text, size_t *ret_length)
{
	struct slice line = slice_head(*text, slice_find(*text, '\n'));
	char *copy = slice_to_string(line);

	assert(copy);
	*text = slice_from(*text, line.length + 1);
	*ret_length = line.length;
	return copy;
}

static void check_path(struct route_table *table, struct slice path, int status)
{
	const struct route_context context = { SLICE_LITERAL("shop"), &patterns, table };
	char buffer[ROUTE_LENGTH_MAX], again_buffer[ROUTE_LENGTH_MAX];
	struct route route = { .origin = ROUTE_UNDECIDED }, again = route;
	struct slice shown, shown_again;

	http_route_decide(&context, SLICE_LITERAL("host"), path, status, &route);
	assert(route.origin != ROUTE_UNDECIDED);
	if (route.origin == ROUTE_NONE)
		return;
	shown = route_text(&route, path, buffer);
	assert(shown.length >= 1 && shown.length <= ROUTE_LENGTH_MAX && shown.data[0] == '/');
	if (route.limited)
		return;
	http_route_decide(&context, SLICE_LITERAL("host"), path, 404, &again);
	shown_again = route_text(&again, path, again_buffer);
	assert(again.origin == route.origin && slice_equal(shown_again, shown));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct route_table *table = route_table_new();
	char *given[32];
	size_t count = 0, length;

	if (!table)
		return 0;
	memset(&patterns, 0, sizeof(patterns));
	while (text.length && count < sizeof(given) / sizeof(given[0])) {
		given[count] = take_line(&text, &length);
		if (!length) {
			free(given[count]);
			break;
		}
		route_patterns_add(&patterns, given[count++]);
	}
	while (text.length) {
		char *path = take_line(&text, &length);

		/* Not what ends it: what is read past it is found. */
		check_path(table, slice_of(path, length), length % 5 ? 200 : 404);
		free(path);
	}
	while (count)
		free(given[--count]);
	route_table_free(table);
	return 0;
}
