// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/test/fault.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>

#include "otlp/encode/arena.h"

static size_t allocations, failing_allocation;
static bool counting;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *piece, size_t size);
void *__wrap_realloc(void *piece, size_t size);
void *__real_arena_allocate(struct arena *arena, size_t size);
void *__wrap_arena_allocate(struct arena *arena, size_t size);

static bool fails(void)
{
	return counting && ++allocations == failing_allocation;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *piece, size_t size)
{
	return fails() ? NULL : __real_realloc(piece, size);
}

void *__wrap_arena_allocate(struct arena *arena, size_t size)
{
	return fails() ? NULL : __real_arena_allocate(arena, size);
}

void fault_begin(size_t failing)
{
	allocations = 0;
	failing_allocation = failing;
	counting = true;
}

size_t fault_end(void)
{
	counting = false;
	return allocations;
}

void fault_take_cjson(void)
{
	cJSON_Hooks hooks = { .malloc_fn = __wrap_malloc, .free_fn = free };

	cJSON_InitHooks(&hooks);
}
