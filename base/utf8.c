// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include "base/word.h"

/* Lead bytes from 0xc2 on: how long, and what the second byte may be (Unicode, table 3-7). */
struct lead {
	unsigned char last; /* the row holds up to this lead byte */
	unsigned char length;
	unsigned char second_min;
	unsigned char second_max;
};

static const struct lead leads[] = {
	{ 0xdf, 2, 0x80, 0xbf }, { 0xe0, 3, 0xa0, 0xbf }, { 0xec, 3, 0x80, 0xbf }, { 0xed, 3, 0x80, 0x9f },
	{ 0xef, 3, 0x80, 0xbf }, { 0xf0, 4, 0x90, 0xbf }, { 0xf3, 4, 0x80, 0xbf }, { 0xf4, 4, 0x80, 0x8f },
};

static uint32_t invalid(size_t length, size_t *ret_length, bool *ret_valid)
{
	*ret_length = length;
	*ret_valid = false;
	return UTF8_REPLACEMENT;
}

uint32_t utf8_decode(struct slice text, size_t *ret_length, bool *ret_valid)
{
	const unsigned char *bytes = (const unsigned char *)text.data;
	const struct lead *lead = leads;
	uint32_t code;

	if (bytes[0] < 0x80) {
		*ret_length = 1;
		*ret_valid = true;
		return bytes[0];
	}
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
		return invalid(1, ret_length, ret_valid);
	while (bytes[0] > lead->last)
		lead++;
	code = bytes[0] & (0x7fu >> lead->length);
	for (size_t i = 1; i < lead->length; i++) {
		unsigned char min = i == 1 ? lead->second_min : 0x80, max = i == 1 ? lead->second_max : 0xbf;

		if (i == text.length || bytes[i] < min || bytes[i] > max)
			return invalid(i, ret_length, ret_valid);
		code = code << 6 | (bytes[i] & 0x3fu);
	}
	*ret_length = lead->length;
	*ret_valid = true;
	return code;
}

static uint64_t load(const char *bytes, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, bytes, length);
	return word;
}

/* The highest bit of a byte here is set where one of the word is not ASCII or, for some byte, NUL. */
static uint64_t oddities(uint64_t word)
{
	return ((word - EVERY_BYTE(1)) | word) & EVERY_BYTE(0x80);
}

/* Whether all is ASCII and nothing NUL: nearly all text is. Eight bytes at a time, some of them twice. */
static bool is_ascii(const char *bytes, size_t length)
{
	uint64_t odd;

	if (length >= 8) {
		odd = oddities(load(bytes + length - 8, 8));
		for (size_t i = 0; i + 8 < length; i += 8)
			odd |= oddities(load(bytes + i, 8));
		return !odd;
	}
	if (length >= 4)
		return !oddities(load(bytes, 4) | load(bytes + length - 4, 4) << 32);
	while (length && (unsigned char)(bytes[length - 1] - 1) < 0x7f)
		length--;
	return !length;
}

static bool is_valid(struct slice text)
{
	size_t length;
	bool valid;

	while (text.length) {
		if (utf8_decode(text, &length, &valid) == 0 || !valid)
			return false;
		text = slice_from(text, length);
	}
	return true;
}

bool utf8_clean(struct slice text)
{
	return is_ascii(text.data, text.length) || is_valid(text);
}
