// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/tracecontext.h"

#include "base/ascii.h"
#include "base/slice.h"

enum {
	TRACEPARENT_LENGTH = 55, /* of version 00; others are at least as long */
	TRACEPARENT_TRACE_ID = 3,
	TRACEPARENT_PARENT_ID = 36,
	TRACEPARENT_FLAGS = 53,
	TRACESTATE_MEMBERS_MAX = 32,
	TRACESTATE_KEY_MAX = 256,
	TRACESTATE_VALUE_MAX = 256,
};

#define FLAGS_KNOWN 0x03 /* sampled, random: others go out as 0 */

/* False where a digit is none, or an uppercase one. */
static bool hex_decode(const char *text, uint8_t *ret_bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int high = ascii_lower_hex_value(text[2 * i]);
		int low = ascii_lower_hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret_bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

bool traceparent_parse(struct slice value, struct trace_context *ret_context)
{
	struct trace_context context;
	const char *text = value.data;
	uint8_t version;

	if (value.length < TRACEPARENT_LENGTH)
		return false;
	if (text[2] != '-' || text[35] != '-' || text[52] != '-')
		return false;
	if (!hex_decode(text, &version, 1) || version == 0xff)
		return false;
	if (value.length > TRACEPARENT_LENGTH && (version == 0 || text[TRACEPARENT_LENGTH] != '-'))
		return false;
	if (!hex_decode(text + TRACEPARENT_TRACE_ID, context.trace_id, sizeof context.trace_id) ||
	    !hex_decode(text + TRACEPARENT_PARENT_ID, context.parent_id, sizeof context.parent_id) ||
	    !hex_decode(text + TRACEPARENT_FLAGS, &context.flags, 1))
		return false;
	if (is_zero(context.trace_id, sizeof context.trace_id) || is_zero(context.parent_id, sizeof context.parent_id))
		return false;
	context.flags &= FLAGS_KNOWN;
	*ret_context = context;
	return true;
}

static bool is_key_start(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_key_byte(char byte)
{
	return is_key_start(byte) || byte == '_' || byte == '*' || byte == '/' || byte == '@' || byte == '-';
}

static bool key_valid(struct slice key)
{
	if (!key.length || key.length > TRACESTATE_KEY_MAX || !is_key_start(key.data[0]))
		return false;
	for (size_t i = 1; i < key.length; i++)
		if (!is_key_byte(key.data[i]))
			return false;
	return true;
}

/* The comma cannot occur: members are split at it. A trailing space is gone with the member's own. */
static bool value_valid(struct slice value)
{
	if (!value.length || value.length > TRACESTATE_VALUE_MAX)
		return false;
	for (size_t i = 0; i < value.length; i++)
		if (value.data[i] < 0x20 || value.data[i] > 0x7e || value.data[i] == '=')
			return false;
	return true;
}

static bool key_known(const struct slice *keys, size_t count, struct slice key)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(keys[i], key))
			return true;
	return false;
}

bool tracestate_valid(struct slice value)
{
	struct slice keys[TRACESTATE_MEMBERS_MAX];
	size_t count = 0;

	for (size_t begin = 0; begin <= value.length;) {
		struct slice rest = slice_from(value, begin);
		size_t length = slice_find(rest, ',');
		struct slice member = slice_trim(slice_head(rest, length));

		begin += length + 1;
		if (!member.length)
			continue;
		size_t equals = slice_find(member, '=');
		struct slice key = slice_head(member, equals);

		if (equals == member.length || count == TRACESTATE_MEMBERS_MAX || !key_valid(key) ||
		    !value_valid(slice_from(member, equals + 1)) || key_known(keys, count, key))
			return false;
		keys[count++] = key;
	}
	return count > 0;
}
