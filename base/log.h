/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one logger: lines on standard error. Only agent/ logs; everything below it
 * returns errors.
 */
#ifndef WIRESPAN_BASE_LOG_H
#define WIRESPAN_BASE_LOG_H

#include <stdarg.h>

#include "base/slice.h"

/* A notice is what was asked for, or is the agent's to tell whatever the level: never dropped. */
enum log_level { LOG_LEVEL_NOTICE, LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

enum log_format {
	LOG_PLAIN, /* "wirespan: LEVEL: text", a notice without its level */
	LOG_TEXT,  /* "TIME LEVEL wirespan: text", TIME as RFC 3339 has it, a notice's level is info */
	LOG_JSON,  /* {"time":"TIME","level":"LEVEL","message":"text"}; what is no UTF-8 becomes U+FFFD */
};

/* Default: LOG_PLAIN. */
void log_set_format(enum log_format format);
enum log_format log_get_format(void);

/* Messages above `level` are dropped. Default: LOG_LEVEL_WARNING. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/*
 * From any thread. Control characters but newlines and tabs become '?' (in JSON all are escaped, and in
 * LOG_TEXT newlines are spaces); what is too long is cut. A line that nobody takes within
 * a tenth of a second is lost, and all behind it until somebody reads.
 */
void log_message_va(enum log_level level, const char *format, va_list arguments);
void log_message(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Several lines, each ended by a newline: those of other threads do not come in between while a pipe takes them whole. */
void log_block(enum log_level level, struct slice lines);

#define log_notice(...) log_message(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
