/* SPDX-License-Identifier: Apache-2.0 */
/* Text from the wire as it can be shown. */
#ifndef WIRESPAN_OTLP_ENCODE_UTF8_H
#define WIRESPAN_OTLP_ENCODE_UTF8_H

#include "base/utf8.h"

/* Room that utf8_sanitize needs, its NUL included. */
#define UTF8_SANITIZED_MAX(length) (3 * (length) + 1)

/*
 * Copies with each invalid part replaced by U+FFFD, likewise NUL (JSON text
 * passes through C strings). Ends the copy with NUL; returns its length without it.
 */
size_t utf8_sanitize(struct slice text, char *destination);

/* As above, but control, bidirectional and other invisible formatting characters go too: safe for a terminal. */
size_t utf8_sanitize_for_terminal(struct slice text, char *destination);

/* Columns that the text takes on a terminal: wide characters 2, combining marks 0. */
size_t utf8_columns(struct slice text);

/* The longest head of the text that takes at most `columns`. */
struct slice utf8_head(struct slice text, size_t columns);
/* The longest tail that does; it begins with no combining mark. */
struct slice utf8_tail(struct slice text, size_t columns);

#endif
