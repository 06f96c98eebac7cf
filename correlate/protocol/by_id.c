// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/by_id.h"

#include <errno.h>

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"

int by_id_init(struct by_id *by_id, struct connection *connection, size_t max)
{
	by_id->connection = connection;
	by_id->open = hashmap_new(max);
	return by_id->open ? 0 : -ENOMEM;
}

/* Out of the map; the reference is the caller's now. */
static struct exchange *take(struct by_id *by_id, uint64_t id)
{
	return hashmap_remove(by_id->open, &id, sizeof(id));
}

static void give_up(struct by_id *by_id, struct exchange *exchange)
{
	exchange_unref(&by_id->connection->engine->pool, exchange);
}

static void give_up_all(struct by_id *by_id)
{
	size_t cursor = 0;
	struct slice key;
	uint64_t id;

	while (hashmap_next(by_id->open, &cursor, &key, NULL)) {
		memcpy(&id, key.data, sizeof(id));
		give_up(by_id, take(by_id, id));
	}
}

void by_id_end(struct by_id *by_id)
{
	if (!by_id->open)
		return;
	give_up_all(by_id);
	hashmap_free(by_id->open, NULL);
	by_id->open = NULL;
}

int by_id_add(struct by_id *by_id, uint64_t id, struct exchange *exchange)
{
	int error;

	if (by_id_find(by_id, id))
		return -EEXIST;
	error = hashmap_put(by_id->open, &id, sizeof(id), exchange);
	if (error < 0)
		return error;
	exchange_ref(exchange);
	return 0;
}

struct exchange *by_id_find(const struct by_id *by_id, uint64_t id)
{
	return hashmap_get(by_id->open, &id, sizeof(id));
}

void by_id_finish(struct by_id *by_id, uint64_t id, uint64_t end)
{
	struct exchange *exchange = take(by_id, id);

	if (!exchange)
		return;
	connection_finish_exchange(by_id->connection, exchange, end);
	give_up(by_id, exchange);
}

void by_id_fail(struct by_id *by_id, uint64_t id, uint64_t time, struct slice error_type)
{
	struct exchange *exchange = take(by_id, id);

	if (!exchange)
		return;
	if (!error_type.length) {
		connection_fail_exchange(by_id->connection, exchange, time);
	} else {
		if (!exchange->timed_out)
			exchange->outcome.error_type = error_type;
		connection_finish_exchange(by_id->connection, exchange, time);
	}
	give_up(by_id, exchange);
}

void by_id_drop(struct by_id *by_id, uint64_t id, enum loss loss)
{
	struct exchange *exchange = take(by_id, id);

	if (!exchange)
		return;
	connection_drop_exchange(by_id->connection, exchange, loss);
	give_up(by_id, exchange);
}

/* The one asked first of those that are open; NULL: none. The map's own order is another one each time. */
static struct exchange *first_open(const struct by_id *by_id)
{
	const struct list *requests = &by_id->connection->requests;

	return list_empty(requests) ? NULL : LIST_ITEM(requests->next, struct exchange, queued);
}

void by_id_fail_all(struct by_id *by_id, uint64_t time)
{
	struct exchange *exchange;

	while ((exchange = first_open(by_id)))
		connection_fail_exchange(by_id->connection, exchange, time);
	give_up_all(by_id);
}

void by_id_drop_all(struct by_id *by_id, enum loss loss)
{
	struct exchange *exchange;

	while ((exchange = first_open(by_id)))
		connection_drop_exchange(by_id->connection, exchange, loss);
	give_up_all(by_id);
}
