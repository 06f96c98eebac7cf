/* SPDX-License-Identifier: Apache-2.0 */
/* Text from the wire is bytes until proven UTF-8. */
#ifndef WIRESPAN_OTLP_UTF8_H
#define WIRESPAN_OTLP_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define UTF8_REPLACEMENT 0xfffd

/*
 * The code point at the front of `text` (not empty) and the bytes it takes. Of
 * bytes that are not UTF-8 (overlong forms, surrogates and values past U+10FFFF
 * are not) the maximal subpart of a sequence counts as one UTF8_REPLACEMENT, as
 * the Unicode standard recommends (chapter 3.9); *ret_valid is then false.
 */
uint32_t utf8_decode(struct slice text, size_t *ret_length, bool *ret_valid);

/* True when the text is UTF-8 and has no NUL. */
bool utf8_clean(struct slice text);

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

#endif
