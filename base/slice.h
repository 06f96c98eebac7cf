/* SPDX-License-Identifier: Apache-2.0 */
/* Pointer and length as one value: a view into bytes that somebody else owns. */
#ifndef WIRESPAN_BASE_SLICE_H
#define WIRESPAN_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *data; /* may be NULL when length is 0 */
	size_t length;
};

#define SLICE_LITERAL(text) ((struct slice){ (text), sizeof(text) - 1 })

static inline struct slice slice_of(const void *data, size_t length)
{
	return (struct slice){ data, length };
}

static inline struct slice slice_of_string(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

/* The part from `from` on; empty when `from` is past the end. */
static inline struct slice slice_from(struct slice slice, size_t from)
{
	if (from >= slice.length)
		return (struct slice){ slice.data ? slice.data + slice.length : NULL, 0 };
	return (struct slice){ slice.data + from, slice.length - from };
}

/* The first `length` bytes, or all where there are fewer. */
static inline struct slice slice_head(struct slice slice, size_t length)
{
	return (struct slice){ slice.data, length < slice.length ? length : slice.length };
}

bool slice_equal(struct slice a, struct slice b);
/* ASCII letters compare without case. */
bool slice_equal_ignoring_case(struct slice a, struct slice b);
bool slice_starts_with(struct slice slice, struct slice prefix);
bool slice_ends_with(struct slice slice, struct slice suffix);
bool slice_ends_with_ignoring_case(struct slice slice, struct slice suffix);
bool slice_contains(struct slice slice, struct slice part);
/* Offset of the first `byte`, or `length` where there is none. */
size_t slice_find(struct slice slice, char byte);
/* Without leading and trailing spaces and tabs. */
struct slice slice_trim(struct slice slice);
/* Decimal digits only, no sign; false on anything else, on nothing and on overflow. */
bool slice_to_u64(struct slice slice, uint64_t *ret_value);
/* A terminated copy that the caller frees; NULL when out of memory. */
char *slice_to_string(struct slice slice);

#endif
