// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/route/table.h"

#include <stdlib.h>

#include "base/hashmap.h"
#include "base/list.h"
#include "correlate/http/route/tree.h"
#include "correlate/limits.h"

_Static_assert(ROUTE_TREE_MEMORY_MAX < ROUTES_MEMORY_MAX, "the service in use is never the one forgotten");

/* The routes of one service. */
struct service {
	struct list link;
	struct route_tree tree;
	size_t key_length;
	char key[];
};

struct route_table {
	struct hashmap *by_key;
	struct list services; /* the one that was idle for longest comes first */
	size_t memory;        /* of all trees */
};

struct key {
	char bytes[1 + ROUTE_SERVICE_NAME_MAX];
	size_t length;
};

static struct key key_of(enum route_owner owner, struct slice name)
{
	struct key key = { .bytes = { (char)owner } };

	name = slice_head(name, ROUTE_SERVICE_NAME_MAX);
	if (name.length)
		memcpy(key.bytes + 1, name.data, name.length);
	key.length = 1 + name.length;
	return key;
}

struct route_table *route_table_new(void)
{
	struct route_table *table = calloc(1, sizeof *table);

	if (!table)
		return NULL;
	list_init(&table->services);
	table->by_key = hashmap_new(ROUTE_SERVICES_MAX);
	if (!table->by_key) {
		free(table);
		return NULL;
	}
	return table;
}

static void service_forget(struct route_table *table, struct service *service)
{
	table->memory -= service->tree.memory;
	list_remove(&service->link);
	hashmap_remove(table->by_key, service->key, service->key_length);
	route_tree_done(&service->tree);
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
	hashmap_free(table->by_key, NULL);
	free(table);
}

/* Marks it as used last. NULL where there is none of that key. */
static struct service *service_find(struct route_table *table, const struct key *key)
{
	struct service *service = hashmap_get(table->by_key, key->bytes, key->length);

	if (service)
		list_move_to_end(&table->services, &service->link);
	return service;
}

/* NULL when out of memory. */
static struct service *service_new(struct route_table *table, const struct key *key)
{
	if (hashmap_count(table->by_key) == ROUTE_SERVICES_MAX)
		service_forget(table, service_idle(table));
	struct service *service = malloc(sizeof *service + key->length);

	if (!service)
		return NULL;
	memcpy(service->key, key->bytes, key->length);
	service->key_length = key->length;
	if (hashmap_put(table->by_key, key->bytes, key->length, service)) {
		free(service);
		return NULL;
	}
	route_tree_init(&service->tree);
	list_add(&table->services, &service->link);
	return service;
}

static bool service_claim(struct route_table *table, struct service *service, const struct route_path *path,
			  struct route *route)
{
	size_t before = service->tree.memory;
	bool claimed = route_tree_claim(&service->tree, path, &route->identifiers);

	table->memory = table->memory - before + service->tree.memory;
	while (table->memory > ROUTES_MEMORY_MAX)
		service_forget(table, service_idle(table));
	return claimed;
}

void route_table_guess(struct route_table *table, enum route_owner owner, struct slice name,
		       const struct route_path *path, bool proven, struct route *ret_route)
{
	struct key key = key_of(owner, name);
	struct service *service = service_find(table, &key);

	*ret_route = (struct route){ .origin = ROUTE_GUESSED, .count = path->count, .cut = path->cut };
	if (service && route_tree_find(&service->tree, path, &ret_route->identifiers))
		return;
	if (!proven) {
		ret_route->origin = ROUTE_NONE;
		return;
	}
	if (!service)
		service = service_new(table, &key);
	if (!service || !service_claim(table, service, path, ret_route))
		*ret_route = (struct route){ .origin = ROUTE_GUESSED, .cut = true, .limited = true };
}
