/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people: durations, padded columns, colours. */
#ifndef WIRESPAN_OTLP_CONSOLE_TEXT_H
#define WIRESPAN_OTLP_CONSOLE_TEXT_H

#include <stdint.h>

#include "base/buffer.h"

#define DURATION_TEXT_MAX 24

/* Three significant digits: "456 µs", "1.23 ms", "2.05 s"; whole seconds from 1000 s on. */
struct slice duration_format(uint64_t nanoseconds, char text[DURATION_TEXT_MAX]);

#define WALL_TEXT_MAX 32

/* "2026-11-21T10:54:01.123Z" of nanoseconds since the epoch. */
struct slice wall_format(uint64_t wall, char text[WALL_TEXT_MAX]);

enum text_style { TEXT_PLAIN, TEXT_BOLD, TEXT_DIM, TEXT_RED, TEXT_GREEN, TEXT_CYAN };
enum text_align { TEXT_LEFT, TEXT_RIGHT };

/* Between two columns. */
#define TEXT_GAP 2

/* What the text is read on. */
struct text_page {
	bool color;
	size_t columns; /* 0: no limit */
};

struct text_cell {
	struct slice text; /* UTF-8, safe for a terminal */
	enum text_style style;
};

/*
 * Appends the text padded to `width` columns, or what of its two ends has room there around an ellipsis;
 * as it is where `width` is 0. The padding has no style. 0, -ENOSPC or -ENOMEM.
 */
int text_append(struct buffer *buffer, struct text_cell cell, enum text_align align, size_t width, bool color);

/*
 * Makes a row of `count` columns fit into `total`, what stands between them included: takes from the widest
 * of those that are wider than `least` says. What cannot fit stays too wide.
 */
void text_fit(size_t *widths, const size_t *least, size_t count, size_t total);

/* Removes the spaces at the end. */
void text_trim_end(struct buffer *buffer);

/* Columns of the terminal `fd`: what COLUMNS says, else what the terminal does; 0: it is none, or says nothing. */
size_t terminal_columns(int fd);

/* Whether colour is wanted on `fd`: a terminal that is not "dumb", and NO_COLOR (no-color.org) not set. */
bool terminal_wants_color(int fd);

#endif
