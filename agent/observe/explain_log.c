// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/explain_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "agent/observe/unread_text.h"
#include "base/log.h"
#include "otlp/console/text.h"
#include "otlp/encode/utf8.h"

#define SPAN_ID_SIZE 8
#define SERVICE_BYTES 64 /* that are shown */
#define LINE_MAX_BYTES 1024

struct line {
	char text[LINE_MAX_BYTES];
	size_t length;
};

/* Cut where there is no room. */
__attribute__((format(printf, 2, 3))) static void line_add(struct line *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->length, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* When, unless the log says that itself, and of which process. */
static void line_begin(struct line *line, const struct explanation *explanation)
{
	struct slice service = slice_head(explanation->service, SERVICE_BYTES);
	char wall_text[WALL_TEXT_MAX], service_text[UTF8_SANITIZED_MAX(SERVICE_BYTES)];

	if (explanation->wall && log_get_format() == LOG_PLAIN) {
		struct slice wall = wall_format(explanation->wall, wall_text);

		line_add(line, "%.*s ", (int)wall.length, wall.data);
	}
	/* A process names itself: not with the beginning of another line. */
	utf8_sanitize_for_terminal(service, service_text);
	if (service.length)
		line_add(line, "%s (pid %" PRIu32 ")", service_text, explanation->pid);
	else
		line_add(line, "process %" PRIu32, explanation->pid);
}

static void explain_accept(void *context, const struct explanation *explanation)
{
	struct line line = { .length = 0 };
	char unread[UNREAD_TEXT_MAX];

	(void)context;
	line_begin(&line, explanation);
	if (explanation->cookie)
		line_add(&line, ", connection %" PRIu64, explanation->cookie);
	if (explanation->unread) {
		unread_kind_format(explanation->unread, unread);
		line_add(&line, " (%s)", unread);
	}
	if (explanation->span_id) {
		line_add(&line, ", span ");
		for (size_t i = 0; i < SPAN_ID_SIZE; i++)
			line_add(&line, "%02x", explanation->span_id[i]);
	}
	log_debug("%s: %s", line.text, explanation->text);
}

struct explain_sink explain_log(void)
{
	struct explain_sink sink = { .accept = NULL };

	if (log_get_level() >= LOG_LEVEL_DEBUG)
		sink.accept = explain_accept;
	return sink;
}
