// SPDX-License-Identifier: Apache-2.0
#include "base/slice.h"

#include <stdlib.h>

#include "base/word.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* memcmp() and memchr() do not accept NULL, not even for nothing: an empty slice never reaches them. */
bool slice_equal(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* Eight bytes at once: the high bit of a byte tells whether it is a capital letter, and is moved to where case is. */
static uint64_t lower_word(const char *bytes)
{
	uint64_t word, low, capital;

	memcpy(&word, bytes, sizeof(word));
	low = word & EVERY_BYTE(0x7f);
	capital = (low + EVERY_BYTE(0x80 - 'A')) ^ (low + EVERY_BYTE(0x7f - 'Z'));
	return word | (capital & ~word & EVERY_BYTE(0x80)) >> 2;
}

bool slice_equal_ignoring_case(struct slice a, struct slice b)
{
	size_t i = 0;

	if (a.length != b.length)
		return false;
	for (; i + 8 <= a.length; i += 8) {
		if (lower_word(a.data + i) != lower_word(b.data + i))
			return false;
	}
	/* The rest with what is before it, where there is enough. */
	if (i > 0)
		return lower_word(a.data + a.length - 8) == lower_word(b.data + b.length - 8);
	for (; i < a.length; i++) {
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	}
	return true;
}

bool slice_starts_with(struct slice slice, struct slice prefix)
{
	return slice.length >= prefix.length && slice_equal(slice_head(slice, prefix.length), prefix);
}

bool slice_ends_with(struct slice slice, struct slice suffix)
{
	return slice.length >= suffix.length && slice_equal(slice_from(slice, slice.length - suffix.length), suffix);
}

bool slice_ends_with_ignoring_case(struct slice slice, struct slice suffix)
{
	return slice.length >= suffix.length &&
	       slice_equal_ignoring_case(slice_from(slice, slice.length - suffix.length), suffix);
}

bool slice_contains(struct slice slice, struct slice part)
{
	return part.length == 0 ||
	       (slice.length >= part.length && memmem(slice.data, slice.length, part.data, part.length));
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
