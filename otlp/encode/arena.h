/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given piece by piece and taken back all at once. Pieces do not move. */
#ifndef WIRESPAN_OTLP_ENCODE_ARENA_H
#define WIRESPAN_OTLP_ENCODE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *first;
	struct arena_chunk *current;
	size_t used; /* of the current chunk */
};

#define ARENA_CHUNK_SIZE (256u * 1024)
/* Kept for the next use by arena_reset; a batch of 512 HTTP spans takes about 5 MiB as JSON. */
#define ARENA_KEPT_CHUNKS 32

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);
/* Aligned for any type; NULL when out of memory. */
void *arena_allocate(struct arena *arena, size_t size);
/* Takes everything back. */
void arena_reset(struct arena *arena);

#endif
