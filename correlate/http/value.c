// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/head.h"

struct slice http_trim(struct slice text)
{
	while (text.length > 0 && http_is_space(text.data[0]))
		text = slice_from(text, 1);
	while (text.length > 0 && http_is_space(text.data[text.length - 1]))
		text.length--;
	return text;
}

size_t http_unfold(struct slice value, char *out)
{
	size_t length = 0, at = 0;

	while (at < value.length) {
		size_t begin = at;
		bool breaks = false;

		while (at < value.length && http_is_space(value.data[at]))
			breaks |= !http_is_blank(value.data[at++]);
		if (breaks) {
			out[length++] = ' ';
			begin = at;
		}
		while (at < value.length && !http_is_space(value.data[at]))
			at++;
		memmove(out + length, value.data + begin, at - begin);
		length += at - begin;
	}
	return length;
}
