// SPDX-License-Identifier: Apache-2.0
#include "base/slice.h"

#include <stdlib.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* memcmp() and memchr() do not accept NULL, not even for nothing: an empty slice never reaches them. */
bool slice_equal(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool slice_equal_ignoring_case(struct slice a, struct slice b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++) {
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	}
	return true;
}

bool slice_starts_with(struct slice slice, struct slice prefix)
{
	return slice.length >= prefix.length && slice_equal(slice_head(slice, prefix.length), prefix);
}

size_t slice_find(struct slice slice, char byte)
{
	const char *found = slice.length > 0 ? memchr(slice.data, byte, slice.length) : NULL;

	return found ? (size_t)(found - slice.data) : slice.length;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice slice)
{
	while (slice.length > 0 && blank(slice.data[0])) {
		slice.data++;
		slice.length--;
	}
	while (slice.length > 0 && blank(slice.data[slice.length - 1]))
		slice.length--;
	return slice;
}

bool slice_to_u64(struct slice slice, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (slice.length == 0)
		return false;
	for (size_t i = 0; i < slice.length; i++) {
		char c = slice.data[i];

		if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(c - '0'), &value))
			return false;
	}
	*ret_value = value;
	return true;
}

char *slice_to_string(struct slice slice)
{
	char *text = malloc(slice.length + 1);

	if (!text)
		return NULL;
	if (slice.length > 0)
		memcpy(text, slice.data, slice.length);
	text[slice.length] = '\0';
	return text;
}
