/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one logger: lines "wirespan: LEVEL: text" on standard error. Only agent/
 * logs; everything below it returns errors.
 */
#ifndef WIRESPAN_BASE_LOG_H
#define WIRESPAN_BASE_LOG_H

#include <stdarg.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Messages above `level` are dropped. Default: LOG_LEVEL_WARNING. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/*
 * From any thread. Control characters but newlines and tabs become '?'. A line that nobody takes within
 * a tenth of a second is lost, and all behind it until somebody reads.
 */
void log_message_va(enum log_level level, const char *format, va_list arguments);
void log_message(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
