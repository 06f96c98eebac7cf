// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/list.h"

#include "base/resource_variables.h"

/* Of both signals; what the specification has, or had. */
static const struct config_choice exporters[] = {
	{ .name = "otlp", .value = CONFIG_EXPORTER_OTLP },
	{ .name = "console", .value = CONFIG_EXPORTER_CONSOLE },
	{ .name = "none", .value = CONFIG_EXPORTER_NONE },
	{ .name = "jaeger", .unsupported = true },
	{ .name = "logging", .unsupported = true },
	{ .name = "otlp/stdout", .unsupported = true },
	{ .name = "prometheus", .unsupported = true },
	{ .name = "zipkin", .unsupported = true },
	{ .name = NULL },
};

/* Baggage makes no links: whether it is read shows nowhere. */
static const struct config_choice propagators[] = {
	{ .name = "tracecontext" },
	{ .name = "baggage" },
	{ .name = "b3", .unsupported = true },
	{ .name = "b3multi", .unsupported = true },
	{ .name = "jaeger", .unsupported = true },
	{ .name = "none", .unsupported = true },
	{ .name = "ottrace", .unsupported = true },
	{ .name = "xray", .unsupported = true },
	{ .name = NULL },
};

/* The values of the names, together. Of those that are unknown or not supported the first is told. */
static unsigned int read_list(struct config_reader *reader, const char *name, const struct config_choice *choices)
{
	bool quiet = reader->quiet;
	unsigned int named = 0;
	struct slice list, member;

	if (!config_lookup(reader, name, &list))
		return 0;
	while (list_member_next(&list, &member)) {
		const struct config_choice *choice = config_choice_find(reader, choices, member);

		if (choice && !choice->unsupported)
			named |= (unsigned int)choice->value;
		else
			reader->quiet = true;
	}
	reader->quiet = quiet;
	return named;
}

unsigned int config_exporters(struct config_reader *reader, const char *name)
{
	unsigned int named = read_list(reader, name, exporters);

	if (named & CONFIG_EXPORTER_NONE && named != CONFIG_EXPORTER_NONE) {
		config_problem(reader, "none beside others, left out");
		named &= ~(unsigned int)CONFIG_EXPORTER_NONE;
	}
	return named;
}

void config_propagators(struct config_reader *reader)
{
	(void)read_list(reader, "OTEL_PROPAGATORS", propagators);
}
