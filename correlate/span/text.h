/* SPDX-License-Identifier: Apache-2.0 */
/* Composes texts one after the other in a buffer that does not grow: what does not fit is cut. */
#ifndef WIRESPAN_CORRELATE_SPAN_TEXT_H
#define WIRESPAN_CORRELATE_SPAN_TEXT_H

#include "base/slice.h"

/* Room for the texts that the attributes of one span are composed of. */
#define SPAN_TEXT_MAX (40 * 1024)

struct text {
	char *data;
	size_t size;
	size_t length; /* in use */
	size_t begin;  /* of the text under way */
};

static inline void text_begin(struct text *text)
{
	text->begin = text->length;
}

static inline void text_append(struct text *text, struct slice part)
{
	part = slice_head(part, text->size - text->length);
	if (part.length)
		memcpy(text->data + text->length, part.data, part.length);
	text->length += part.length;
}

/* The text since text_begin(). */
static inline struct slice text_end(const struct text *text)
{
	return slice_of(text->data + text->begin, text->length - text->begin);
}

#endif
