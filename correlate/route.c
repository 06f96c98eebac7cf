// SPDX-License-Identifier: Apache-2.0
#include "correlate/route.h"

#include <stdlib.h>

#include "base/hashmap.h"
#include "correlate/limits.h"
#include "correlate/list.h"
#include "correlate/route_segment.h"

_Static_assert(ROUTES_MAX < ROUTES_TOTAL_MAX, "the service in use is never the one forgotten");

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

/* The routes of one service. */
struct service {
	struct list link;
	struct hashmap *routes; /* a set: the values say nothing */
	size_t name_length;
	char name[];
};

struct route_table {
	struct hashmap *by_name;
	struct list services; /* the one that was idle for longest comes first */
	size_t route_count;   /* of all services */
};

struct route_table *route_table_new(void)
{
	struct route_table *table = calloc(1, sizeof *table);

	if (!table)
		return NULL;
	list_init(&table->services);
	table->by_name = hashmap_new(ROUTE_SERVICES_MAX);
	if (!table->by_name) {
		free(table);
		return NULL;
	}
	return table;
}

static void service_forget(struct route_table *table, struct service *service)
{
	table->route_count -= hashmap_count(service->routes);
	list_remove(&service->link);
	hashmap_remove(table->by_name, service->name, service->name_length);
	hashmap_free(service->routes, NULL);
	free(service);
}

static struct service *service_idle(struct route_table *table)
{
	return LIST_ITEM(table->services.next, struct service, link);
}

void route_table_free(struct route_table *table)
{
	if (!table)
		return;
	while (!list_empty(&table->services))
		service_forget(table, service_idle(table));
	hashmap_free(table->by_name, NULL);
	free(table);
}

/* Marks it as used last. NULL where there is none of that name. */
static struct service *service_find(struct route_table *table, struct slice name)
{
	name = slice_head(name, ROUTE_SERVICE_NAME_MAX);
	struct service *service = hashmap_get(table->by_name, name.data, name.length);

	if (service) {
		list_remove(&service->link);
		list_add(&table->services, &service->link);
	}
	return service;
}

/* NULL when out of memory. */
static struct service *service_new(struct route_table *table, struct slice name)
{
	name = slice_head(name, ROUTE_SERVICE_NAME_MAX);
	if (hashmap_count(table->by_name) == ROUTE_SERVICES_MAX)
		service_forget(table, service_idle(table));
	struct service *service = malloc(sizeof *service + name.length);

	if (!service)
		return NULL;
	if (name.length)
		memcpy(service->name, name.data, name.length);
	service->name_length = name.length;
	service->routes = hashmap_new(ROUTES_MAX);
	if (!service->routes || hashmap_put(table->by_name, name.data, name.length, service)) {
		hashmap_free(service->routes, NULL);
		free(service);
		return NULL;
	}
	list_add(&table->services, &service->link);
	return service;
}

struct slice route_table_find(struct route_table *table, struct slice service, struct slice route)
{
	struct service *known = service_find(table, service);

	return known && hashmap_get(known->routes, route.data, route.length) ? route : slice_of(NULL, 0);
}

struct slice route_table_admit(struct route_table *table, struct slice service, struct slice route)
{
	struct service *known = service_find(table, service);

	if (!known)
		known = service_new(table, service);
	if (!known)
		return catch_all;
	if (hashmap_get(known->routes, route.data, route.length))
		return route;
	if (hashmap_put(known->routes, route.data, route.length, known))
		return catch_all;
	/* One service alone stays far below the maximum, so the one in use is not what goes. */
	if (++table->route_count > ROUTES_TOTAL_MAX)
		service_forget(table, service_idle(table));
	return route;
}
