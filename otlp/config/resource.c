// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/resource.h"

#include <errno.h>
#include <stdlib.h>

#include "base/resource_variables.h"

/* All but service.name, which is the agent's own. */
static int take_attributes(struct otlp_config *config, const struct resource_attribute *parsed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!slice_equal(parsed[i].key, SLICE_LITERAL("service.name"))) {
			config->resource_attributes[config->resource_attribute_count++] = (struct attribute){
				.key = parsed[i].key, .type = ATTRIBUTE_STRING, .string = parsed[i].value };
		} else if (parsed[i].value.length) {
			config->service_name = slice_to_string(parsed[i].value);
			if (!config->service_name)
				return -ENOMEM;
		}
	}
	return 0;
}

static int read_attributes(struct config_reader *reader, struct otlp_config *config)
{
	size_t size = RESOURCE_ATTRIBUTES_MAX * sizeof(struct attribute), count, member;
	struct resource_attribute parsed[RESOURCE_ATTRIBUTES_MAX];
	struct slice list;
	int error;

	if (!config_lookup(reader, "OTEL_RESOURCE_ATTRIBUTES", &list))
		return 0;
	/* In one piece: the attributes, and the text that they point into. */
	config->resource_attributes = malloc(size + list.length);
	if (!config->resource_attributes)
		return -ENOMEM;
	error = resource_attributes_parse(list, (char *)config->resource_attributes + size, parsed, &count, &member);
	if (!error)
		return take_attributes(config, parsed, count);
	if (error == -ENOSPC)
		config_problem(reader, "left out as a whole: more than %d attributes", RESOURCE_ATTRIBUTES_MAX);
	else
		config_problem(reader,
			       "left out as a whole: number %zu is not KEY=VALUE in UTF-8, with ',', '=' and '%%' as "
			       "%%2C, %%3D and %%25",
			       member);
	return 0;
}

static int read_service_name(struct config_reader *reader, struct otlp_config *config)
{
	struct slice name;

	if (!config_lookup(reader, "OTEL_SERVICE_NAME", &name))
		return 0;
	if (service_name_parse(name, &name) < 0) {
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
