// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"

#include "base/ascii.h"

struct slice path_last(struct slice path)
{
	size_t begin = path.length;

	while (begin > 0 && path.data[begin - 1] != '/')
		begin--;
	return slice_from(path, begin);
}

static bool is_of_version(char byte)
{
	return byte == '.' || ascii_is_digit(byte);
}

struct slice path_without_version(struct slice name)
{
	while (name.length && is_of_version(name.data[name.length - 1]))
		name.length--;
	return name;
}
