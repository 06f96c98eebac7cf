// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/environment.h"

/* False where it is cut off by the record's limit: *ret_value is then empty, as where it is not set. */
static bool find(struct slice environment, struct slice name, struct slice *ret_value)
{
	struct slice rest = environment;

	*ret_value = slice_of(NULL, 0);
	while (rest.length) {
		struct slice entry = slice_head(rest, slice_find(rest, '\0'));
		bool cut = entry.length == rest.length && environment.length >= RECORD_ENVIRONMENT_MAX;
		size_t equals = slice_find(entry, '=');

		if (equals < entry.length && slice_equal(slice_head(entry, equals), name)) {
			if (!cut)
				*ret_value = slice_from(entry, equals + 1);
			return !cut;
		}
		rest = slice_from(rest, entry.length + 1);
	}
	return true;
}

struct slice environment_value(struct slice environment, struct slice name)
{
	struct slice value;

	(void)find(environment, name, &value);
	return value;
}

static bool read_service_name(struct slice environment, struct own_resource *own)
{
	struct slice value;

	return find(environment, SLICE_LITERAL("OTEL_SERVICE_NAME"), &value) &&
	       service_name_parse(value, &own->service_name) == 0;
}

static bool read_attributes(struct slice environment, struct own_resource *own)
{
	struct slice value;
	size_t member;

	return find(environment, SLICE_LITERAL("OTEL_RESOURCE_ATTRIBUTES"), &value) &&
	       value.length <= sizeof(own->text) &&
	       resource_attributes_parse(value, own->text, own->attributes, &own->attribute_count, &member) == 0;
}

void own_resource_read(struct slice environment, struct own_resource *ret_own)
{
	ret_own->service_name = slice_of(NULL, 0);
	ret_own->attribute_count = 0;
	ret_own->bad_service_name = !read_service_name(environment, ret_own);
	ret_own->bad_attributes = !read_attributes(environment, ret_own);
	for (size_t i = 0; i < ret_own->attribute_count && !ret_own->service_name.length; i++)
		if (slice_equal(ret_own->attributes[i].key, SLICE_LITERAL("service.name")))
			ret_own->service_name = ret_own->attributes[i].value;
}
