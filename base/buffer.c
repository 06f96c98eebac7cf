// SPDX-License-Identifier: Apache-2.0
#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_CAPACITY_MIN 64

void buffer_init(struct buffer *buffer, size_t max)
{
	*buffer = (struct buffer){ .max = max };
}

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	buffer_init(buffer, buffer->max);
}

/* Makes room for `more` bytes after the content, doubling so that appending stays linear. */
static int reserve(struct buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity : BUFFER_CAPACITY_MIN;
	size_t needed;
	char *data;

	if (__builtin_add_overflow(buffer->length, more, &needed) || needed > buffer->max)
		return -ENOSPC;
	if (needed <= buffer->capacity)
		return 0;
	while (capacity < needed && capacity <= buffer->max / 2)
		capacity *= 2;
	if (capacity < needed || capacity > buffer->max)
		capacity = buffer->max;
	data = realloc(buffer->data, capacity);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	int error = reserve(buffer, length);

	if (error)
		return error;
	if (length > 0)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	return 0;
}

int buffer_append_format(struct buffer *buffer, const char *format, ...)
{
	size_t room = buffer->capacity - buffer->length;
	va_list arguments;
	int length, error;

	va_start(arguments, format);
	length = vsnprintf(room > 0 ? buffer->data + buffer->length : NULL, room, format, arguments);
	va_end(arguments);
	if (length < 0)
		return -EINVAL;
	if ((size_t)length < room) {
		buffer->length += (size_t)length;
		return 0;
	}

	/* vsnprintf() wants a byte for its NUL, which is no part of the content: the maximum holds without it. */
	char *text = malloc((size_t)length + 1);

	if (!text)
		return -ENOMEM;
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	error = buffer_append(buffer, text, (size_t)length);
	free(text);
	return error;
}

void buffer_consume(struct buffer *buffer, size_t length)
{
	if (length >= buffer->length) {
		buffer->length = 0;
		return;
	}
	memmove(buffer->data, buffer->data + length, buffer->length - length);
	buffer->length -= length;
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
}
