/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a maximum given at init. */
#ifndef WIRESPAN_BASE_BUFFER_H
#define WIRESPAN_BASE_BUFFER_H

#include <stddef.h>

#include "base/slice.h"

struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	size_t max;
};

void buffer_init(struct buffer *buffer, size_t max);
/* Frees; the buffer may be used again with the same maximum. */
void buffer_done(struct buffer *buffer);
/* 0; -ENOSPC past the maximum, -ENOMEM: the buffer is then unchanged. */
int buffer_append(struct buffer *buffer, const void *data, size_t length);
int buffer_append_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Drops `length` bytes (at most all) at the front. */
void buffer_consume(struct buffer *buffer, size_t length);
/* Empties without freeing. */
void buffer_clear(struct buffer *buffer);

static inline struct slice buffer_slice(const struct buffer *buffer)
{
	return slice_of(buffer->data, buffer->length);
}

#endif
