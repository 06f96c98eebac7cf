// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/test/same_content.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define NAME_MAX_LENGTH 64

static bool differs(const ProtobufCFieldDescriptor *field, const char *what)
{
	fprintf(stderr, "field %s: %s\n", field->name, what);
	return false;
}

static void camel_case(const char *name, char text[NAME_MAX_LENGTH])
{
	size_t length = 0;

	for (; *name && length < NAME_MAX_LENGTH - 1; name++) {
		if (*name == '_' && name[1])
			text[length++] = (char)toupper((unsigned char)*++name);
		else
			text[length++] = *name;
	}
	text[length] = '\0';
}

static bool same_text(const cJSON *json, const char *text)
{
	return cJSON_IsString(json) && strcmp(json->valuestring, text) == 0;
}

static bool same_signed(const cJSON *json, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return same_text(json, text);
}

static bool same_unsigned(const cJSON *json, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return same_text(json, text);
}

static bool same_double(const cJSON *json, double value)
{
	if (isnan(value))
		return same_text(json, "NaN");
	if (isinf(value))
		return same_text(json, value > 0 ? "Infinity" : "-Infinity");
	return cJSON_IsNumber(json) && json->valuedouble == value && signbit(json->valuedouble) == signbit(value);
}

static bool same_bytes(const cJSON *json, const ProtobufCBinaryData *bytes)
{
	char digits[3];

	if (!cJSON_IsString(json) || strlen(json->valuestring) != 2 * bytes->len)
		return false;
	for (size_t i = 0; i < bytes->len; i++) {
		snprintf(digits, sizeof(digits), "%02x", bytes->data[i]);
		if (memcmp(json->valuestring + 2 * i, digits, 2) != 0)
			return false;
	}
	return true;
}

static bool same_value(const ProtobufCFieldDescriptor *field, const void *value, const cJSON *json)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
		return cJSON_IsNumber(json) && json->valuedouble == *(const int32_t *)value;
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return cJSON_IsNumber(json) && json->valuedouble == *(const uint32_t *)value;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return same_signed(json, *(const int64_t *)value);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return same_unsigned(json, *(const uint64_t *)value);
	case PROTOBUF_C_TYPE_DOUBLE:
		return same_double(json, *(const double *)value);
	case PROTOBUF_C_TYPE_BOOL:
		return *(const protobuf_c_boolean *)value ? cJSON_IsTrue(json) : cJSON_IsFalse(json);
	case PROTOBUF_C_TYPE_STRING:
		return same_text(json, *(const char *const *)value);
	case PROTOBUF_C_TYPE_BYTES:
		return same_bytes(json, value);
	case PROTOBUF_C_TYPE_MESSAGE:
		return same_content(*(const ProtobufCMessage *const *)value, json);
	default:
		return false;
	}
}

static size_t value_size(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	default:
		return sizeof(void *);
	}
}

static bool same_repeated(const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message, const cJSON *json)
{
	size_t count = *(const size_t *)((const char *)message + field->quantifier_offset);
	const char *values = *(char *const *)((const char *)message + field->offset);

	if (!json)
		return count == 0 || differs(field, "missing in JSON");
	if (!cJSON_IsArray(json) || (size_t)cJSON_GetArraySize(json) != count)
		return differs(field, "another count");
	json = json->child;
	for (size_t i = 0; i < count; i++, json = json->next) {
		if (!same_value(field, values + i * value_size(field), json))
			return differs(field, "an item differs");
	}
	return true;
}

/* Whether an implicit field has its default, which is then as good as absent. */
static bool is_default(const ProtobufCFieldDescriptor *field, const void *value)
{
	static const uint64_t zero;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return !**(const char *const *)value;
	case PROTOBUF_C_TYPE_BYTES:
		return !((const ProtobufCBinaryData *)value)->len;
	case PROTOBUF_C_TYPE_MESSAGE:
		return !*(const void *const *)value;
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_BOOL:
		return !memcmp(value, &zero, 4);
	default:
		return !memcmp(value, &zero, 8);
	}
}

static bool same_field(const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message, const cJSON *json)
{
	const void *value = (const char *)message + field->offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return same_repeated(field, message, json);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		uint32_t chosen = *(const uint32_t *)((const char *)message + field->quantifier_offset);

		if (chosen != field->id)
			return !json || differs(field, "only in JSON");
	} else if (is_default(field, value) && !json) {
		return true;
	} else if (field->type == PROTOBUF_C_TYPE_MESSAGE && is_default(field, value)) {
		return differs(field, "only in JSON");
	}
	if (!json)
		return differs(field, "missing in JSON");
	return same_value(field, value, json) || differs(field, "another value");
}

bool same_content(const ProtobufCMessage *message, const cJSON *json)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	int members = 0;

	if (!cJSON_IsObject(json) || message->n_unknown_fields)
		return false;
	for (unsigned int i = 0; i < type->n_fields; i++) {
		char name[NAME_MAX_LENGTH];
		const cJSON *item;

		camel_case(type->fields[i].name, name);
		item = cJSON_GetObjectItemCaseSensitive(json, name);
		members += item != NULL;
		if (!same_field(&type->fields[i], message, item))
			return false;
	}
	if (members != cJSON_GetArraySize(json)) {
		fprintf(stderr, "message %s: JSON has members that the schema lacks\n", type->name);
		return false;
	}
	return true;
}

bool same_content_encoded(const ProtobufCMessageDescriptor *type, struct slice protobuf, struct slice json)
{
	ProtobufCMessage *message =
		protobuf_c_message_unpack(type, NULL, protobuf.length, (const uint8_t *)protobuf.data);
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(json.data, json.length, &end, false);
	bool same = message && root && end == json.data + json.length && same_content(message, root);

	if (message)
		protobuf_c_message_free_unpacked(message, NULL);
	cJSON_Delete(root);
	return same;
}
