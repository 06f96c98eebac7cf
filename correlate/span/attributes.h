/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds attributes to a span under construction. Nothing is copied: key and
 * value must live as long as the span. Past SPAN_ATTRIBUTES_MAX nothing is added but
 * to the span's count of dropped ones, and false returned.
 */
#ifndef WIRESPAN_CORRELATE_SPAN_ATTRIBUTES_H
#define WIRESPAN_CORRELATE_SPAN_ATTRIBUTES_H

#include "correlate/span/span.h"

/* Inline, so that the length of a literal key is known when it is compiled. */
static inline bool span_add(struct span *span, struct attribute attribute)
{
	if (span->attribute_count >= SPAN_ATTRIBUTES_MAX) {
		span->dropped_attributes++;
		return false;
	}
	span->attributes[span->attribute_count++] = attribute;
	return true;
}

static inline bool span_add_string(struct span *span, const char *key, struct slice value)
{
	return span_add(span, (struct attribute){ slice_of_string(key), ATTRIBUTE_STRING, { .string = value } });
}

static inline bool span_add_integer(struct span *span, const char *key, int64_t value)
{
	return span_add(span, (struct attribute){ slice_of_string(key), ATTRIBUTE_INTEGER, { .integer = value } });
}

static inline bool span_add_double(struct span *span, const char *key, double value)
{
	return span_add(span, (struct attribute){ slice_of_string(key), ATTRIBUTE_DOUBLE, { .number = value } });
}

static inline bool span_add_boolean(struct span *span, const char *key, bool value)
{
	return span_add(span, (struct attribute){ slice_of_string(key), ATTRIBUTE_BOOLEAN, { .boolean = value } });
}

/* Items separated by NUL bytes. */
static inline bool span_add_string_array(struct span *span, const char *key, struct slice items)
{
	return span_add(span, (struct attribute){ slice_of_string(key), ATTRIBUTE_STRING_ARRAY, { .string = items } });
}

#endif
