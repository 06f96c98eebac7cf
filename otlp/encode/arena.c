// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

static void free_chunks(struct arena_chunk *chunk)
{
	while (chunk) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void arena_done(struct arena *arena)
{
	free_chunks(arena->first);
	arena_init(arena);
}

/* Puts a new chunk after the current one. */
static struct arena_chunk *chunk_new(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = size < SIZE_MAX - sizeof(*chunk) ? malloc(sizeof(*chunk) + size) : NULL;
	struct arena_chunk **link = arena->current ? &arena->current->next : &arena->first;

	if (!chunk)
		return NULL;
	chunk->size = size;
	chunk->next = *link;
	*link = chunk;
	return chunk;
}

void *arena_allocate(struct arena *arena, size_t size)
{
	void *piece;

	if (size > SIZE_MAX - alignof(max_align_t))
		return NULL;
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!arena->current || size > arena->current->size - arena->used) {
		struct arena_chunk *chunk = arena->current ? arena->current->next : arena->first;

		if (!chunk || size > chunk->size)
			chunk = chunk_new(arena, size > ARENA_CHUNK_SIZE ? size : ARENA_CHUNK_SIZE);
		if (!chunk)
			return NULL;
		arena->current = chunk;
		arena->used = 0;
	}
	piece = arena->current->data + arena->used;
	arena->used += size;
	return piece;
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk **link = &arena->first;

	/* An outsized chunk is not kept: it was for one odd span. */
	for (unsigned int kept = 0; *link;) {
		struct arena_chunk *chunk = *link;

		if (kept < ARENA_KEPT_CHUNKS && chunk->size == ARENA_CHUNK_SIZE) {
			kept++;
			link = &chunk->next;
		} else {
			*link = chunk->next;
			free(chunk);
		}
	}
	arena->current = NULL;
	arena->used = 0;
}
