// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/test/span_source.h"

#include <stdlib.h>

static const char plain[] =
	"GET /users/{id}?page=2 http.response.status_code Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "
	"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 0123456789abcdef0123456789abcdef0123456789abcdef";

static uint8_t next_byte(struct span_source *source)
{
	uint8_t byte = source->bytes.length ? (uint8_t)source->bytes.data[0] : 0;

	source->bytes = slice_from(source->bytes, 1);
	return byte;
}

/* Of any width: from nothing to all bits. */
static uint64_t next_number(struct span_source *source)
{
	uint64_t number = 0;

	for (unsigned int width = next_byte(source) % 9; width > 0; width--)
		number = number << 8 | next_byte(source);
	return number;
}

static void next_id(struct span_source *source, uint8_t *id, size_t length)
{
	for (size_t i = 0; i < length; i++)
		id[i] = next_byte(source);
}

/* Most are short and plain; others are whatever the bytes are, and up to 4 KiB of it. */
static struct slice next_text(struct span_source *source)
{
	uint8_t shape = next_byte(source);
	size_t length = next_byte(source);
	struct slice text;

	if (shape < 0xa0)
		return slice_head(slice_from(slice_of(plain, sizeof(plain) - 1), shape), length % 48);
	text = slice_head(source->bytes, shape < 0xf0 ? length % 48 : 16 * length);
	source->bytes = slice_from(source->bytes, text.length);
	return text;
}

static struct attribute next_attribute(struct span_source *source)
{
	struct attribute attribute = { .key = next_text(source), .type = next_byte(source) % 5 };
	uint64_t bits;

	switch (attribute.type) {
	case ATTRIBUTE_STRING:
	case ATTRIBUTE_STRING_ARRAY:
		attribute.string = next_text(source);
		break;
	case ATTRIBUTE_INTEGER:
		attribute.integer = (int64_t)next_number(source);
		break;
	case ATTRIBUTE_DOUBLE:
		bits = next_number(source);
		memcpy(&attribute.number, &bits, sizeof(bits));
		break;
	case ATTRIBUTE_BOOLEAN:
		attribute.boolean = next_byte(source) & 1;
		break;
	}
	return attribute;
}

static struct resource *next_resource(struct span_source *source)
{
	size_t count = next_byte(source) % 8;
	struct resource *resource = calloc(1, sizeof(*resource) + count * sizeof(struct attribute));

	if (!resource)
		abort();
	resource->references = 1;
	resource->attribute_count = count;
	resource->attributes = (struct attribute *)(resource + 1);
	for (size_t i = 0; i < count; i++)
		resource->attributes[i] = next_attribute(source);
	return resource;
}

static void fill_span(struct span_source *source, struct span *span)
{
	uint8_t shape = next_byte(source);

	span->resource = source->resources[next_byte(source) % SPAN_SOURCE_RESOURCES];
	next_id(source, span->trace_id, sizeof(span->trace_id));
	next_id(source, span->span_id, sizeof(span->span_id));
	if (shape & 1)
		next_id(source, span->parent_span_id, sizeof(span->parent_span_id));
	if (shape & 2)
		span->trace_state = next_text(source);
	span->flags = (uint32_t)next_number(source);
	span->kind = shape & 4 ? SPAN_KIND_SERVER : SPAN_KIND_CLIENT;
	span->status = shape & 8 ? SPAN_STATUS_ERROR : SPAN_STATUS_UNSET;
	span->start = next_number(source);
	span->end = next_number(source);
	span->name = next_text(source);
	span->dropped_attributes = (uint32_t)next_number(source);
	span->attribute_count = shape & 16 ? SPAN_ATTRIBUTES_MAX : next_byte(source) % (SPAN_ATTRIBUTES_MAX + 1);
	for (size_t i = 0; i < span->attribute_count; i++)
		span->attributes[i] = next_attribute(source);
}

void span_source_init(struct span_source *source, struct slice bytes)
{
	*source = (struct span_source){ .bytes = bytes };
	for (size_t i = 0; i < SPAN_SOURCE_RESOURCES; i++)
		source->resources[i] = next_resource(source);
	do {
		fill_span(source, &source->storage[source->count]);
		source->spans[source->count] = &source->storage[source->count];
		source->count++;
	} while (source->count < SPAN_SOURCE_SPANS && source->bytes.length);
}

void span_source_done(struct span_source *source)
{
	for (size_t i = 0; i < SPAN_SOURCE_RESOURCES; i++)
		resource_unref(source->resources[i]);
}
