// SPDX-License-Identifier: Apache-2.0
#include "correlate/resource_attributes.h"

#include "bpf/record.h"
#include "correlate/percent.h"

struct slice environment_value(struct slice environment, struct slice name)
{
	struct slice rest = environment;

	while (rest.length) {
		struct slice entry = slice_head(rest, slice_find(rest, '\0'));
		bool cut = entry.length == rest.length && environment.length >= RECORD_ENVIRONMENT_MAX;
		size_t equals = slice_find(entry, '=');

		if (!cut && equals < entry.length && slice_equal(slice_head(entry, equals), name))
			return slice_from(entry, equals + 1);
		rest = slice_from(rest, entry.length + 1);
	}
	return slice_of(NULL, 0);
}

/* Decodes into *text and moves it on. */
static bool decode(struct slice encoded, char **text, struct slice *ret_decoded)
{
	size_t length;

	if (!percent_decode(encoded, *text, &length))
		return false;
	*ret_decoded = slice_of(*text, length);
	*text += length;
	return true;
}

size_t resource_attributes_parse(struct slice value, char *text, struct resource_attribute *ret_attributes)
{
	size_t count = 0;

	while (value.length) {
		struct slice member = slice_head(value, slice_find(value, ','));
		struct resource_attribute attribute;

		value = slice_from(value, member.length + 1);
		member = slice_trim(member);
		if (!member.length) /* a trailing comma */
			continue;
		size_t equals = slice_find(member, '=');

		if (equals == member.length || !decode(slice_trim(slice_head(member, equals)), &text, &attribute.key) ||
		    !decode(slice_trim(slice_from(member, equals + 1)), &text, &attribute.value) ||
		    !attribute.key.length)
			return 0;
		if (count < RESOURCE_ATTRIBUTES_MAX)
			ret_attributes[count++] = attribute;
	}
	return count;
}
