// SPDX-License-Identifier: Apache-2.0
#include "otlp/spool/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/spool/format.h"

#define CAPACITY_FIRST 64

struct spool_entry spool_entry_of(uint64_t sequence, uint32_t items, size_t body_length)
{
	size_t blocks = (SPOOL_HEAD_SIZE + body_length + SPOOL_BLOCK - 1) / SPOOL_BLOCK;

	return (struct spool_entry){ .sequence = sequence, .size = (uint32_t)(blocks * SPOOL_BLOCK), .items = items };
}

void spool_index_done(struct spool_index *index)
{
	free(index->entries);
	*index = (struct spool_index){ 0 };
}

int spool_index_reserve(struct spool_index *index)
{
	struct spool_entry *entries;
	size_t capacity;

	if (index->start + index->count < index->capacity)
		return 0;
	if (index->start > index->capacity / 2) {
		memmove(index->entries, index->entries + index->start, index->count * sizeof(*entries));
		index->start = 0;
		return 0;
	}
	capacity = index->capacity ? 2 * index->capacity : CAPACITY_FIRST;
	entries = realloc(index->entries, capacity * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	index->entries = entries;
	index->capacity = capacity;
	return 0;
}

/* The position of the first whose number is not smaller. */
static size_t find_position(const struct spool_index *index, uint64_t sequence)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spool_index_at(index, middle)->sequence < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert(struct spool_index *index, size_t position, const struct spool_entry *entry)
{
	struct spool_entry *place = index->entries + index->start + position;

	memmove(place + 1, place, (index->count - position) * sizeof(*place));
	*place = *entry;
	index->count++;
	index->bytes += entry->size;
	index->items += entry->items;
}

void spool_index_add(struct spool_index *index, const struct spool_entry *entry)
{
	insert(index, find_position(index, entry->sequence), entry);
}

void spool_index_append(struct spool_index *index, const struct spool_entry *entry)
{
	insert(index, index->count, entry);
}

static int compare(const void *a, const void *b)
{
	const struct spool_entry *first = a, *second = b;

	return (first->sequence > second->sequence) - (first->sequence < second->sequence);
}

void spool_index_sort(struct spool_index *index)
{
	if (index->count)
		qsort(index->entries + index->start, index->count, sizeof(*index->entries), compare);
}

const struct spool_entry *spool_index_at(const struct spool_index *index, size_t position)
{
	return &index->entries[index->start + position];
}

bool spool_index_has(const struct spool_index *index, uint64_t sequence)
{
	size_t position = find_position(index, sequence);

	return position < index->count && spool_index_at(index, position)->sequence == sequence;
}

void spool_index_remove(struct spool_index *index, uint64_t sequence)
{
	size_t position = find_position(index, sequence);
	struct spool_entry *place = index->entries + index->start + position;

	if (position == index->count || place->sequence != sequence)
		return;
	index->bytes -= place->size;
	index->items -= place->items;
	index->count--;
	if (position == 0)
		index->start++;
	else
		memmove(place, place + 1, (index->count - position) * sizeof(*place));
}
