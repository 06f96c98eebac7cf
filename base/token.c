// SPDX-License-Identifier: Apache-2.0
#include "base/token.h"

const bool token_bytes[256] = {
	['!'] = true, ['#' ... '\''] = true, ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true,
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['^' ... 'z'] = true, ['|'] = true, ['~'] = true,
};

bool token_is_valid(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!token_bytes[(unsigned char)text.data[i]])
			return false;
	return text.length > 0;
}
