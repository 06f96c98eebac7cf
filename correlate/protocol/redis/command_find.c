// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/command_rows.h"

static int compare(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.data, b.data, shorter);

	return order ? order : (int)a.length - (int)b.length;
}

static const struct redis_command_row *search(const struct redis_command_row *rows, size_t count, struct slice name)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;
		int order = compare(name, rows[middle].name);

		if (order == 0)
			return &rows[middle];
		if (order > 0)
			low = middle + 1;
		else
			count = middle;
	}
	return NULL;
}

const struct redis_command_row *redis_command_find(struct slice name)
{
	char upper[REDIS_NAME_MAX];
	bool dot = false, space = false;

	if (name.length == 0 || name.length > sizeof(upper))
		return NULL;
	for (size_t i = 0; i < name.length; i++) {
		char byte = name.data[i];

		upper[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
		dot = dot || byte == '.';
		space = space || byte == ' ';
	}
	name.data = upper;
	if (space)
		return search(redis_subcommands, redis_subcommands_count, name);
	if (dot)
		return search(redis_module_commands, redis_module_commands_count, name);
	return search(redis_commands, redis_commands_count, name);
}
