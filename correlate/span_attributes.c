// SPDX-License-Identifier: Apache-2.0
#include "correlate/span_attributes.h"

static bool add(struct span *span, const char *key, struct attribute attribute)
{
	if (span->attribute_count >= SPAN_ATTRIBUTES_MAX) {
		span->dropped_attributes++;
		return false;
	}
	attribute.key = slice_of_string(key);
	span->attributes[span->attribute_count++] = attribute;
	return true;
}

bool span_add_string(struct span *span, const char *key, struct slice value)
{
	return add(span, key, (struct attribute){ .type = ATTRIBUTE_STRING, .string = value });
}

bool span_add_integer(struct span *span, const char *key, int64_t value)
{
	return add(span, key, (struct attribute){ .type = ATTRIBUTE_INTEGER, .integer = value });
}

bool span_add_double(struct span *span, const char *key, double value)
{
	return add(span, key, (struct attribute){ .type = ATTRIBUTE_DOUBLE, .number = value });
}

bool span_add_boolean(struct span *span, const char *key, bool value)
{
	return add(span, key, (struct attribute){ .type = ATTRIBUTE_BOOLEAN, .boolean = value });
}

bool span_add_string_array(struct span *span, const char *key, struct slice items)
{
	return add(span, key, (struct attribute){ .type = ATTRIBUTE_STRING_ARRAY, .string = items });
}
