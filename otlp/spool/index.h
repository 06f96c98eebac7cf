/* SPDX-License-Identifier: Apache-2.0 */
/* What files a spool has, in memory: by rising sequence number. */
#ifndef WIRESPAN_OTLP_SPOOL_INDEX_H
#define WIRESPAN_OTLP_SPOOL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool_entry {
	uint64_t sequence;
	uint32_t size; /* on disk, in whole blocks */
	uint32_t items;
};

/* Set all to zero before the first use. Grows to what is reserved; the caller knows a bound. */
struct spool_index {
	struct spool_entry *entries;
	size_t start, count, capacity; /* those taken from the front leave room there */
	uint64_t bytes, items;
};

struct spool_entry spool_entry_of(uint64_t sequence, uint32_t items, size_t body_length);

void spool_index_done(struct spool_index *index);
/* Room for one more. 0 or -ENOMEM. */
int spool_index_reserve(struct spool_index *index);
/* Adds in its place, after spool_index_reserve. */
void spool_index_add(struct spool_index *index, const struct spool_entry *entry);
/* Adds at the end, after spool_index_reserve; spool_index_sort must follow. */
void spool_index_append(struct spool_index *index, const struct spool_entry *entry);
void spool_index_sort(struct spool_index *index);
/* The `position`-th oldest. */
const struct spool_entry *spool_index_at(const struct spool_index *index, size_t position);
bool spool_index_has(const struct spool_index *index, uint64_t sequence);
/* Does nothing where it is not there. */
void spool_index_remove(struct spool_index *index, uint64_t sequence);

#endif
