// SPDX-License-Identifier: Apache-2.0
#include "otlp/config_list.h"

static struct slice trim_and_cut(struct slice text, size_t length)
{
	return slice_trim(slice_head(text, length));
}

bool config_member_next(struct slice *rest, struct slice *ret_member)
{
	while (rest->length) {
		size_t length = slice_find(*rest, ',');

		*ret_member = trim_and_cut(*rest, length);
		*rest = slice_from(*rest, length + 1);
		if (ret_member->length)
			return true;
	}
	return false;
}

bool config_member_split(struct slice member, struct slice *ret_key, struct slice *ret_value)
{
	size_t equals = slice_find(member, '=');

	*ret_key = trim_and_cut(member, equals);
	*ret_value = slice_trim(slice_from(member, equals + 1));
	return equals < member.length && ret_key->length;
}

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
	while (config_member_next(&list, &member)) {
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
