// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_pool.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "otlp/export/span_queue.h"

/* Blocks are a little larger than their first clone, so that most others fit, too. */
#define BLOCK_STEP ((size_t)256)

struct block {
	size_t size; /* of `memory` */
	alignas(max_align_t) char memory[];
};

struct span_pool {
	struct span_owner owner;
	struct block *kept[SPAN_POOL_KEPT];
	bool closed; /* neither thread uses it any more */
	/* Counters that only grow. Apart, as two threads write them. */
	_Alignas(CACHE_LINE) atomic_size_t taken; /* of `kept`, by the cloning thread */
	size_t cloned;
	_Alignas(CACHE_LINE) atomic_size_t put; /* to `kept`, by the freeing thread */
	size_t freed;
};

static struct block *block_of(struct span *span)
{
	return (struct block *)((char *)span - offsetof(struct block, memory));
}

static struct block *take(struct span_pool *pool)
{
	size_t taken = atomic_load_explicit(&pool->taken, memory_order_relaxed);
	struct block *block;

	if (taken == atomic_load_explicit(&pool->put, memory_order_acquire))
		return NULL;
	block = pool->kept[taken % SPAN_POOL_KEPT];
	atomic_store_explicit(&pool->taken, taken + 1, memory_order_release);
	return block;
}

static bool keep(struct span_pool *pool, struct block *block)
{
	size_t put = atomic_load_explicit(&pool->put, memory_order_relaxed);

	if (block->size > SPAN_POOL_BLOCK_MAX ||
	    put - atomic_load_explicit(&pool->taken, memory_order_acquire) == SPAN_POOL_KEPT)
		return false;
	pool->kept[put % SPAN_POOL_KEPT] = block;
	atomic_store_explicit(&pool->put, put + 1, memory_order_release);
	return true;
}

static void take_back(struct span_owner *owner, struct span *span)
{
	struct span_pool *pool = (struct span_pool *)owner;
	struct block *block = block_of(span);

	pool->freed++;
	if (pool->closed || !keep(pool, block))
		free(block);
	if (pool->closed && pool->freed == pool->cloned)
		free(pool);
}

struct span_pool *span_pool_new(void)
{
	struct span_pool *pool = aligned_alloc(CACHE_LINE, sizeof(*pool));

	if (!pool)
		return NULL;
	memset(pool, 0, sizeof(*pool));
	pool->owner.take_back = take_back;
	return pool;
}

static struct block *block_new(size_t clone_size)
{
	size_t size = (clone_size + BLOCK_STEP) / BLOCK_STEP * BLOCK_STEP;
	struct block *block = malloc(sizeof(*block) + size);

	if (block)
		block->size = size;
	return block;
}

struct span *span_pool_clone(struct span_pool *pool, const struct span *span, size_t clone_size)
{
	struct block *block = take(pool);

	if (!block || block->size < clone_size) {
		free(block);
		block = block_new(clone_size);
	}
	if (!block)
		return NULL;
	pool->cloned++;
	return span_clone_into(span, block->memory, clone_size, &pool->owner);
}

void span_pool_free(struct span_pool *pool)
{
	struct block *block;

	if (!pool)
		return;
	while ((block = take(pool)))
		free(block);
	pool->closed = true;
	if (pool->freed == pool->cloned)
		free(pool);
}
