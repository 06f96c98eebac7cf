// SPDX-License-Identifier: Apache-2.0
/*
 * Straight into the wire format: a tree of protobuf-c's for each span would cost ten times what
 * writing it does. test/protobuf_spans_test.c holds it to the bytes that protobuf-c makes of such a tree.
 */
#include "otlp/encode/protobuf.h"

#include <errno.h>

#include "base/cache_line.h"
#include "base/give_way.h"
#include "otlp/encode/packer.h"
#include "otlp/encode/protobuf_tree.h"
#include "otlp/encode/utf8.h"

#define SPAN_TIME 1 /* µs that encoding one takes, roughly */

/* Numbers of fields in opentelemetry/proto: collector/trace/v1, trace/v1, resource/v1, common/v1. */
enum { REQUEST_RESOURCE_SPANS = 1 };
enum { RESOURCE_SPANS_RESOURCE = 1, RESOURCE_SPANS_SCOPE_SPANS = 2, RESOURCE_SPANS_SCHEMA_URL = 3 };
enum { SCOPE_SPANS_SCOPE = 1, SCOPE_SPANS_SPANS = 2, SCOPE_SPANS_SCHEMA_URL = 3 };
enum { RESOURCE_ATTRIBUTES = 1 };
enum { SCOPE_NAME = 1, SCOPE_VERSION = 2 };
enum {
	SPAN_TRACE_ID = 1,
	SPAN_SPAN_ID = 2,
	SPAN_TRACE_STATE = 3,
	SPAN_PARENT_SPAN_ID = 4,
	SPAN_NAME = 5,
	SPAN_KIND = 6,
	SPAN_START = 7,
	SPAN_END = 8,
	SPAN_ATTRIBUTES = 9,
	SPAN_DROPPED_ATTRIBUTES = 10,
	SPAN_STATUS = 15,
	SPAN_FLAGS = 16,
};
enum { STATUS_CODE = 3 };
enum { KEY_VALUE_KEY = 1, KEY_VALUE_VALUE = 2 };
enum { VALUE_STRING = 1, VALUE_BOOLEAN = 2, VALUE_INTEGER = 3, VALUE_DOUBLE = 4, VALUE_ARRAY = 5 };
enum { ARRAY_VALUES = 1 };

/* A message's frame, or a field with a number; all of a span, a scope or an attribute that is not text is less. */
#define FRAME_MAX (WIRE_TAG_MAX + WIRE_VARINT_MAX)
#define FIXED_MAX (16 * FRAME_MAX)

#define KEYS_KNOWN_BITS 7

struct spans_writer {
	struct packer packer;
	struct scratch *scratch; /* for text that has to be changed */
	/* By address: spans share their keys, which do not change as long as a request is written. */
	struct slice clean_keys[1 << KEYS_KNOWN_BITS];
};

/* As scratch_text has it, but what need not be changed is not copied. */
static inline struct slice clean_text(struct spans_writer *writer, struct slice text)
{
	return utf8_clean(text) ? text : slice_of_string(scratch_text(writer->scratch, text));
}

static inline struct slice clean_key(struct spans_writer *writer, struct slice key)
{
	uint64_t hash = (uint64_t)(uintptr_t)key.data * UINT64_C(0x9e3779b97f4a7c15);
	struct slice *known = &writer->clean_keys[hash >> (64 - KEYS_KNOWN_BITS)];

	if (known->data == key.data && known->length == key.length)
		return key;
	if (utf8_clean(key))
		return *known = key;
	return clean_text(writer, key);
}

/* Makes a field of all that was written after `end`. */
static void put_frame(struct spans_writer *writer, unsigned int field, size_t end)
{
	struct packer *packer = &writer->packer;

	if (packer_reserve(packer, FRAME_MAX))
		packer->front = pack_frame(packer->front, field, packer_length(packer) - end);
}

static void put_text(struct spans_writer *writer, unsigned int field, struct slice text)
{
	struct packer *packer = &writer->packer;

	if (packer_reserve(packer, FRAME_MAX + text.length))
		packer->front = pack_text(packer->front, field, text);
}

static void put_array_item(struct spans_writer *writer, struct slice item)
{
	struct packer *packer = &writer->packer;
	size_t end = packer_length(packer);

	item = clean_text(writer, item);
	if (packer_reserve(packer, FRAME_MAX + item.length))
		packer->front = pack_bytes(packer->front, VALUE_STRING, item.data, item.length);
	put_frame(writer, ARRAY_VALUES, end);
}

static void put_array(struct spans_writer *writer, struct slice items)
{
	size_t end = packer_length(&writer->packer), length = items.length;

	/* The last item first: what stands behind the last NUL that is left. */
	for (size_t at = items.length; at-- > 0;) {
		if (items.data[at] != '\0')
			continue;
		put_array_item(writer, slice_of(items.data + at + 1, length - at - 1));
		length = at;
	}
	put_array_item(writer, slice_head(items, length));
	put_frame(writer, VALUE_ARRAY, end);
}

static char *put_scalar(char *front, const struct attribute *attribute, struct slice text)
{
	uint64_t bits;

	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		return pack_bytes(front, VALUE_STRING, text.data, text.length);
	case ATTRIBUTE_INTEGER:
		return pack_number(front, VALUE_INTEGER, (uint64_t)attribute->integer);
	case ATTRIBUTE_DOUBLE:
		memcpy(&bits, &attribute->number, sizeof(bits));
		return pack_fixed64(front, VALUE_DOUBLE, bits);
	case ATTRIBUTE_BOOLEAN:
		return pack_number(front, VALUE_BOOLEAN, attribute->boolean);
	case ATTRIBUTE_STRING_ARRAY: /* put_array has written it */
		break;
	}
	return front;
}

static void put_attribute(struct spans_writer *writer, unsigned int field, const struct attribute *attribute)
{
	struct packer *packer = &writer->packer;
	struct slice key = clean_key(writer, attribute->key), text = { 0 };
	size_t end = packer_length(packer);
	char *front, *back;

	if (attribute->type == ATTRIBUTE_STRING_ARRAY)
		put_array(writer, attribute->string);
	else if (attribute->type == ATTRIBUTE_STRING)
		text = clean_text(writer, attribute->string);
	if (!packer_reserve(packer, FIXED_MAX + key.length + text.length))
		return;
	back = packer->room + packer->size - end;
	front = put_scalar(packer->front, attribute, text);
	front = pack_frame(front, KEY_VALUE_VALUE, (size_t)(back - front));
	front = pack_text(front, KEY_VALUE_KEY, key);
	packer->front = pack_frame(front, field, (size_t)(back - front));
}

static void put_attributes(struct spans_writer *writer, unsigned int field, const struct attribute *attributes,
			   size_t count)
{
	while (count-- > 0)
		put_attribute(writer, field, &attributes[count]);
}

static char *put_status(char *front, const struct span *span)
{
	char *back = front;

	if (span->status != SPAN_STATUS_UNSET)
		front = pack_number(front, STATUS_CODE, span->status);
	return pack_frame(front, SPAN_STATUS, (size_t)(back - front));
}

/* The fields behind the attributes. */
static void put_span_tail(struct spans_writer *writer, const struct span *span)
{
	struct packer *packer = &writer->packer;
	char *front;

	if (!packer_reserve(packer, FIXED_MAX))
		return;
	front = packer->front;
	if (span->flags)
		front = pack_fixed32(front, SPAN_FLAGS, span->flags);
	front = put_status(front, span);
	if (span->dropped_attributes)
		front = pack_number(front, SPAN_DROPPED_ATTRIBUTES, span->dropped_attributes);
	packer->front = front;
}

static char *put_times(char *front, const struct span *span)
{
	if (span->end)
		front = pack_fixed64(front, SPAN_END, span->end);
	if (span->start)
		front = pack_fixed64(front, SPAN_START, span->start);
	return front;
}

static void put_span_head(struct spans_writer *writer, const struct span *span)
{
	struct slice name = clean_text(writer, span->name), trace_state = clean_text(writer, span->trace_state);
	struct packer *packer = &writer->packer;
	char *front;

	if (!packer_reserve(packer, FIXED_MAX + name.length + trace_state.length))
		return;
	front = put_times(packer->front, span);
	front = pack_number(front, SPAN_KIND, span->kind);
	front = pack_text(front, SPAN_NAME, name);
	if (span_has_parent(span))
		front = pack_bytes(front, SPAN_PARENT_SPAN_ID, span->parent_span_id, sizeof(span->parent_span_id));
	front = pack_text(front, SPAN_TRACE_STATE, trace_state);
	front = pack_bytes(front, SPAN_SPAN_ID, span->span_id, sizeof(span->span_id));
	packer->front = pack_bytes(front, SPAN_TRACE_ID, span->trace_id, sizeof(span->trace_id));
}

static void put_span(struct spans_writer *writer, const struct span *span)
{
	size_t end = packer_length(&writer->packer);

	put_span_tail(writer, span);
	put_attributes(writer, SPAN_ATTRIBUTES, span->attributes, span->attribute_count);
	put_span_head(writer, span);
	put_frame(writer, SCOPE_SPANS_SPANS, end);
}

/* A clone was written by another thread, on another core: it comes while the one before is encoded. */
static void prefetch_clone(const struct span *span)
{
	for (size_t at = 0; at < span->clone_size; at += CACHE_LINE)
		__builtin_prefetch((const char *)span + at);
}

static void put_scope(struct spans_writer *writer, const char *version)
{
	size_t end = packer_length(&writer->packer);

	put_text(writer, SCOPE_VERSION, slice_of_string(version));
	put_text(writer, SCOPE_NAME, SLICE_LITERAL(OTLP_SCOPE_NAME));
	put_frame(writer, SCOPE_SPANS_SCOPE, end);
}

static void put_group(struct spans_writer *writer, const struct span_group *group, const char *version)
{
	size_t end = packer_length(&writer->packer), part;

	put_text(writer, RESOURCE_SPANS_SCHEMA_URL, SLICE_LITERAL(OTLP_SCHEMA_URL));
	part = packer_length(&writer->packer);
	put_text(writer, SCOPE_SPANS_SCHEMA_URL, SLICE_LITERAL(OTLP_SCHEMA_URL));
	for (size_t i = group->count; i-- > 0;) {
		if (i)
			prefetch_clone(group->spans[i - 1]);
		put_span(writer, group->spans[i]);
		give_way(SPAN_TIME);
	}
	put_scope(writer, version);
	put_frame(writer, RESOURCE_SPANS_SCOPE_SPANS, part);
	part = packer_length(&writer->packer);
	put_attributes(writer, RESOURCE_ATTRIBUTES, group->resource->attributes, group->resource->attribute_count);
	put_frame(writer, RESOURCE_SPANS_RESOURCE, part);
	put_frame(writer, REQUEST_RESOURCE_SPANS, end);
}

int protobuf_spans(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body)
{
	struct spans_writer writer = { .scratch = &encoder->scratch };
	struct packer *packer = &writer.packer;
	size_t length;

	/* What is reserved is more than what is written: the longest body is found too long at the end. */
	packer_init(packer, encoder->body, encoder->body_size, OTLP_REQUEST_SIZE_MAX + FIXED_MAX + 1);
	if (packer_reserve(packer, 1))
		packer->front--;
	while (count-- > 0)
		put_group(&writer, &groups[count], encoder->version);
	encoder->body = packer->room;
	encoder->body_size = packer->size;
	if (packer->error || encoder->scratch.failed)
		return packer->error ? packer->error : -ENOMEM;
	length = packer_length(packer) - 1;
	if (length > OTLP_REQUEST_SIZE_MAX)
		return -EMSGSIZE;
	*ret_body = slice_of(packer->front, length);
	return 0;
}
