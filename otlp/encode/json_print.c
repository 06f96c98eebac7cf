// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/json_print.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"

#define PRINT_SIZE_FIRST (256u * 1024)
/* The longest body, and the NUL after it. */
#define PRINT_SIZE_MAX ((size_t)OTLP_REQUEST_SIZE_MAX + 1)

/* Doubles the room until the text fits; the room is kept for the next request. */
static int print(struct encoder *encoder, cJSON *root)
{
	size_t room = encoder->body_size ? encoder->body_size : PRINT_SIZE_FIRST;

	for (;;) {
		int result = encoder_reserve(encoder, room - 1);

		if (result < 0)
			return result;
		if (cJSON_PrintPreallocated(root, encoder->body, (int)encoder->body_size, false))
			return 0;
		if (room == PRINT_SIZE_MAX)
			return -EMSGSIZE;
		room = room > PRINT_SIZE_MAX / 2 ? PRINT_SIZE_MAX : 2 * room;
	}
}

/* The first of U+0080..U+009F, which a terminal obeys; NULL where there is none. */
static char *find_control(char *text)
{
	while ((text = strchr(text, '\xc2')) && (unsigned char)text[1] > 0x9f)
		text++;
	return text;
}

/* cJSON escapes the control characters below U+0020 only; here the rest of them become "\u00xx". */
static int escape_controls(struct encoder *encoder)
{
	char *control = find_control(encoder->body), *rest = encoder->body;
	struct buffer escaped;
	int result = 0;

	if (!control)
		return 0;
	buffer_init(&escaped, PRINT_SIZE_MAX);
	for (; control && result == 0; control = find_control(rest)) {
		result = buffer_append(&escaped, rest, (size_t)(control - rest));
		if (result == 0)
			result = buffer_append_format(&escaped, "\\u%04x", (unsigned char)control[1]);
		rest = control + 2;
	}
	if (result == 0)
		result = buffer_append(&escaped, rest, strlen(rest) + 1);
	if (result < 0) {
		buffer_done(&escaped);
		return result == -ENOSPC ? -EMSGSIZE : result;
	}
	free(encoder->body);
	encoder->body = escaped.data;
	encoder->body_size = escaped.capacity;
	return 0;
}

int json_print(struct encoder *encoder, cJSON *root, struct slice *ret_body)
{
	int result = encoder->scratch.failed ? -ENOMEM : print(encoder, root);

	if (result == 0)
		result = escape_controls(encoder);
	if (result == 0)
		*ret_body = slice_of_string(encoder->body);
	return result;
}
