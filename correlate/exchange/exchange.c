// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/exchange.h"

#include <stdlib.h>

#include "correlate/protocol/protocol.h"

#define SPARE_MAX 1024

static size_t exchange_size(const struct protocol *protocol)
{
	return sizeof(struct exchange) + protocol->exchange_size;
}

void exchange_pool_init(struct exchange_pool *pool)
{
	for (size_t i = 0; i < RECOGNISED_COUNT; i++)
		list_init(&pool->spare[i]);
	pool->spare_count = 0;
	pool->memory = 0;
}

static void free_all(struct list *exchanges)
{
	while (!list_empty(exchanges)) {
		struct exchange *exchange = LIST_ITEM(exchanges->next, struct exchange, queued);

		list_remove(&exchange->queued);
		free(exchange);
	}
}

void exchange_pool_done(struct exchange_pool *pool)
{
	for (size_t i = 0; i < RECOGNISED_COUNT; i++)
		free_all(&pool->spare[i]);
}

struct exchange *exchange_new(struct exchange_pool *pool, const struct protocol *protocol)
{
	struct list *spare = &pool->spare[protocol->recognised];
	struct exchange *exchange;

	if (list_empty(spare)) {
		exchange = malloc(exchange_size(protocol));
		if (!exchange)
			return NULL;
	} else {
		/* The one used last is the one that the cache still has. */
		exchange = LIST_ITEM(spare->previous, struct exchange, queued);
		list_remove(&exchange->queued);
		pool->spare_count--;
	}
	memset(exchange, 0, sizeof(*exchange) + protocol->exchange_zeroed);
	exchange->references = 1;
	exchange->protocol = protocol;
	pool->memory += exchange_size(protocol);
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

void exchange_note_storage(struct exchange_pool *pool, struct exchange *exchange, size_t storage)
{
	pool->memory += storage - exchange->storage;
	exchange->storage = storage;
}

void exchange_forget_text(struct exchange_pool *pool, struct exchange *exchange)
{
	exchange->propagated.trace_state = slice_of(NULL, 0);
	exchange->protocol->forget_text(exchange);
	exchange_note_storage(pool, exchange, 0);
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
	if (exchange->storage)
		exchange->protocol->forget_text(exchange);
	resource_unref(exchange->resource);
	pool->memory -= exchange_size(exchange->protocol) + exchange->storage;
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
			list_add(&pool->spare[exchange->protocol->recognised], &exchange->queued);
			pool->spare_count++;
		} else {
			free(exchange);
		}
	}
}
