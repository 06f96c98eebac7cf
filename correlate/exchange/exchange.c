// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/exchange.h"

#include <stdlib.h>

#define SPARE_MAX 1024

void exchange_pool_init(struct exchange_pool *pool)
{
	list_init(&pool->spare);
	pool->spare_count = 0;
	pool->memory = 0;
}

void exchange_pool_done(struct exchange_pool *pool)
{
	while (!list_empty(&pool->spare)) {
		struct exchange *exchange = LIST_ITEM(pool->spare.next, struct exchange, queued);

		list_remove(&exchange->queued);
		free(exchange);
	}
}

struct exchange *exchange_new(struct exchange_pool *pool)
{
	struct exchange *exchange;

	if (list_empty(&pool->spare)) {
		exchange = malloc(sizeof(*exchange));
		if (!exchange)
			return NULL;
	} else {
		/* The one used last is the one that the cache still has. */
		exchange = LIST_ITEM(pool->spare.previous, struct exchange, queued);
		list_remove(&exchange->queued);
		pool->spare_count--;
	}
	memset(exchange, 0, offsetof(struct exchange, room));
	exchange->references = 1;
	exchange->http.room = exchange->room;
	exchange->http.room_size = sizeof(exchange->room);
	pool->memory += sizeof(*exchange);
	list_init(&exchange->queued);
	list_init(&exchange->open);
	list_init(&exchange->opened);
	list_init(&exchange->served);
	list_init(&exchange->bucket);
	list_init(&exchange->linger);
	return exchange;
}

struct exchange *exchange_ref(struct exchange *exchange)
{
	exchange->references++;
	return exchange;
}

int exchange_take_head(struct exchange_pool *pool, struct exchange *exchange, const struct http_head *head)
{
	int error = http_exchange_request(&exchange->http, head, &pool->disclosure);

	if (error < 0)
		return error;
	pool->memory += exchange->http.storage_size;
	return 0;
}

int exchange_take_response(struct exchange_pool *pool, struct exchange *exchange, const struct http_head *head)
{
	size_t before = exchange->http.storage_size;
	int error = http_exchange_response(&exchange->http, head, &pool->disclosure);

	pool->memory += exchange->http.storage_size - before;
	return error;
}

void exchange_forget_text(struct exchange_pool *pool, struct exchange *exchange)
{
	struct http_exchange kept = {
		.room = exchange->http.room,
		.room_size = exchange->http.room_size,
		.has_remote = exchange->http.has_remote,
		.remote = exchange->http.remote,
		.response_complete = exchange->http.response_complete,
	};

	pool->memory -= exchange->http.storage_size;
	http_exchange_done(&exchange->http);
	exchange->http = kept;
}

/* Takes the exchange apart; chains what it referred to and nobody else does to `doomed`. */
static void take_apart(struct exchange_pool *pool, struct exchange *exchange, struct list *doomed)
{
	struct exchange *referred[] = { exchange->client_end, exchange->candidate, exchange->elsewhere[0],
					exchange->elsewhere[1] };

	if (exchange->client_end)
		exchange->client_end->server_end = NULL;
	for (size_t i = 0; i < sizeof(referred) / sizeof(referred[0]); i++)
		if (referred[i] && --referred[i]->references == 0)
			list_add(doomed, &referred[i]->queued);
	pool->memory -= exchange->http.storage_size;
	http_exchange_free(&exchange->http);
	resource_unref(exchange->resource);
	pool->memory -= sizeof(*exchange);
}

void exchange_unref(struct exchange_pool *pool, struct exchange *exchange)
{
	struct list doomed;

	if (!exchange || --exchange->references)
		return;
	/* Chains of parents may be long: no recursion. */
	list_init(&doomed);
	list_add(&doomed, &exchange->queued);
	while (!list_empty(&doomed)) {
		exchange = LIST_ITEM(doomed.next, struct exchange, queued);
		list_remove(&exchange->queued);
		take_apart(pool, exchange, &doomed);
		if (pool->spare_count < SPARE_MAX) {
			list_add(&pool->spare, &exchange->queued);
			pool->spare_count++;
		} else {
			free(exchange);
		}
	}
}
