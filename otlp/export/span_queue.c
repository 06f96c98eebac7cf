// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_queue.h"

#include <errno.h>
#include <stdlib.h>

#define SPANS_MAX_MAX ((size_t)1 << 30)

int span_queue_init(struct span_queue *queue, size_t spans_max, size_t bytes_max)
{
	size_t slots = 1;

	if (spans_max > SPANS_MAX_MAX)
		return -EINVAL;
	while (slots < spans_max)
		slots *= 2;
	queue->slots = calloc(slots, sizeof(*queue->slots));
	if (!queue->slots)
		return -ENOMEM;
	queue->mask = slots - 1;
	queue->bytes_max = bytes_max;
	atomic_init(&queue->put, 0);
	atomic_init(&queue->bytes_put, 0);
	atomic_init(&queue->taken, 0);
	atomic_init(&queue->bytes_taken, 0);
	return 0;
}

void span_queue_done(struct span_queue *queue)
{
	struct span *span;

	while (queue->slots && span_queue_take(queue, &span, 1))
		span_free(span);
	free(queue->slots);
	queue->slots = NULL;
}

bool span_queue_has_room(struct span_queue *queue, size_t size)
{
	size_t put = atomic_load_explicit(&queue->put, memory_order_relaxed);
	size_t bytes_put = atomic_load_explicit(&queue->bytes_put, memory_order_relaxed);
	/* Acquire: the slots counted as taken have been read. */
	size_t taken = atomic_load_explicit(&queue->taken, memory_order_acquire);
	size_t bytes = bytes_put - atomic_load_explicit(&queue->bytes_taken, memory_order_relaxed);

	return put - taken <= queue->mask && bytes <= queue->bytes_max && size <= queue->bytes_max - bytes;
}

void span_queue_put(struct span_queue *queue, struct span *span, size_t size)
{
	size_t put = atomic_load_explicit(&queue->put, memory_order_relaxed);
	size_t bytes_put = atomic_load_explicit(&queue->bytes_put, memory_order_relaxed);

	queue->slots[put & queue->mask] = (struct span_queue_slot){ span, size };
	atomic_store_explicit(&queue->bytes_put, bytes_put + size, memory_order_relaxed);
	atomic_store_explicit(&queue->put, put + 1, memory_order_release);
}

size_t span_queue_take(struct span_queue *queue, struct span **ret_spans, size_t max)
{
	size_t taken = atomic_load_explicit(&queue->taken, memory_order_relaxed);
	size_t bytes_taken = atomic_load_explicit(&queue->bytes_taken, memory_order_relaxed);
	size_t count = atomic_load_explicit(&queue->put, memory_order_acquire) - taken;

	if (count > max)
		count = max;
	for (size_t i = 0; i < count; i++) {
		const struct span_queue_slot *slot = &queue->slots[(taken + i) & queue->mask];

		ret_spans[i] = slot->span;
		bytes_taken += slot->size;
	}
	atomic_store_explicit(&queue->bytes_taken, bytes_taken, memory_order_relaxed);
	atomic_store_explicit(&queue->taken, taken + count, memory_order_release);
	return count;
}

size_t span_queue_count(struct span_queue *queue)
{
	size_t taken = atomic_load_explicit(&queue->taken, memory_order_acquire);

	return atomic_load_explicit(&queue->put, memory_order_acquire) - taken;
}
