// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/destination.h"

#include <string.h>

#include "base/slice.h"
#include "otlp/encode/utf8.h"

const char *outputs_destination(const char *url, char text[OUTPUTS_DESTINATION_MAX])
{
	static const size_t room = (OUTPUTS_DESTINATION_MAX - 1) / 3; /* see UTF8_SANITIZED_MAX */
	struct slice whole = slice_of_string(url), authority;
	const char *begin = strstr(url, "://");
	size_t length, at;

	if (!begin) {
		utf8_sanitize_for_terminal(slice_head(whole, room), text);
		return text;
	}
	length = (size_t)(begin - url) + 3;
	authority = slice_head(slice_from(whole, length), strcspn(begin + 3, "/?#"));
	/* Up to the last '@' it is userinfo. */
	while ((at = slice_find(authority, '@')) < authority.length)
		authority = slice_from(authority, at + 1);
	length = utf8_sanitize_for_terminal(slice_head(whole, length < room / 2 ? length : room / 2), text);
	utf8_sanitize_for_terminal(slice_head(authority, room / 2), text + length);
	return text;
}
