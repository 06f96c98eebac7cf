// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/queue.h"

/* Spans are kept beside their encoded form, in case it is found too large, as long as few batches wait. */
#define KEPT_SPANS_SIZE (8u << 20)

void queue_init(struct delivery_queue *queue, struct spool *spool, size_t bytes_max, size_t spill_bytes)
{
	*queue = (struct delivery_queue){ .spool = spool, .bytes_max = bytes_max, .spill_bytes = spill_bytes };
	queue->end = &queue->batches;
}

static size_t weight(const struct batch *batch)
{
	return sizeof(*batch) + batch->length;
}

static void count_in(struct delivery_queue *queue, struct batch *batch)
{
	if (queue->spans_size + batch->spans_size > KEPT_SPANS_SIZE)
		batch_forget_spans(batch);
	queue->count++;
	queue->bytes += weight(batch);
	queue->spans_size += batch->spans_size;
	queue->spans += batch->items;
}

static struct batch *take_first(struct delivery_queue *queue)
{
	struct batch *batch = queue->batches;

	queue->batches = batch->next;
	if (!batch->next)
		queue->end = &queue->batches;
	batch->next = NULL;
	queue->count--;
	queue->bytes -= weight(batch);
	queue->spans_size -= batch->spans_size;
	queue->spans -= batch->items;
	return batch;
}

static void drop_first(struct delivery_queue *queue)
{
	struct batch *batch = take_first(queue);

	if (queue->spool)
		queue->spool_failed += batch->items;
	else
		queue->dropped += batch->items;
	batch_free(batch);
}

static bool is_stored(struct delivery_queue *queue, const struct batch *batch)
{
	queue->spool_error = spool_put(queue->spool, batch);
	return queue->spool_error == 0;
}

bool queue_store(struct delivery_queue *queue, struct batch *batch)
{
	bool stored = is_stored(queue, batch);

	if (stored)
		batch_free(batch);
	return stored;
}

void queue_spill(struct delivery_queue *queue)
{
	while (queue->spool && queue->batches && is_stored(queue, queue->batches))
		batch_free(take_first(queue));
}

void queue_put(struct delivery_queue *queue, batch_list list, bool failing)
{
	for (*queue->end = list; *queue->end; queue->end = &(*queue->end)->next)
		count_in(queue, *queue->end);
	if (queue->spool && (failing || !spool_empty(queue->spool) || queue->bytes > queue->spill_bytes))
		queue_spill(queue);
	while (queue->bytes > queue->bytes_max)
		drop_first(queue);
}

void queue_put_back(struct delivery_queue *queue, batch_list list)
{
	struct batch **end = &list;

	for (; *end; end = &(*end)->next)
		count_in(queue, *end);
	if (!queue->batches)
		queue->end = end == &list ? &queue->batches : end;
	*end = queue->batches;
	queue->batches = list;
}

static bool memory_is_first(const struct delivery_queue *queue)
{
	if (!queue->batches || !queue->spool)
		return queue->batches;
	return queue->batches->sequence < spool_first_sequence(queue->spool);
}

int queue_take(struct delivery_queue *queue, struct batch **ret_batch, bool *ret_spooled)
{
	*ret_batch = NULL;
	*ret_spooled = !memory_is_first(queue);
	if (!*ret_spooled)
		*ret_batch = take_first(queue);
	else if (queue->spool)
		return spool_first(queue->spool, ret_batch);
	return 0;
}

bool queue_empty(const struct delivery_queue *queue)
{
	return !queue->batches && (!queue->spool || spool_empty(queue->spool));
}

uint64_t queue_give_up(struct delivery_queue *queue)
{
	uint64_t spans = 0;

	while (queue->batches) {
		spans += queue->batches->items;
		batch_free(take_first(queue));
	}
	return spans;
}

void queue_done(struct delivery_queue *queue)
{
	queue_give_up(queue);
	spool_close(queue->spool);
	queue->spool = NULL;
}
