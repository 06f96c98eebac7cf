// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/protobuf_tree.h"

#include <errno.h>

void *protobuf_new(struct scratch *scratch, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = scratch_allocate(scratch, type->sizeof_message);

	if (message)
		protobuf_c_message_init(type, message);
	return message;
}

void *protobuf_array(struct scratch *scratch, const ProtobufCMessageDescriptor *type, size_t count)
{
	void **pointers = scratch_array(scratch, count, sizeof(*pointers));
	char *messages = scratch_array(scratch, count, type->sizeof_message);

	if (!pointers || !messages)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		pointers[i] = messages + i * type->sizeof_message;
		protobuf_c_message_init(type, pointers[i]);
	}
	return pointers;
}

static ProtoArrayValue *string_array(struct scratch *scratch, struct slice items)
{
	ProtoArrayValue *array = protobuf_new(scratch, &opentelemetry__proto__common__v1__array_value__descriptor);
	size_t count = 1;

	for (size_t i = 0; i < items.length; i++)
		count += items.data[i] == '\0';
	if (!array)
		return NULL;
	array->n_values = count;
	array->values = protobuf_array(scratch, &opentelemetry__proto__common__v1__any_value__descriptor, count);
	for (size_t i = 0; i < count && array->values; i++) {
		struct slice item = slice_head(items, slice_find(items, '\0'));

		array->values[i]->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE;
		array->values[i]->string_value = scratch_text(scratch, item);
		items = slice_from(items, item.length + 1);
	}
	return array;
}

static void set_value(struct scratch *scratch, ProtoAnyValue *value, const struct attribute *attribute)
{
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		value->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE;
		value->string_value = scratch_text(scratch, attribute->string);
		break;
	case ATTRIBUTE_INTEGER:
		value->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE;
		value->int_value = attribute->integer;
		break;
	case ATTRIBUTE_DOUBLE:
		value->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_DOUBLE_VALUE;
		value->double_value = attribute->number;
		break;
	case ATTRIBUTE_BOOLEAN:
		value->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_BOOL_VALUE;
		value->bool_value = attribute->boolean;
		break;
	case ATTRIBUTE_STRING_ARRAY:
		value->value_case = OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_ARRAY_VALUE;
		value->array_value = string_array(scratch, attribute->string);
		break;
	}
}

ProtoKeyValue **protobuf_attributes(struct scratch *scratch, const struct attribute *attributes, size_t count)
{
	ProtoKeyValue **pairs =
		protobuf_array(scratch, &opentelemetry__proto__common__v1__key_value__descriptor, count);
	ProtoAnyValue **values =
		protobuf_array(scratch, &opentelemetry__proto__common__v1__any_value__descriptor, count);

	if (!pairs || !values)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		pairs[i]->key = scratch_text(scratch, attributes[i].key);
		pairs[i]->value = values[i];
		set_value(scratch, values[i], &attributes[i]);
	}
	return pairs;
}

ProtoResource *protobuf_resource(struct scratch *scratch, const struct resource *resource)
{
	ProtoResource *message = protobuf_new(scratch, &opentelemetry__proto__resource__v1__resource__descriptor);

	if (!message)
		return NULL;
	message->n_attributes = resource->attribute_count;
	message->attributes = protobuf_attributes(scratch, resource->attributes, resource->attribute_count);
	return message;
}

ProtoScope *protobuf_scope(struct encoder *encoder)
{
	ProtoScope *scope =
		protobuf_new(&encoder->scratch, &opentelemetry__proto__common__v1__instrumentation_scope__descriptor);

	if (!scope)
		return NULL;
	scope->name = OTLP_SCOPE_NAME;
	scope->version = encoder->version;
	return scope;
}

int protobuf_pack(struct encoder *encoder, const ProtobufCMessage *request, struct slice *ret_body)
{
	size_t length;
	int result;

	if (encoder->scratch.failed)
		return -ENOMEM;
	length = protobuf_c_message_get_packed_size(request);
	result = encoder_reserve(encoder, length);
	if (result < 0)
		return result;
	protobuf_c_message_pack(request, (uint8_t *)encoder->body);
	*ret_body = slice_of(encoder->body, length);
	return 0;
}
