// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/json_tree.h"

#include <math.h>

#define DECIMAL_MAX 21 /* "-9223372036854775808" and NUL */
#define FRACTION_DIGITS 9
#define FRACTION_SCALE 1e9
/* Scaled, it is exact as a double. */
#define FRACTION_VALUE_MAX 1e6

cJSON *json_add(struct scratch *scratch, cJSON *parent, const char *name, int type)
{
	cJSON *item = scratch_allocate(scratch, sizeof(*item));

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

void json_add_text(struct scratch *scratch, cJSON *parent, const char *name, const char *text)
{
	cJSON *item = json_add(scratch, parent, name, cJSON_String);

	if (item)
		item->valuestring = (char *)text;
}

void json_add_string(struct scratch *scratch, cJSON *parent, const char *name, struct slice text)
{
	json_add_text(scratch, parent, name, scratch_text(scratch, text));
}

/* `text` is JSON already. */
static void add_raw(struct scratch *scratch, cJSON *parent, const char *name, const char *text)
{
	cJSON *item = json_add(scratch, parent, name, cJSON_Raw);

	if (item)
		item->valuestring = (char *)text;
}

static void add_number(struct scratch *scratch, cJSON *parent, const char *name, double value)
{
	cJSON *item = json_add(scratch, parent, name, cJSON_Number);

	if (!item)
		return;
	item->valuedouble = value;
	/* cJSON prints valueint where the two are equal. */
	item->valueint = value >= INT32_MAX ? INT32_MAX : value <= INT32_MIN ? INT32_MIN : (int)value;
}

/* printf would take ten times as long, and a span has a dozen. Returns a text that ends with NUL; NULL: no memory. */
static const char *format_decimal(struct scratch *scratch, uint64_t value, bool negative)
{
	char *text = scratch_allocate(scratch, DECIMAL_MAX), *front;

	if (!text)
		return NULL;
	front = text + DECIMAL_MAX - 1;
	*front = '\0';
	do {
		*--front = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	if (negative)
		*--front = '-';
	return front;
}

void json_add_integer(struct scratch *scratch, cJSON *parent, const char *name, uint32_t value)
{
	add_raw(scratch, parent, name, format_decimal(scratch, value, false));
}

void json_add_unsigned(struct scratch *scratch, cJSON *parent, const char *name, uint64_t value)
{
	json_add_text(scratch, parent, name, format_decimal(scratch, value, false));
}

void json_add_signed(struct scratch *scratch, cJSON *parent, const char *name, int64_t value)
{
	bool negative = value < 0;

	json_add_text(scratch, parent, name,
		      format_decimal(scratch, negative ? -(uint64_t)value : (uint64_t)value, negative));
}

/*
 * Nearly all doubles are seconds, in whole nanoseconds: their decimals are known without printf (twice)
 * and scanf, by which cJSON finds those of any. NULL: it is none of these, or there is no memory.
 */
static const char *format_fraction(struct scratch *scratch, double value)
{
	uint64_t scaled = value > 0 && value < FRACTION_VALUE_MAX ? (uint64_t)(value * FRACTION_SCALE + 0.5) : 0;
	char *text, *front;

	if (!scaled || (double)scaled / FRACTION_SCALE != value)
		return NULL;
	text = scratch_allocate(scratch, DECIMAL_MAX);
	if (!text)
		return NULL;
	front = text + DECIMAL_MAX - 1;
	*front = '\0';
	for (int i = 0; i < FRACTION_DIGITS; i++, scaled /= 10) {
		if (*front || scaled % 10)
			*--front = (char)('0' + scaled % 10);
	}
	if (*front)
		*--front = '.';
	do {
		*--front = (char)('0' + scaled % 10);
		scaled /= 10;
	} while (scaled);
	return front;
}

void json_add_double(struct scratch *scratch, cJSON *parent, const char *name, double value)
{
	const char *fraction = format_fraction(scratch, value);

	if (fraction)
		add_raw(scratch, parent, name, fraction);
	else if (isnan(value))
		json_add_text(scratch, parent, name, "NaN");
	else if (isinf(value))
		json_add_text(scratch, parent, name, value > 0 ? "Infinity" : "-Infinity");
	else if (value == 0 && signbit(value))
		/* cJSON would print 0, and Python takes -0 for an integer. */
		add_raw(scratch, parent, name, "-0.0");
	else
		add_number(scratch, parent, name, value);
}

void json_add_boolean(struct scratch *scratch, cJSON *parent, const char *name, bool value)
{
	json_add(scratch, parent, name, value ? cJSON_True : cJSON_False);
}

void json_add_hex(struct scratch *scratch, cJSON *parent, const char *name, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	char *text = scratch_allocate(scratch, 2 * count + 1);

	if (!text)
		return;
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * count] = '\0';
	json_add_text(scratch, parent, name, text);
}
