// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/utf8.h"

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

/* Of the bytes at the front, how many are printable ASCII: nearly all text is. */
static size_t plain_length(struct slice text)
{
	size_t length = 0;

	while (length < text.length && text.data[length] >= 0x20 && text.data[length] < 0x7f)
		length++;
	return length;
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

struct slice utf8_tail(struct slice text, size_t columns)
{
	size_t left = utf8_columns(text), length;
	bool valid;

	while (text.length) {
		size_t taken = code_columns(utf8_decode(text, &length, &valid));

		if (taken && left <= columns)
			break;
		left -= taken;
		text = slice_from(text, length);
	}
	return text;
}

size_t utf8_columns(struct slice text)
{
	size_t columns = 0, length;
	bool valid;

	for (; text.length; text = slice_from(text, length))
		columns += code_columns(utf8_decode(text, &length, &valid));
	return columns;
}
