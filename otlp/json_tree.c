// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_tree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "otlp/utf8.h"

#define DECIMAL_MAX 21 /* "-9223372036854775808" and NUL */

void json_tree_init(struct json_tree *tree)
{
	arena_init(&tree->arena);
	tree->failed = false;
}

void json_tree_done(struct json_tree *tree)
{
	arena_done(&tree->arena);
}

void json_tree_reset(struct json_tree *tree)
{
	arena_reset(&tree->arena);
	tree->failed = false;
}

static void *allocate(struct json_tree *tree, size_t size)
{
	void *piece = arena_allocate(&tree->arena, size);

	tree->failed |= !piece;
	return piece;
}

cJSON *json_add(struct json_tree *tree, cJSON *parent, const char *name, int type)
{
	cJSON *item = tree->failed ? NULL : allocate(tree, sizeof(*item));

	if (!item)
		return NULL;
	*item = (cJSON){ .type = type | cJSON_StringIsConst, .string = (char *)name };
	if (!parent)
		return item;
	/* As cJSON links them: the first child's prev is the last. */
	if (parent->child) {
		item->prev = parent->child->prev;
		item->prev->next = item;
	} else {
		parent->child = item;
	}
	parent->child->prev = item;
	return item;
}

void json_add_text(struct json_tree *tree, cJSON *parent, const char *name, const char *text)
{
	cJSON *item = json_add(tree, parent, name, cJSON_String);

	if (item)
		item->valuestring = (char *)text;
}

void json_add_string(struct json_tree *tree, cJSON *parent, const char *name, struct slice text)
{
	bool clean = utf8_clean(text);
	char *copy = allocate(tree, clean ? text.length + 1 : UTF8_SANITIZED_MAX(text.length));

	if (!copy)
		return;
	if (!clean) {
		utf8_sanitize(text, copy);
	} else {
		if (text.length)
			memcpy(copy, text.data, text.length);
		copy[text.length] = '\0';
	}
	json_add_text(tree, parent, name, copy);
}

void json_add_integer(struct json_tree *tree, cJSON *parent, const char *name, int value)
{
	cJSON *item = json_add(tree, parent, name, cJSON_Number);

	if (!item)
		return;
	item->valueint = value;
	item->valuedouble = value;
}

void json_add_unsigned(struct json_tree *tree, cJSON *parent, const char *name, uint64_t value)
{
	char *text = allocate(tree, DECIMAL_MAX);

	if (!text)
		return;
	snprintf(text, DECIMAL_MAX, "%" PRIu64, value);
	json_add_text(tree, parent, name, text);
}

void json_add_signed(struct json_tree *tree, cJSON *parent, const char *name, int64_t value)
{
	char *text = allocate(tree, DECIMAL_MAX);

	if (!text)
		return;
	snprintf(text, DECIMAL_MAX, "%" PRId64, value);
	json_add_text(tree, parent, name, text);
}

void json_add_double(struct json_tree *tree, cJSON *parent, const char *name, double value)
{
	cJSON *item;

	if (isnan(value)) {
		json_add_text(tree, parent, name, "NaN");
	} else if (isinf(value)) {
		json_add_text(tree, parent, name, value > 0 ? "Infinity" : "-Infinity");
	} else {
		item = json_add(tree, parent, name, cJSON_Number);
		if (!item)
			return;
		item->valuedouble = value;
		/* cJSON prints valueint where the two are equal. */
		item->valueint = value >= INT32_MAX ? INT32_MAX : value <= INT32_MIN ? INT32_MIN : (int)value;
	}
}

void json_add_boolean(struct json_tree *tree, cJSON *parent, const char *name, bool value)
{
	json_add(tree, parent, name, value ? cJSON_True : cJSON_False);
}

void json_add_hex(struct json_tree *tree, cJSON *parent, const char *name, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	char *text = allocate(tree, 2 * count + 1);

	if (!text)
		return;
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * count] = '\0';
	json_add_text(tree, parent, name, text);
}
