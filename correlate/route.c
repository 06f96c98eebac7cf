// SPDX-License-Identifier: Apache-2.0
#include "correlate/route.h"

#include <stdlib.h>

#include "base/hashmap.h"
#include "correlate/route_segment.h"

#define ROUTE_SERVICES_MAX 4096 /* names are few, unless a job number stands in them */

static const struct slice catch_all = SLICE_LITERAL("/*");

struct route_writer {
	char *buffer;
	size_t length;
};

/* False where no room would be left for the catch-all. */
static bool append(struct route_writer *writer, struct slice text)
{
	if (text.length > ROUTE_LENGTH_MAX - catch_all.length - writer->length)
		return false;
	if (text.length)
		memcpy(writer->buffer + writer->length, text.data, text.length);
	writer->length += text.length;
	return true;
}

static bool append_segment(struct route_writer *writer, struct slice segment)
{
	segment = slice_head(segment, slice_find(segment, ';')); /* path parameters: ";jsessionid=..." */
	return append(writer, route_segment_is_identifier(segment) ? SLICE_LITERAL("{id}") : segment);
}

static struct slice without_query(struct slice path)
{
	path = slice_head(path, slice_find(path, '?'));
	return slice_head(path, slice_find(path, '#'));
}

struct slice route_infer(struct slice path, char buffer[ROUTE_LENGTH_MAX])
{
	struct route_writer writer = { buffer, 0 };
	struct slice rest = without_query(path);

	if (!rest.length)
		return SLICE_LITERAL("/");
	for (;;) {
		struct slice segment = slice_head(rest, slice_find(rest, '/'));
		size_t complete = writer.length;

		if (!append_segment(&writer, segment) ||
		    (segment.length < rest.length && !append(&writer, SLICE_LITERAL("/")))) {
			/* The slash before the segment is the catch-all's own. */
			writer.length = complete ? complete - 1 : 0;
			memcpy(buffer + writer.length, catch_all.data, catch_all.length);
			return slice_of(buffer, writer.length + catch_all.length);
		}
		if (segment.length == rest.length)
			return slice_of(buffer, writer.length);
		rest = slice_from(rest, segment.length + 1);
	}
}

struct route_table {
	struct hashmap *services; /* name -> struct hashmap of routes */
};

struct route_table *route_table_new(void)
{
	struct route_table *table = malloc(sizeof *table);

	if (!table)
		return NULL;
	table->services = hashmap_new(ROUTE_SERVICES_MAX);
	if (!table->services) {
		free(table);
		return NULL;
	}
	return table;
}

static void routes_free(void *routes)
{
	hashmap_free(routes, NULL);
}

void route_table_free(struct route_table *table)
{
	if (!table)
		return;
	hashmap_free(table->services, routes_free);
	free(table);
}

/* The service's routes, new ones where there are none; NULL past the maximum or out of memory. */
static struct hashmap *service_routes(struct route_table *table, struct slice service)
{
	struct hashmap *routes = hashmap_get(table->services, service.data, service.length);

	if (routes)
		return routes;
	routes = hashmap_new(ROUTES_MAX);
	if (routes && hashmap_put(table->services, service.data, service.length, routes)) {
		hashmap_free(routes, NULL);
		return NULL;
	}
	return routes;
}

struct slice route_table_admit(struct route_table *table, struct slice service, struct slice route)
{
	struct hashmap *routes = service_routes(table, service);

	if (!routes)
		return catch_all;
	if (hashmap_get(routes, route.data, route.length))
		return route;
	/* Only that the key is there matters. */
	return hashmap_put(routes, route.data, route.length, routes) ? catch_all : route;
}
