// SPDX-License-Identifier: Apache-2.0
#include "otlp/utf8.h"

struct range {
	uint32_t first;
	uint32_t last;
};

static const char replacement[] = "\xef\xbf\xbd";

/* Not to be shown: they move the cursor, reorder or hide text. */
static const struct range invisible[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200b, 0x200b }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f }, { 0x093c, 0x093c },
	{ 0x0941, 0x0948 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200c, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

#define IN_RANGES(ranges, code) in_ranges(ranges, sizeof(ranges) / sizeof((ranges)[0]), code)

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count && code >= ranges[i].first; i++) {
		if (code <= ranges[i].last)
			return true;
	}
	return false;
}

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

/* Of the bytes at the front, how many are printable ASCII: nearly all text is. */
static size_t plain_length(struct slice text)
{
	size_t length = 0;

	while (length < text.length && text.data[length] >= 0x20 && text.data[length] < 0x7f)
		length++;
	return length;
}

#define EACH_BYTE (UINT64_MAX / UINT8_MAX)

static uint64_t load(const char *bytes, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, bytes, length);
	return word;
}

/* The highest bit of a byte here is set where one of the word is not ASCII or, for some byte, NUL. */
static uint64_t oddities(uint64_t word)
{
	return ((word - EACH_BYTE) | word) & (EACH_BYTE << 7);
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

	for (;;) {
		text = slice_from(text, plain_length(text));
		if (!text.length)
			return true;
		if (utf8_decode(text, &length, &valid) == 0 || !valid)
			return false;
		text = slice_from(text, length);
	}
}

bool utf8_clean(struct slice text)
{
	return is_ascii(text.data, text.length) || is_valid(text);
}

static size_t sanitize(struct slice text, char *destination, bool for_terminal)
{
	char *end = destination;
	size_t length;
	bool valid;

	for (;;) {
		uint32_t code;

		length = plain_length(text);
		if (length)
			memcpy(end, text.data, length);
		end += length;
		text = slice_from(text, length);
		if (!text.length)
			break;
		code = utf8_decode(text, &length, &valid);
		if (valid && code != 0 && !(for_terminal && IN_RANGES(invisible, code))) {
			memcpy(end, text.data, length);
			end += length;
		} else {
			memcpy(end, replacement, sizeof(replacement) - 1);
			end += sizeof(replacement) - 1;
		}
		text = slice_from(text, length);
	}
	*end = '\0';
	return (size_t)(end - destination);
}

size_t utf8_sanitize(struct slice text, char *destination)
{
	return sanitize(text, destination, false);
}

size_t utf8_sanitize_for_terminal(struct slice text, char *destination)
{
	return sanitize(text, destination, true);
}

static size_t code_columns(uint32_t code)
{
	if (code < 0x300)
		return 1;
	if (IN_RANGES(combining, code))
		return 0;
	return IN_RANGES(wide, code) ? 2 : 1;
}

struct slice utf8_head(struct slice text, size_t columns)
{
	size_t taken = 0, used = 0, length;
	bool valid;

	while (taken < text.length) {
		used += code_columns(utf8_decode(slice_from(text, taken), &length, &valid));
		if (used > columns)
			break;
		taken += length;
	}
	return slice_head(text, taken);
}

size_t utf8_columns(struct slice text)
{
	size_t columns = 0, length;
	bool valid;

	for (; text.length; text = slice_from(text, length))
		columns += code_columns(utf8_decode(text, &length, &valid));
	return columns;
}
