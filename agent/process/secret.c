// SPDX-License-Identifier: Apache-2.0
#include "agent/process/secret.h"

#include <stdbool.h>
#include <string.h>

#include "base/slice.h"

static bool is_secret(struct slice name)
{
	static const char suffix[] = "_HEADERS";
	size_t length = sizeof(suffix) - 1;

	return name.length >= length && memcmp(name.data + name.length - length, suffix, length) == 0;
}

void secret_hide(char *environment, size_t length)
{
	for (size_t at = 0; at < length;) {
		struct slice text = slice_of(environment + at, length - at);
		struct slice variable = slice_head(text, slice_find(text, '\0'));
		size_t name_length = slice_find(variable, '=');

		if (name_length < variable.length && is_secret(slice_head(variable, name_length)))
			memset(environment + at + name_length + 1, '*', variable.length - name_length - 1);
		at += variable.length + 1;
	}
}
