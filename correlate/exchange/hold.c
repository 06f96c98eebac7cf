// SPDX-License-Identifier: Apache-2.0
#include "correlate/exchange/hold.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/limits.h"

void hold_done(struct hold *hold)
{
	free(hold->heap);
	hold->heap = NULL;
	hold->capacity = 0;
}

static int hold_grow(struct hold *hold)
{
	size_t capacity = hold->capacity ? hold->capacity * 2 : 256;
	struct held *heap;

	if (hold->count >= HOLD_MAX)
		return -ENOSPC;
	heap = reallocarray(hold->heap, capacity, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	hold->heap = heap;
	hold->capacity = capacity;
	return 0;
}

int hold_put(struct hold *hold, struct exchange *exchange, uint64_t from)
{
	size_t at = hold->count;

	if (at == hold->capacity) {
		int error = hold_grow(hold);

		if (error < 0)
			return error;
	}
	while (at && hold->heap[(at - 1) / 2].from > from) {
		hold->heap[at] = hold->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	hold->heap[at] = (struct held){ from, exchange };
	hold->count++;
	return 0;
}

struct exchange *hold_first(const struct hold *hold)
{
	return hold->count ? hold->heap[0].exchange : NULL;
}

struct exchange *hold_take(struct hold *hold)
{
	struct exchange *first = hold_first(hold);
	size_t at = 0, child;
	struct held last;

	if (!first)
		return NULL;
	last = hold->heap[--hold->count];
	while ((child = 2 * at + 1) < hold->count) {
		if (child + 1 < hold->count && hold->heap[child + 1].from < hold->heap[child].from)
			child++;
		if (last.from <= hold->heap[child].from)
			break;
		hold->heap[at] = hold->heap[child];
		at = child;
	}
	hold->heap[at] = last;
	return first;
}
