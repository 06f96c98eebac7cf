// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "otlp/encode/utf8.h"

#define RESET "\x1b[0m"

static const char *const styles[] = {
	[TEXT_PLAIN] = "", [TEXT_BOLD] = "\x1b[1m", [TEXT_DIM] = "\x1b[2m",
	[TEXT_RED] = "\x1b[31m", [TEXT_GREEN] = "\x1b[32m", [TEXT_CYAN] = "\x1b[36m",
};

/* Ascending; a row serves values that round to less than 1000 of its unit. */
static const struct unit {
	const char *name;
	uint64_t size; /* ns */
} units[] = { { "ns", 1 }, { "µs", 1000 }, { "ms", NSEC_PER_MSEC }, { "s", NSEC_PER_SEC } };

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

struct slice duration_format(uint64_t nanoseconds, char text[DURATION_TEXT_MAX])
{
	const struct unit *unit = units;
	int length = 0;

	/* 999.5 of a unit would round to 1000. */
	while (unit < units + UNIT_COUNT - 1 && nanoseconds >= unit->size * 1000 - unit->size / 2)
		unit++;
	/* Two decimals, one, none: the first whose rounded value has three digits. */
	for (uint64_t scale = unit->size == 1 ? 1 : 100; scale && length == 0; scale /= 10) {
		uint64_t step = unit->size / scale;
		uint64_t value = nanoseconds / step + (nanoseconds % step >= step - step / 2 && step > 1);
		int decimals = scale == 100 ? 2 : scale == 10 ? 1 : 0;

		if (scale > 1 && value >= 1000)
			continue;
		length = decimals ? snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 ".%0*" PRIu64 " %s", value / scale,
					     decimals, value % scale, unit->name)
				  : snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 " %s", value, unit->name);
	}
	return slice_of(text, (size_t)length);
}

struct slice wall_format(uint64_t wall, char text[WALL_TEXT_MAX])
{
	time_t seconds = (time_t)(wall / NSEC_PER_SEC);
	struct tm tm;
	char whole[24];

	if (!gmtime_r(&seconds, &tm) || !strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm))
		return SLICE_LITERAL("?");
	snprintf(text, WALL_TEXT_MAX, "%s.%03uZ", whole, (unsigned int)(wall % NSEC_PER_SEC / NSEC_PER_MSEC));
	return slice_of_string(text);
}

static int append_spaces(struct buffer *buffer, size_t count)
{
	static const char spaces[] = "                                ";
	int result = 0;

	while (count && result == 0) {
		size_t part = count < sizeof(spaces) - 1 ? count : sizeof(spaces) - 1;

		result = buffer_append(buffer, spaces, part);
		count -= part;
	}
	return result;
}

/* Exactly `width` columns: a wide character that has no room leaves a space. */
static int append_cut(struct buffer *buffer, struct slice text, size_t width)
{
	static const char ellipsis[] = "…";
	struct slice tail = utf8_tail(text, (width - 1) / 2);
	size_t left = width - 1 - utf8_columns(tail);
	struct slice head = utf8_head(text, left);
	int result = buffer_append(buffer, head.data, head.length);

	if (result == 0)
		result = buffer_append(buffer, ellipsis, sizeof(ellipsis) - 1);
	if (result == 0)
		result = buffer_append(buffer, tail.data, tail.length);
	return result == 0 ? append_spaces(buffer, left - utf8_columns(head)) : result;
}

static int append_styled(struct buffer *buffer, struct text_cell cell, size_t width, bool color)
{
	const char *style = color && cell.text.length ? styles[cell.style] : "";
	int result = buffer_append(buffer, style, strlen(style));

	if (result == 0 && width && utf8_columns(cell.text) > width)
		result = append_cut(buffer, cell.text, width);
	else if (result == 0)
		result = buffer_append(buffer, cell.text.data, cell.text.length);
	return result == 0 && *style ? buffer_append(buffer, RESET, sizeof(RESET) - 1) : result;
}

int text_append(struct buffer *buffer, struct text_cell cell, enum text_align align, size_t width, bool color)
{
	size_t columns = utf8_columns(cell.text);
	size_t padding = columns < width ? width - columns : 0;
	int result = 0;

	if (align == TEXT_RIGHT)
		result = append_spaces(buffer, padding);
	if (result == 0)
		result = append_styled(buffer, cell, width, color);
	if (result == 0 && align == TEXT_LEFT)
		result = append_spaces(buffer, padding);
	return result;
}

void text_fit(size_t *widths, const size_t *least, size_t count, size_t total)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += widths[i] + (i ? TEXT_GAP : 0);
	while (sum > total) {
		size_t widest = count;

		for (size_t i = 0; i < count; i++)
			if (widths[i] > least[i] && (widest == count || widths[i] > widths[widest]))
				widest = i;
		if (widest == count)
			return;
		widths[widest]--;
		sum--;
	}
}

void text_trim_end(struct buffer *buffer)
{
	while (buffer->length && buffer->data[buffer->length - 1] == ' ')
		buffer->length--;
}

size_t terminal_columns(int fd)
{
	struct slice said = slice_of_string(getenv("COLUMNS"));
	struct winsize size;
	uint64_t columns;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return slice_to_u64(said, &columns) && columns && columns <= UINT16_MAX ? columns : size.ws_col;
}

bool terminal_wants_color(int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && (!no_color || !*no_color) && term && strcmp(term, "dumb") != 0;
}
