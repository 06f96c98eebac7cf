// SPDX-License-Identifier: Apache-2.0
#include "otlp/json.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "otlp/json_tree.h"

#define PRINT_SIZE_FIRST (256u * 1024)

/* The resources of one request and where their spans go, in order of appearance. */
struct group {
	const struct resource *resource;
	cJSON *spans;
};

struct json_encoder {
	struct json_tree tree;
	char *printed;
	size_t printed_size;
	char *version;
};

struct json_encoder *json_encoder_new(const char *version)
{
	struct json_encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return NULL;
	json_tree_init(&encoder->tree);
	encoder->version = slice_to_string(slice_of_string(version));
	if (!encoder->version) {
		json_encoder_free(encoder);
		return NULL;
	}
	return encoder;
}

void json_encoder_free(struct json_encoder *encoder)
{
	if (!encoder)
		return;
	json_tree_done(&encoder->tree);
	free(encoder->printed);
	free(encoder->version);
	free(encoder);
}

static void add_string_array(struct json_tree *tree, cJSON *value, struct slice items)
{
	cJSON *array = json_add(tree, value, "arrayValue", cJSON_Object);
	cJSON *values = json_add(tree, array, "values", cJSON_Array);

	for (;;) {
		struct slice item = slice_head(items, slice_find(items, '\0'));

		json_add_string(tree, json_add(tree, values, NULL, cJSON_Object), "stringValue", item);
		if (item.length == items.length)
			return;
		items = slice_from(items, item.length + 1);
	}
}

static void add_attributes(struct json_tree *tree, cJSON *parent, const struct attribute *attributes, size_t count)
{
	cJSON *array = json_add(tree, parent, "attributes", cJSON_Array);

	for (size_t i = 0; i < count; i++) {
		const struct attribute *attribute = &attributes[i];
		cJSON *pair = json_add(tree, array, NULL, cJSON_Object), *value;

		json_add_string(tree, pair, "key", attribute->key);
		value = json_add(tree, pair, "value", cJSON_Object);
		switch (attribute->type) {
		case ATTRIBUTE_STRING:
			json_add_string(tree, value, "stringValue", attribute->string);
			break;
		case ATTRIBUTE_INTEGER:
			json_add_signed(tree, value, "intValue", attribute->integer);
			break;
		case ATTRIBUTE_DOUBLE:
			json_add_double(tree, value, "doubleValue", attribute->number);
			break;
		case ATTRIBUTE_BOOLEAN:
			json_add_boolean(tree, value, "boolValue", attribute->boolean);
			break;
		case ATTRIBUTE_STRING_ARRAY:
			add_string_array(tree, value, attribute->string);
			break;
		}
	}
}

static void add_span(struct json_tree *tree, cJSON *spans, const struct span *span)
{
	cJSON *item = json_add(tree, spans, NULL, cJSON_Object), *status;

	json_add_hex(tree, item, "traceId", span->trace_id, sizeof(span->trace_id));
	json_add_hex(tree, item, "spanId", span->span_id, sizeof(span->span_id));
	if (span->trace_state.length)
		json_add_string(tree, item, "traceState", span->trace_state);
	if (span_has_parent(span))
		json_add_hex(tree, item, "parentSpanId", span->parent_span_id, sizeof(span->parent_span_id));
	json_add_integer(tree, item, "flags", (int)span->flags);
	json_add_string(tree, item, "name", span->name);
	json_add_integer(tree, item, "kind", (int)span->kind);
	json_add_unsigned(tree, item, "startTimeUnixNano", span->start);
	json_add_unsigned(tree, item, "endTimeUnixNano", span->end);
	add_attributes(tree, item, span->attributes, span->attribute_count);
	status = json_add(tree, item, "status", cJSON_Object);
	if (span->status != SPAN_STATUS_UNSET)
		json_add_integer(tree, status, "code", (int)span->status);
}

/* Adds the ResourceSpans of one resource; returns the array for its spans. */
static cJSON *add_resource(struct json_encoder *encoder, cJSON *resources, const struct resource *resource)
{
	struct json_tree *tree = &encoder->tree;
	cJSON *item = json_add(tree, resources, NULL, cJSON_Object);
	cJSON *attributes = json_add(tree, item, "resource", cJSON_Object), *scope_spans, *scope, *spans;

	add_attributes(tree, attributes, resource->attributes, resource->attribute_count);
	scope_spans = json_add(tree, json_add(tree, item, "scopeSpans", cJSON_Array), NULL, cJSON_Object);
	scope = json_add(tree, scope_spans, "scope", cJSON_Object);
	json_add_text(tree, scope, "name", "wirespan");
	json_add_text(tree, scope, "version", encoder->version);
	spans = json_add(tree, scope_spans, "spans", cJSON_Array);
	json_add_text(tree, scope_spans, "schemaUrl", OTLP_SCHEMA_URL);
	json_add_text(tree, item, "schemaUrl", OTLP_SCHEMA_URL);
	return spans;
}

static struct group *find_group(struct group *groups, size_t count, const struct resource *resource)
{
	/* The latest first: spans of one process come in runs. */
	for (size_t i = count; i-- > 0;) {
		if (groups[i].resource == resource)
			return &groups[i];
	}
	return NULL;
}

static cJSON *build_request(struct json_encoder *encoder, struct span *const *spans, size_t count)
{
	struct json_tree *tree = &encoder->tree;
	struct group *groups = arena_allocate(&tree->arena, count * sizeof(*groups));
	cJSON *root = json_add(tree, NULL, NULL, cJSON_Object);
	cJSON *resources = json_add(tree, root, "resourceSpans", cJSON_Array);
	size_t group_count = 0;

	if (!groups)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		struct group *group = find_group(groups, group_count, spans[i]->resource);

		if (!group) {
			group = &groups[group_count++];
			group->resource = spans[i]->resource;
			group->spans = add_resource(encoder, resources, spans[i]->resource);
		}
		add_span(tree, group->spans, spans[i]);
	}
	return tree->failed ? NULL : root;
}

/* The first of U+0080..U+009F, which a terminal obeys; NULL where there is none. */
static char *find_control(char *text)
{
	while ((text = strchr(text, '\xc2')) && (unsigned char)text[1] > 0x9f)
		text++;
	return text;
}

/* cJSON escapes the control characters below U+0020 only; here the rest of them become "\u00xx". */
static int escape_controls(struct json_encoder *encoder)
{
	char *control = find_control(encoder->printed), *rest = encoder->printed;
	struct buffer escaped;
	int result = 0;

	if (!control)
		return 0;
	buffer_init(&escaped, JSON_REQUEST_SIZE_MAX);
	for (; control && result == 0; control = find_control(rest)) {
		result = buffer_append(&escaped, rest, (size_t)(control - rest));
		if (result == 0)
			result = buffer_append_format(&escaped, "\\u%04x", (unsigned char)control[1]);
		rest = control + 2;
	}
	if (result == 0)
		result = buffer_append(&escaped, rest, strlen(rest) + 1);
	if (result < 0) {
		buffer_done(&escaped);
		return result == -ENOSPC ? -EMSGSIZE : result;
	}
	free(encoder->printed);
	encoder->printed = escaped.data;
	encoder->printed_size = escaped.capacity;
	return 0;
}

/* Doubles the room until the text fits; the room is kept for the next request. */
static int print(struct json_encoder *encoder, cJSON *root)
{
	for (;;) {
		size_t size = encoder->printed_size ? 2 * encoder->printed_size : PRINT_SIZE_FIRST;
		char *printed;

		if (encoder->printed &&
		    cJSON_PrintPreallocated(root, encoder->printed, (int)encoder->printed_size, false))
			return 0;
		if (size > JSON_REQUEST_SIZE_MAX)
			return -EMSGSIZE;
		printed = malloc(size);
		if (!printed)
			return -ENOMEM;
		free(encoder->printed);
		encoder->printed = printed;
		encoder->printed_size = size;
	}
}

int json_encode(struct json_encoder *encoder, struct span *const *spans, size_t count, struct slice *ret_text)
{
	cJSON *root;
	int result;

	json_tree_reset(&encoder->tree);
	root = build_request(encoder, spans, count);
	result = root ? print(encoder, root) : -ENOMEM;
	if (result == 0)
		result = escape_controls(encoder);
	if (result == 0)
		*ret_text = slice_of_string(encoder->printed);
	return result;
}
