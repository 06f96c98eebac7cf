// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/terminal.h"
#include "base/utf8.h"

#define LOG_LINE_MAX 4096 /* PIPE_BUF: a pipe that may be written to takes so much at once */
#define LOG_BLOCK_MAX (2 * LOG_LINE_MAX)
#define LOG_WAIT_MS 100

static const char *const level_names[] = {
	[LOG_LEVEL_NOTICE] = "info",
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static atomic_int current_level = LOG_LEVEL_WARNING;
static atomic_int current_format = LOG_PLAIN;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&current_level, (int)level, memory_order_relaxed);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load_explicit(&current_level, memory_order_relaxed);
}

void log_set_format(enum log_format format)
{
	atomic_store_explicit(&current_format, (int)format, memory_order_relaxed);
}

enum log_format log_get_format(void)
{
	return (enum log_format)atomic_load_explicit(&current_format, memory_order_relaxed);
}

/* Names of processes, and what peers say, stand in some lines: a terminal must not obey them. */
static void log_disarm(char *line, size_t length, bool is_one_line)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)line[i], next = i + 1 < length ? (unsigned char)line[i + 1] : 0;
		bool is_c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f; /* U+0080 to U+009F */

		if (byte == '\n' && is_one_line)
			line[i] = ' ';
		else if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f || is_c1)
			line[i] = '?';
		if (is_c1)
			line[i + 1] = '?';
	}
}

#define TIME_MAX 32

static const char *log_time(char text[TIME_MAX])
{
	uint64_t now = clock_wall();
	time_t seconds = (time_t)(now / NSEC_PER_SEC);
	char whole[24];
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm))
		return "?";
	snprintf(text, TIME_MAX, "%s.%03uZ", whole, (unsigned int)(now % NSEC_PER_SEC / NSEC_PER_MSEC));
	return text;
}

/* The character at the front of `text` as a JSON string has it. How many bytes that takes. */
static size_t json_character(struct slice text, size_t *ret_taken, char escaped[8])
{
	bool valid;
	uint32_t code = utf8_decode(text, ret_taken, &valid);

	if (!valid || code < ' ' || (code >= 0x7f && code <= 0x9f))
		return (size_t)snprintf(escaped, 8, "\\u%04x", (unsigned int)code);
	if (code == '"' || code == '\\')
		return (size_t)snprintf(escaped, 8, "\\%c", (int)code);
	memcpy(escaped, text.data, *ret_taken);
	return *ret_taken;
}

/* Both: one line without its newline, of at most `room` bytes, cut where it must be. */
static size_t format_json(enum log_level level, struct slice text, char *line, size_t room)
{
	static const struct slice end = SLICE_LITERAL("\"}");
	char time[TIME_MAX], escaped[8];
	size_t length = (size_t)snprintf(line, room, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"", log_time(time),
					 level_names[level]);
	size_t taken;

	while (text.length) {
		size_t size = json_character(text, &taken, escaped);

		if (length + size + end.length > room)
			break;
		memcpy(line + length, escaped, size);
		length += size;
		text = slice_from(text, taken);
	}
	memcpy(line + length, end.data, end.length);
	return length + end.length;
}

static size_t format_text(enum log_level level, struct slice text, bool timed, char *line, size_t room)
{
	char time[TIME_MAX];
	size_t length;

	if (timed)
		length = (size_t)snprintf(line, room, "%s %s wirespan: ", log_time(time), level_names[level]);
	else if (level == LOG_LEVEL_NOTICE)
		length = (size_t)snprintf(line, room, "wirespan: ");
	else
		length = (size_t)snprintf(line, room, "wirespan: %s: ", level_names[level]);
	text = slice_head(text, room - length);
	memcpy(line + length, text.data, text.length);
	log_disarm(line + length, text.length, timed);
	return length + text.length;
}

/* With its newline, at most LOG_LINE_MAX bytes. */
static size_t format_line(enum log_level level, struct slice text, char line[LOG_LINE_MAX])
{
	enum log_format format = log_get_format();
	size_t length;

	if (format == LOG_JSON)
		length = format_json(level, text, line, LOG_LINE_MAX - 1);
	else
		length = format_text(level, text, format == LOG_TEXT, line, LOG_LINE_MAX - 1);
	line[length++] = '\n';
	return length;
}

static int own_terminal = -1;

static void open_own_terminal(void)
{
	own_terminal = terminal_open_own(STDERR_FILENO);
}

static int log_fd(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_own_terminal);
	return own_terminal >= 0 ? own_terminal : STDERR_FILENO;
}

/*
 * Whoever does not read standard error must stop neither capture nor export: it is waited for once, and
 * again only after it has read something.
 */
static bool log_is_read(int fd)
{
	static atomic_bool unread;
	struct pollfd file = { .fd = fd, .events = POLLOUT };
	bool ready = poll(&file, 1, atomic_load(&unread) ? 0 : LOG_WAIT_MS) > 0;

	atomic_store(&unread, !ready);
	return ready;
}

/* Nobody is left to tell when standard error is gone. A terminal may take less at once. */
static void log_write(const char *text, size_t length)
{
	int fd = log_fd();

	while (length && log_is_read(fd)) {
		ssize_t written = write(fd, text, length);

		if (written < 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

/* One write per line: lines of two threads, or of two processes, never mix. */
void log_message_va(enum log_level level, const char *format, va_list arguments)
{
	char text[LOG_LINE_MAX], line[LOG_LINE_MAX];
	size_t length;
	int written;

	if (level > log_get_level())
		return;
	written = vsnprintf(text, sizeof(text), format, arguments);
	if (written < 0)
		return;
	length = (size_t)written < sizeof(text) ? (size_t)written : sizeof(text) - 1;
	/* libbpf ends its messages itself. */
	while (length > 0 && text[length - 1] == '\n')
		length--;
	log_write(line, format_line(level, slice_of(text, length), line));
}

void log_block(enum log_level level, struct slice lines)
{
	char block[LOG_BLOCK_MAX];
	size_t filled = 0;

	if (level > log_get_level())
		return;
	while (lines.length) {
		size_t length = slice_find(lines, '\n');

		if (filled + LOG_LINE_MAX > sizeof(block)) {
			log_write(block, filled);
			filled = 0;
		}
		filled += format_line(level, slice_head(lines, length), block + filled);
		lines = slice_from(lines, length < lines.length ? length + 1 : length);
	}
	log_write(block, filled);
}

void log_message(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_message_va(level, format, arguments);
	va_end(arguments);
}
