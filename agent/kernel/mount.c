// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/mount.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MOUNTPOINT_FIELD 4

static struct slice next_field(struct slice *line)
{
	size_t end = slice_find(*line, ' ');
	struct slice field = slice_head(*line, end);

	*line = slice_from(*line, end + 1);
	return field;
}

bool mount_parse(struct slice line, struct slice *ret_path, struct slice *ret_type)
{
	struct slice path, type;

	if (line.length > 0 && line.data[line.length - 1] == '\n')
		line.length--;
	for (int i = 0; i < MOUNTPOINT_FIELD; i++)
		next_field(&line);
	path = next_field(&line);
	/* Options and any number of tags end at a lone hyphen; the type follows it. */
	while (line.length > 0 && !slice_equal(next_field(&line), SLICE_LITERAL("-")))
		;
	type = next_field(&line);
	if (path.length == 0 || type.length == 0)
		return false;
	*ret_path = path;
	*ret_type = type;
	return true;
}

static bool octal(char c)
{
	return c >= '0' && c <= '7';
}

int mount_unescape(struct slice path, char *ret_path, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < path.length; i++) {
		const char *at = path.data + i;
		char c = *at;

		if (c == '\\' && path.length - i > 3 && octal(at[1]) && octal(at[2]) && octal(at[3])) {
			c = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			i += 3;
		}
		if (length + 1 >= size)
			return -ENAMETOOLONG;
		ret_path[length++] = c;
	}
	if (size == 0)
		return -ENAMETOOLONG;
	ret_path[length] = '\0';
	return 0;
}

int mount_find(const char *type, char *ret_path, size_t size)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct slice found_path, found_type;
	int result = -ENOENT;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;

	if (!file)
		return -errno;
	while (result == -ENOENT && (length = getline(&line, &capacity, file)) >= 0) {
		if (mount_parse(slice_of(line, (size_t)length), &found_path, &found_type) &&
		    slice_equal(found_type, slice_of_string(type)))
			result = mount_unescape(found_path, ret_path, size);
	}
	free(line);
	fclose(file);
	return result;
}
