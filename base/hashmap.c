// SPDX-License-Identifier: Apache-2.0
/*
 * Linear probing; removal shifts back what follows, so there are no
 * tombstones and a look-up never gets slower with age.
 */
#include "base/hashmap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/hash.h"

#define KEY_INLINE_MAX 24
#define CAPACITY_MIN 16
/* A cursor holds two slot numbers. */
#define CAPACITY_MAX (UINT64_C(1) << 31)
_Static_assert(sizeof(size_t) == 8, "a cursor holds two slot numbers of 32 bits");

struct entry {
	void *value; /* NULL: the slot is empty */
	uint32_t hash;
	uint32_t key_size;
	union {
		char bytes[KEY_INLINE_MAX]; /* key_size <= KEY_INLINE_MAX */
		char *allocated;
	} key;
};

struct hashmap {
	struct entry *entries;
	size_t capacity; /* 0 or a power of two */
	size_t count;
	size_t max_entries;
	uint64_t seed[2];
};

static inline const char *entry_key(const struct entry *entry)
{
	return entry->key_size > KEY_INLINE_MAX ? entry->key.allocated : entry->key.bytes;
}

static inline bool entry_matches(const struct entry *entry, uint32_t hash, const void *key, size_t key_size)
{
	if (entry->hash != hash || entry->key_size != key_size)
		return false;
	/* The sizes of the hot path, each compared by a constant. */
	if (key_size == 8)
		return memcmp(entry->key.bytes, key, 8) == 0;
	if (key_size == 4)
		return memcmp(entry->key.bytes, key, 4) == 0;
	return key_size == 0 || memcmp(entry_key(entry), key, key_size) == 0;
}

struct hashmap *hashmap_new(size_t max_entries)
{
	struct hashmap *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->max_entries = max_entries;
	while (getrandom(map->seed, sizeof(map->seed), 0) != (ssize_t)sizeof(map->seed)) {
		if (errno != EINTR) {
			free(map);
			return NULL;
		}
	}
	return map;
}

void hashmap_free(struct hashmap *map, void (*free_value)(void *value))
{
	if (!map)
		return;
	for (size_t i = 0; i < map->capacity; i++) {
		struct entry *entry = &map->entries[i];

		if (!entry->value)
			continue;
		if (entry->key_size > KEY_INLINE_MAX)
			free(entry->key.allocated);
		if (free_value)
			free_value(entry->value);
	}
	free(map->entries);
	free(map);
}

size_t hashmap_count(const struct hashmap *map)
{
	return map->count;
}

/* The slot of the key, or the empty one where it would go. Needs an empty slot to end at. */
static struct entry *find_slot(const struct hashmap *map, uint32_t hash, const void *key, size_t key_size)
{
	size_t mask = map->capacity - 1;
	size_t slot = hash & mask;

	while (map->entries[slot].value && !entry_matches(&map->entries[slot], hash, key, key_size))
		slot = (slot + 1) & mask;
	return &map->entries[slot];
}

void *hashmap_get(const struct hashmap *map, const void *key, size_t key_size)
{
	if (map->count == 0)
		return NULL;
	return find_slot(map, hash_key(map->seed, key, key_size), key, key_size)->value;
}

/* Keeps a quarter of the slots empty. */
static bool full(const struct hashmap *map)
{
	return map->count + 1 > map->capacity / 4 * 3;
}

static int grow(struct hashmap *map)
{
	size_t capacity = map->capacity > 0 ? map->capacity * 2 : CAPACITY_MIN;
	size_t mask = capacity - 1;
	struct entry *entries;

	if (capacity > CAPACITY_MAX)
		return -ENOSPC;
	entries = calloc(capacity, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < map->capacity; i++) {
		size_t slot = map->entries[i].hash & mask;

		if (!map->entries[i].value)
			continue;
		while (entries[slot].value)
			slot = (slot + 1) & mask;
		entries[slot] = map->entries[i];
	}
	free(map->entries);
	map->entries = entries;
	map->capacity = capacity;
	return 0;
}

static int add(struct hashmap *map, uint32_t hash, const void *key, size_t key_size, void *value)
{
	struct entry entry = { .value = value, .hash = hash, .key_size = (uint32_t)key_size };
	int error;

	if (map->count >= map->max_entries || key_size > UINT32_MAX)
		return -ENOSPC;
	if (full(map)) {
		error = grow(map);
		if (error)
			return error;
	}
	if (key_size > KEY_INLINE_MAX) {
		entry.key.allocated = malloc(key_size);
		if (!entry.key.allocated)
			return -ENOMEM;
		memcpy(entry.key.allocated, key, key_size);
	} else if (key_size > 0) {
		memcpy(entry.key.bytes, key, key_size);
	}
	*find_slot(map, hash, key, key_size) = entry;
	map->count++;
	return 0;
}

int hashmap_put(struct hashmap *map, const void *key, size_t key_size, void *value)
{
	uint32_t hash = hash_key(map->seed, key, key_size);

	if (map->count > 0) {
		struct entry *entry = find_slot(map, hash, key, key_size);

		if (entry->value) {
			entry->value = value;
			return 0;
		}
	}
	return add(map, hash, key, key_size, value);
}

/* Closes the hole with the entries after it that may stand there, up to the next empty slot. */
static void close_hole(struct hashmap *map, size_t hole)
{
	size_t mask = map->capacity - 1;

	for (size_t slot = (hole + 1) & mask; map->entries[slot].value; slot = (slot + 1) & mask) {
		size_t distance = (slot - map->entries[slot].hash) & mask;

		if (distance >= ((slot - hole) & mask)) {
			map->entries[hole] = map->entries[slot];
			hole = slot;
		}
	}
	map->entries[hole].value = NULL;
}

void *hashmap_remove(struct hashmap *map, const void *key, size_t key_size)
{
	struct entry *entry;
	void *value;

	if (map->count == 0)
		return NULL;
	entry = find_slot(map, hash_key(map->seed, key, key_size), key, key_size);
	value = entry->value;
	if (!value)
		return NULL;
	if (entry->key_size > KEY_INLINE_MAX)
		free(entry->key.allocated);
	close_hole(map, (size_t)(entry - map->entries));
	map->count--;
	return value;
}

/*
 * Downwards, and beginning below an empty slot: what a removal shifts into the
 * slot just visited then comes from slots visited before, never from the others.
 * The cursor: that empty slot in the high half, steps taken from it in the low.
 */
bool hashmap_next(const struct hashmap *map, size_t *cursor, struct slice *ret_key, void **ret_value)
{
	size_t mask = map->capacity - 1;
	size_t start = *cursor >> 32, steps = *cursor & UINT32_MAX;

	if (map->count == 0)
		return false;
	if (steps == 0) {
		while (map->entries[start].value)
			start++;
	}
	while (++steps < map->capacity) {
		struct entry *entry = &map->entries[(start - steps) & mask];

		if (!entry->value)
			continue;
		if (ret_key)
			*ret_key = slice_of(entry_key(entry), entry->key_size);
		if (ret_value)
			*ret_value = entry->value;
		*cursor = start << 32 | steps;
		return true;
	}
	return false;
}
