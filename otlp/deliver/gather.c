// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/gather.h"

#include <errno.h>
#include <stdlib.h>

int gather_init(struct gather *gather, struct encoder *encoder, size_t spans_max)
{
	*gather = (struct gather){ .encoder = encoder, .size_target = OTLP_REQUEST_SIZE_TARGET };
	gather->max = spans_max > GATHER_SPANS_MAX ? GATHER_SPANS_MAX : spans_max ? spans_max : 1;
	gather->spans = calloc(gather->max, sizeof(struct span *));
	return gather->spans ? 0 : -ENOMEM;
}

static struct batch *take_spare(struct gather *gather)
{
	struct batch *batch = gather->spares;

	gather->spares = batch->next;
	gather->spares_size -= batch->room;
	return batch;
}

void gather_done(struct gather *gather)
{
	spans_free(gather->spans, gather->count);
	free(gather->spans);
	gather->spans = NULL;
	gather->count = 0;
	while (gather->spares)
		batch_free(take_spare(gather));
}

bool gather_add(struct gather *gather, struct span *span, uint64_t now)
{
	if (gather->count == 0)
		gather->first = now;
	gather->size += span->clone_size;
	gather->spans[gather->count++] = span;
	return gather->count == gather->max || gather->size >= gather->size_target;
}

uint64_t gather_due(const struct gather *gather)
{
	return gather->count ? gather->first + gather->delay : UINT64_MAX;
}

void gather_take_back(struct gather *gather, struct batch *batch)
{
	batch_forget_spans(batch);
	if (batch->gzip || batch->room > GATHER_SPARES_SIZE - gather->spares_size) {
		batch_free(batch);
		return;
	}
	batch->next = gather->spares;
	gather->spares = batch;
	gather->spares_size += batch->room;
}

static struct batch *new_batch(struct gather *gather, struct slice body, size_t count)
{
	struct batch *batch;

	/* Those that became too small make room for larger ones. */
	while (gather->spares && gather->spares->room < body.length)
		batch_free(take_spare(gather));
	if (gather->gzip || !gather->spares || !batch_has_room(gather->spares, body))
		return batch_new(OTLP_TRACES, gather->encoding, gather->gzip, (uint32_t)count, body);
	batch = take_spare(gather);
	batch_reuse(batch, OTLP_TRACES, gather->encoding, (uint32_t)count, body);
	return batch;
}

static struct batch *make_batch(struct gather *gather, struct slice body, struct span *const *spans, size_t count,
				uint64_t sequence)
{
	struct batch *batch = new_batch(gather, body, count);

	if (!batch)
		return NULL;
	batch->sequence = sequence;
	batch_keep_spans(batch, spans);
	return batch;
}

/* Appends to the list that ends at `end`; returns its new end. Takes the spans. */
static struct batch **encode(struct gather *gather, struct span *const *spans, size_t count, uint64_t sequence,
			     struct batch **end)
{
	struct slice body = { 0 };
	int result = encoder_spans(gather->encoder, spans, count, &body);
	bool too_large = result == -EMSGSIZE || (result == 0 && body.length > gather->size_target);

	if (too_large && count > 1) {
		end = encode(gather, spans, count / 2, sequence, end);
		return encode(gather, spans + count / 2, count - count / 2, sequence + count / 2, end);
	}
	*end = result == 0 ? make_batch(gather, body, spans, count, sequence) : NULL;
	if (*end)
		return &(*end)->next;
	spans_free(spans, count);
	gather->failed += count;
	return end;
}

batch_list gather_close(struct gather *gather)
{
	batch_list list = NULL;

	if (gather->count) {
		encode(gather, gather->spans, gather->count, gather->sequence, &list);
		gather->sequence += gather->count;
	}
	gather->count = 0;
	gather->size = 0;
	return list;
}

bool gather_shrink(struct gather *gather, const struct batch *batch)
{
	size_t half = (batch->plain_length ? batch->plain_length : batch->length) / 2;

	if (half < GATHER_SIZE_TARGET_MIN / 2 || batch->items < 2)
		return false;
	if (half < GATHER_SIZE_TARGET_MIN)
		half = GATHER_SIZE_TARGET_MIN;
	if (half < gather->size_target)
		gather->size_target = half;
	return batch->spans;
}

batch_list gather_split(struct gather *gather, struct batch *batch)
{
	size_t half = batch->items / 2;
	batch_list list = NULL;
	struct batch **end;

	end = encode(gather, batch->spans, half, batch->sequence, &list);
	encode(gather, batch->spans + half, batch->items - half, batch->sequence + half, end);
	free(batch->spans);
	batch->spans = NULL;
	batch_free(batch);
	return list;
}
