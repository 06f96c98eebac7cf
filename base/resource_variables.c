// SPDX-License-Identifier: Apache-2.0
#include "base/resource_variables.h"

#include <errno.h>

#include "base/percent.h"
#include "base/utf8.h"

bool list_member_next(struct slice *rest, struct slice *ret_member)
{
	while (rest->length) {
		size_t length = slice_find(*rest, ',');

		*ret_member = slice_trim(slice_head(*rest, length));
		*rest = slice_from(*rest, length + 1);
		if (ret_member->length)
			return true;
	}
	return false;
}

bool list_member_split(struct slice member, struct slice *ret_key, struct slice *ret_value)
{
	size_t equals = slice_find(member, '=');

	*ret_key = slice_trim(slice_head(member, equals));
	*ret_value = slice_trim(slice_from(member, equals + 1));
	return equals < member.length && ret_key->length;
}

/* Decodes into *text and moves it on. */
static bool decode(struct slice encoded, char **text, struct slice *ret_decoded)
{
	size_t length;

	if (slice_find(encoded, '=') < encoded.length || !percent_decode(encoded, *text, &length))
		return false;
	*ret_decoded = slice_of(*text, length);
	*text += length;
	return utf8_clean(*ret_decoded);
}

static bool attribute_parse(struct slice member, char **text, struct resource_attribute *ret_attribute)
{
	struct slice key, value;

	return list_member_split(member, &key, &value) && decode(key, text, &ret_attribute->key) &&
	       decode(value, text, &ret_attribute->value);
}

static bool attribute_add(struct resource_attribute *attributes, size_t *count, struct resource_attribute attribute)
{
	for (size_t i = 0; i < *count; i++) {
		if (slice_equal(attributes[i].key, attribute.key)) {
			attributes[i] = attribute;
			return true;
		}
	}
	if (*count == RESOURCE_ATTRIBUTES_MAX)
		return false;
	attributes[(*count)++] = attribute;
	return true;
}

int resource_attributes_parse(struct slice list, char *text,
			      struct resource_attribute ret_attributes[RESOURCE_ATTRIBUTES_MAX], size_t *ret_count,
			      size_t *ret_member)
{
	struct resource_attribute attribute;
	size_t count = 0, number = 0;
	struct slice member;

	while (list_member_next(&list, &member)) {
		number++;
		if (!attribute_parse(member, &text, &attribute)) {
			*ret_member = number;
			return -EINVAL;
		}
		if (!attribute_add(ret_attributes, &count, attribute))
			return -ENOSPC;
	}
	*ret_count = count;
	return 0;
}

int service_name_parse(struct slice value, struct slice *ret_name)
{
	if (!utf8_clean(value))
		return -EINVAL;
	*ret_name = slice_trim(value);
	return 0;
}
