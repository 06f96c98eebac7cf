// SPDX-License-Identifier: Apache-2.0
#include "otlp/config_list.h"

#include "base/resource_variables.h"

static const struct config_choice exporters[] = {
	{ .name = "otlp", .value = CONFIG_EXPORTER_OTLP },
	{ .name = "console", .value = CONFIG_EXPORTER_CONSOLE },
	{ .name = "none", .value = CONFIG_EXPORTER_NONE },
	{ .name = NULL },
};

unsigned int config_exporters(struct config_reader *reader, const char *name)
{
	bool quiet = reader->quiet;
	unsigned int named = 0;
	struct slice list, member;

	if (!config_lookup(reader, name, &list))
		return 0;
	while (list_member_next(&list, &member)) {
		const struct config_choice *choice = config_choice_find(reader, exporters, member);

		if (choice)
			named |= (unsigned int)choice->value;
		else
			reader->quiet = true;
	}
	reader->quiet = quiet;
	if (named & CONFIG_EXPORTER_NONE && named != CONFIG_EXPORTER_NONE) {
		config_problem(reader, "none beside others, left out");
		named &= ~(unsigned int)CONFIG_EXPORTER_NONE;
	}
	return named;
}
