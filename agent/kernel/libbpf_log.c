// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/libbpf_log.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Where its last `count` lines begin. */
static const char *last_lines(const char *text, size_t count)
{
	const char *begin = text + strlen(text);

	while (begin > text) {
		/* The newline that ends the message begins no line. */
		if (begin[-1] == '\n' && *begin && count-- == 1)
			break;
		begin--;
	}
	return begin;
}

static void log_lines(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		log_debug("%.*s", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

int libbpf_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char *text;

	if (log_get_level() < LOG_LEVEL_DEBUG || level == LIBBPF_DEBUG)
		return 0;
	if (vasprintf(&text, format, arguments) < 0)
		return 0;
	log_lines(last_lines(text, LIBBPF_LOG_LINES_MAX));
	free(text);
	return 0;
}
