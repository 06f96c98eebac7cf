// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/json_common.h"

static void add_string_array(struct scratch *scratch, cJSON *value, struct slice items)
{
	cJSON *array = json_add(scratch, value, "arrayValue", cJSON_Object);
	cJSON *values = json_add(scratch, array, "values", cJSON_Array);

	for (;;) {
		struct slice item = slice_head(items, slice_find(items, '\0'));

		json_add_string(scratch, json_add(scratch, values, NULL, cJSON_Object), "stringValue", item);
		if (item.length == items.length)
			return;
		items = slice_from(items, item.length + 1);
	}
}

static void add_value(struct scratch *scratch, cJSON *value, const struct attribute *attribute)
{
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		json_add_string(scratch, value, "stringValue", attribute->string);
		break;
	case ATTRIBUTE_INTEGER:
		json_add_signed(scratch, value, "intValue", attribute->integer);
		break;
	case ATTRIBUTE_DOUBLE:
		json_add_double(scratch, value, "doubleValue", attribute->number);
		break;
	case ATTRIBUTE_BOOLEAN:
		json_add_boolean(scratch, value, "boolValue", attribute->boolean);
		break;
	case ATTRIBUTE_STRING_ARRAY:
		add_string_array(scratch, value, attribute->string);
		break;
	}
}

void json_add_attributes(struct scratch *scratch, cJSON *parent, const struct attribute *attributes, size_t count)
{
	cJSON *array = json_add(scratch, parent, "attributes", cJSON_Array);

	for (size_t i = 0; i < count; i++) {
		cJSON *pair = json_add(scratch, array, NULL, cJSON_Object);

		json_add_string(scratch, pair, "key", attributes[i].key);
		add_value(scratch, json_add(scratch, pair, "value", cJSON_Object), &attributes[i]);
	}
}

cJSON *json_add_request(struct scratch *scratch, const struct json_levels *levels, cJSON **ret_root)
{
	*ret_root = json_add(scratch, NULL, NULL, cJSON_Object);
	return json_add(scratch, *ret_root, levels->resources, cJSON_Array);
}

cJSON *json_add_resource(struct encoder *encoder, cJSON *resources, const struct json_levels *levels,
			 const struct resource *resource)
{
	struct scratch *scratch = &encoder->scratch;
	cJSON *item = json_add(scratch, resources, NULL, cJSON_Object);
	cJSON *attributes = json_add(scratch, item, "resource", cJSON_Object), *scopes, *group, *scope, *items;

	json_add_attributes(scratch, attributes, resource->attributes, resource->attribute_count);
	scopes = json_add(scratch, item, levels->scopes, cJSON_Array);
	group = json_add(scratch, scopes, NULL, cJSON_Object);
	scope = json_add(scratch, group, "scope", cJSON_Object);
	json_add_text(scratch, scope, "name", OTLP_SCOPE_NAME);
	json_add_text(scratch, scope, "version", encoder->version);
	items = json_add(scratch, group, levels->items, cJSON_Array);
	json_add_text(scratch, group, "schemaUrl", OTLP_SCHEMA_URL);
	json_add_text(scratch, item, "schemaUrl", OTLP_SCHEMA_URL);
	return items;
}
