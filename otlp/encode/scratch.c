// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/scratch.h"

#include "otlp/encode/utf8.h"

void scratch_init(struct scratch *scratch)
{
	arena_init(&scratch->arena);
	scratch->failed = false;
}

void scratch_done(struct scratch *scratch)
{
	arena_done(&scratch->arena);
}

void scratch_reset(struct scratch *scratch)
{
	arena_reset(&scratch->arena);
	scratch->failed = false;
}

void *scratch_allocate(struct scratch *scratch, size_t size)
{
	void *piece = scratch->failed ? NULL : arena_allocate(&scratch->arena, size);

	scratch->failed |= !piece;
	return piece;
}

void *scratch_array(struct scratch *scratch, size_t count, size_t size)
{
	size_t total;

	return scratch_allocate(scratch, __builtin_mul_overflow(count, size, &total) ? SIZE_MAX : total);
}

char *scratch_text(struct scratch *scratch, struct slice text)
{
	bool clean = utf8_clean(text);
	char *copy = scratch_allocate(scratch, clean ? text.length + 1 : UTF8_SANITIZED_MAX(text.length));

	if (!copy)
		return NULL;
	if (!clean) {
		utf8_sanitize(text, copy);
		return copy;
	}
	if (text.length)
		memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	return copy;
}
