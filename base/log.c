// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_LINE_MAX 4096 /* PIPE_BUF: a pipe that may be written to takes so much at once */
#define LOG_WAIT_MS 100

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static atomic_int current_level = LOG_LEVEL_WARNING;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&current_level, (int)level, memory_order_relaxed);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load_explicit(&current_level, memory_order_relaxed);
}

/* Names of processes, and what peers say, stand in some lines: a terminal must not obey them. */
static void log_disarm(char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)line[i], next = i + 1 < length ? (unsigned char)line[i + 1] : 0;
		bool is_c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f; /* U+0080 to U+009F */

		if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f || is_c1)
			line[i] = '?';
		if (is_c1)
			line[i + 1] = '?';
	}
}

/*
 * Whoever does not read standard error must stop neither capture nor export: it is waited for once, and
 * again only after it has read something.
 */
static bool log_is_read(void)
{
	static atomic_bool unread;
	struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };
	bool ready = poll(&file, 1, atomic_load(&unread) ? 0 : LOG_WAIT_MS) > 0;

	atomic_store(&unread, !ready);
	return ready;
}

/* One write per line: lines of two threads, or of two processes, never mix. */
void log_message_va(enum log_level level, const char *format, va_list arguments)
{
	char line[LOG_LINE_MAX];
	size_t length;
	int written;

	if (level > log_get_level())
		return;
	length = (size_t)snprintf(line, sizeof(line), "wirespan: %s: ", level_names[level]);
	written = vsnprintf(line + length, sizeof(line) - length, format, arguments);
	if (written < 0)
		return;
	length += (size_t)written;
	if (length > sizeof(line) - 1)
		length = sizeof(line) - 1;
	/* libbpf ends its messages itself. */
	while (length > 0 && line[length - 1] == '\n')
		length--;
	log_disarm(line, length);
	line[length++] = '\n';
	/* Nobody is left to tell when standard error is gone. */
	if (log_is_read() && write(STDERR_FILENO, line, length) < 0)
		return;
}

void log_message(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_message_va(level, format, arguments);
	va_end(arguments);
}
