/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from a short byte key (copied) to a pointer (not owned), open
 * addressing, seeded at random so that hostile keys do not collide on purpose.
 */
#ifndef WIRESPAN_BASE_HASHMAP_H
#define WIRESPAN_BASE_HASHMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct hashmap;

/* At most `max_entries` entries (it grows up to there). NULL when out of memory. */
struct hashmap *hashmap_new(size_t max_entries);
/* Accepts NULL. `free_value`, if not NULL, is called on every value left. */
void hashmap_free(struct hashmap *map, void (*free_value)(void *value));

size_t hashmap_count(const struct hashmap *map);
/* The value, or NULL where there is none. */
void *hashmap_get(const struct hashmap *map, const void *key, size_t key_size);
/*
 * Adds or replaces. `value` is not NULL. 0; -ENOSPC at max_entries; -ENOMEM.
 */
int hashmap_put(struct hashmap *map, const void *key, size_t key_size, void *value);
/* Removes and returns the value, NULL where there was none. */
void *hashmap_remove(struct hashmap *map, const void *key, size_t key_size);

/*
 * Visits every entry once, in no order: start with *cursor = 0, false at the
 * end. The entry just returned may be removed while visiting; nothing else may
 * change. `ret_key` and `ret_value` may be NULL.
 */
bool hashmap_next(const struct hashmap *map, size_t *cursor, struct slice *ret_key, void **ret_value);

#endif
