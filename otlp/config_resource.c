// SPDX-License-Identifier: Apache-2.0
#include "otlp/config_resource.h"

#include <errno.h>
#include <stdlib.h>

#include "correlate/percent.h"
#include "otlp/config_list.h"
#include "otlp/utf8.h"

/* Decodes into *text and moves it on. */
static bool attribute_decode(struct slice encoded, char **text, struct slice *ret_decoded)
{
	size_t length;

	if (slice_find(encoded, '=') < encoded.length || !percent_decode(encoded, *text, &length))
		return false;
	*ret_decoded = slice_of(*text, length);
	*text += length;
	return utf8_clean(*ret_decoded);
}

static bool attribute_parse(struct slice member, char **text, struct attribute *ret_attribute)
{
	struct slice key, value;

	ret_attribute->type = ATTRIBUTE_STRING;
	return config_member_split(member, &key, &value) && attribute_decode(key, text, &ret_attribute->key) &&
	       attribute_decode(value, text, &ret_attribute->string);
}

static bool attribute_add(struct attribute *attributes, size_t *count, struct attribute attribute)
{
	for (size_t i = 0; i < *count; i++) {
		if (slice_equal(attributes[i].key, attribute.key)) {
			attributes[i] = attribute;
			return true;
		}
	}
	if (*count == CONFIG_RESOURCE_ATTRIBUTES_MAX)
		return false;
	attributes[(*count)++] = attribute;
	return true;
}

/* Returns how many attributes; 0 after any error (told). `text` has room for list.length bytes. */
static size_t attributes_parse(struct config_reader *reader, struct slice list, char *text,
			       struct attribute attributes[CONFIG_RESOURCE_ATTRIBUTES_MAX])
{
	size_t count = 0, number = 0;
	struct attribute attribute;
	struct slice member;

	while (config_member_next(&list, &member)) {
		number++;
		if (!attribute_parse(member, &text, &attribute)) {
			config_problem(reader,
				       "left out as a whole: number %zu is not KEY=VALUE in UTF-8, with ',', "
				       "'=' and '%%' as %%2C, %%3D and %%25",
				       number);
			return 0;
		}
		if (!attribute_add(attributes, &count, attribute)) {
			config_problem(reader, "left out as a whole: more than %d attributes",
				       CONFIG_RESOURCE_ATTRIBUTES_MAX);
			return 0;
		}
	}
	return count;
}

/* Takes service.name out of the attributes. */
static int take_service_name(struct otlp_config *config)
{
	size_t kept = 0;

	for (size_t i = 0; i < config->resource_attribute_count; i++) {
		struct attribute attribute = config->resource_attributes[i];

		if (!slice_equal(attribute.key, SLICE_LITERAL("service.name"))) {
			config->resource_attributes[kept++] = attribute;
		} else if (attribute.string.length) {
			config->service_name = slice_to_string(attribute.string);
			if (!config->service_name)
				return -ENOMEM;
		}
	}
	config->resource_attribute_count = kept;
	return 0;
}

static int read_attributes(struct config_reader *reader, struct otlp_config *config)
{
	size_t size = CONFIG_RESOURCE_ATTRIBUTES_MAX * sizeof(struct attribute);
	struct slice list;

	if (!config_lookup(reader, "OTEL_RESOURCE_ATTRIBUTES", &list))
		return 0;
	/* In one piece: the attributes, and the text that they point into. */
	config->resource_attributes = malloc(size + list.length);
	if (!config->resource_attributes)
		return -ENOMEM;
	config->resource_attribute_count =
		attributes_parse(reader, list, (char *)config->resource_attributes + size, config->resource_attributes);
	return take_service_name(config);
}

static int read_service_name(struct config_reader *reader, struct otlp_config *config)
{
	struct slice name;

	if (!config_lookup(reader, "OTEL_SERVICE_NAME", &name))
		return 0;
	if (!utf8_clean(name)) {
		config_problem(reader, "not UTF-8, left out");
		return 0;
	}
	return config_string(reader, "OTEL_SERVICE_NAME", &config->service_name);
}

int config_resource(struct config_reader *reader, struct otlp_config *config)
{
	int error = read_attributes(reader, config);

	if (!error)
		error = read_service_name(reader, config);
	if (!error && !config->service_name) {
		config->service_name = slice_to_string(SLICE_LITERAL("wirespan"));
		error = config->service_name ? 0 : -ENOMEM;
	}
	return error;
}
