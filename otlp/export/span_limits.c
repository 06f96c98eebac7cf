// SPDX-License-Identifier: Apache-2.0
#include "otlp/export/span_limits.h"

#include <stdlib.h>

#include "otlp/encode/utf8.h"

/* Required, or conditionally required, by the semantic conventions: without them a span means little. */
static const char *const required_keys[] = {
	"http.request.method",
	"http.request.method_original",
	"http.response.status_code",
	"http.route",
	"db.system.name",
	"db.namespace",
	"db.collection.name",
	"db.operation.name",
	"db.response.status_code",
	"error.type",
	"url.scheme",
	"url.path",
	"url.query",
	"url.full",
	"server.address",
	"server.port",
	"network.protocol.name",
};

static bool is_required(const struct attribute *attribute)
{
	for (size_t i = 0; i < sizeof(required_keys) / sizeof(required_keys[0]); i++) {
		if (slice_equal(attribute->key, slice_of_string(required_keys[i])))
			return true;
	}
	return false;
}

static bool has_text(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_STRING || attribute->type == ATTRIBUTE_STRING_ARRAY;
}

bool span_limits_touch(const struct span_limits *limits, const struct span *span)
{
	if (span->attribute_count > limits->attributes)
		return true;
	if (limits->value_length == SIZE_MAX)
		return false;
	/* A character takes a byte or more. */
	for (size_t i = 0; i < span->attribute_count; i++) {
		if (has_text(&span->attributes[i]) && span->attributes[i].string.length > limits->value_length)
			return true;
	}
	return false;
}

static void limit_count(size_t limit, struct span *span)
{
	size_t required_room = 0, other_room, kept = 0;

	if (span->attribute_count <= limit)
		return;
	for (size_t i = 0; i < span->attribute_count && required_room < limit; i++)
		required_room += is_required(&span->attributes[i]);
	other_room = limit - required_room;
	for (size_t i = 0; i < span->attribute_count; i++) {
		size_t *room = is_required(&span->attributes[i]) ? &required_room : &other_room;

		if (!*room)
			continue;
		--*room;
		span->attributes[kept++] = span->attributes[i];
	}
	span->dropped_attributes += (uint32_t)(span->attribute_count - kept);
	span->attribute_count = kept;
}

static struct slice head_characters(struct slice text, size_t characters)
{
	size_t taken = 0, length;
	bool valid;

	if (text.length <= characters)
		return text;
	for (; characters && taken < text.length; characters--) {
		utf8_decode(slice_from(text, taken), &length, &valid);
		taken += length;
	}
	return slice_head(text, taken);
}

/* Each item cut, into *text, which is moved on. */
static struct slice cut_items(struct slice items, size_t characters, char **text)
{
	char *begin = *text;

	for (;;) {
		size_t length = slice_find(items, '\0');
		struct slice item = head_characters(slice_head(items, length), characters);

		if (item.length)
			memcpy(*text, item.data, item.length);
		*text += item.length;
		if (length == items.length)
			break;
		*(*text)++ = '\0';
		items.data += length + 1;
		items.length -= length + 1;
	}
	return slice_of(begin, (size_t)(*text - begin));
}

static bool is_long_array(const struct attribute *attribute, size_t characters)
{
	return attribute->type == ATTRIBUTE_STRING_ARRAY && attribute->string.length > characters;
}

/* Room for all that cut_items writes; NULL where it writes nothing. */
static char *allocate_items(const struct span *span, size_t characters)
{
	size_t size = 0;

	for (size_t i = 0; i < span->attribute_count; i++) {
		if (is_long_array(&span->attributes[i], characters))
			size += span->attributes[i].string.length;
	}
	return size ? malloc(size) : NULL;
}

static char *limit_values(size_t characters, struct span *span)
{
	char *items = allocate_items(span, characters), *end = items;
	size_t kept = 0;

	for (size_t i = 0; i < span->attribute_count; i++) {
		struct attribute attribute = span->attributes[i];

		if (is_long_array(&attribute, characters)) {
			if (!items)
				continue;
			attribute.string = cut_items(attribute.string, characters, &end);
		} else if (attribute.type == ATTRIBUTE_STRING) {
			attribute.string = head_characters(attribute.string, characters);
		}
		span->attributes[kept++] = attribute;
	}
	span->dropped_attributes += (uint32_t)(span->attribute_count - kept);
	span->attribute_count = kept;
	return items;
}

char *span_limits_apply(const struct span_limits *limits, struct span *span)
{
	limit_count(limits->attributes, span);
	return limits->value_length == SIZE_MAX ? NULL : limit_values(limits->value_length, span);
}
