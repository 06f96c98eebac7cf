// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/latency_table.h"

#include <inttypes.h>
#include <stdio.h>

#include "otlp/console/kind.h"
#include "otlp/console/text.h"
#include "otlp/encode/utf8.h"

enum column { SERVICE, KIND, NAME, COUNT, ERRORS, P50, P95, P99, MAX, COLUMNS };

struct line {
	struct slice cells[COLUMNS];
	char texts[COLUMNS][DURATION_TEXT_MAX];
	bool failing;
};

static const struct slice titles[COLUMNS] = {
	[SERVICE] = SLICE_LITERAL("service"), [KIND] = SLICE_LITERAL("kind"), [NAME] = SLICE_LITERAL("endpoint"),
	[COUNT] = SLICE_LITERAL("count"), [ERRORS] = SLICE_LITERAL("errors"), [P50] = SLICE_LITERAL("p50"),
	[P95] = SLICE_LITERAL("p95"), [P99] = SLICE_LITERAL("p99"), [MAX] = SLICE_LITERAL("max"),
};

static const unsigned int thousandths[COLUMNS] = { [P50] = 500, [P95] = 950, [P99] = 990, [MAX] = 1000 };

static void line_fill(struct line *line, const struct latency_row *row)
{
	line->cells[SERVICE] = row->service;
	line->cells[KIND] = span_kind_name(row->kind);
	line->cells[NAME] = row->name;
	snprintf(line->texts[COUNT], DURATION_TEXT_MAX, "%" PRIu64, row->histogram.count);
	snprintf(line->texts[ERRORS], DURATION_TEXT_MAX, "%" PRIu64, row->errors);
	line->cells[COUNT] = slice_of_string(line->texts[COUNT]);
	line->cells[ERRORS] = slice_of_string(line->texts[ERRORS]);
	line->failing = row->errors != 0;
	for (unsigned int column = P50; column <= MAX; column++)
		line->cells[column] = duration_format(histogram_percentile(&row->histogram, thousandths[column]),
						      line->texts[column]);
	line->cells[MAX] = duration_format(row->histogram.max, line->texts[MAX]);
}

static int append_line(struct buffer *buffer, const struct line *line, const size_t widths[COLUMNS],
		       enum text_style style, bool color)
{
	int result = 0;

	for (unsigned int column = 0; column < COLUMNS && result == 0; column++) {
		struct text_cell cell = { line->cells[column], style };
		enum text_align align = column < COUNT ? TEXT_LEFT : TEXT_RIGHT;

		if (!widths[column])
			continue;
		if (column == ERRORS && line->failing)
			cell.style = TEXT_RED;
		if (column)
			result = buffer_append(buffer, "  ", TEXT_GAP);
		if (result == 0)
			result = text_append(buffer, cell, align, widths[column], color);
	}
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

/* Numbers are never cut. */
static const size_t least[COLUMNS] = {
	[SERVICE] = 7, [KIND] = SIZE_MAX, [NAME] = 8, [COUNT] = SIZE_MAX, [ERRORS] = SIZE_MAX,
	[P50] = SIZE_MAX, [P95] = SIZE_MAX, [P99] = SIZE_MAX, [MAX] = SIZE_MAX,
};

/* Names first need what they can get: p95 is what is missed least. */
static void fit_widths(size_t widths[COLUMNS], size_t columns)
{
	size_t total = 0;

	for (unsigned int column = 0; column < COLUMNS; column++)
		total += widths[column] + (column ? TEXT_GAP : 0);
	if (total <= columns)
		return;
	widths[P95] = 0;
	text_fit(widths, least, COLUMNS, columns + TEXT_GAP);
}

int latency_table_format(const struct latency_ranked *rows, size_t count, const struct text_page *page,
			 struct buffer *buffer)
{
	size_t widths[COLUMNS] = { 0 };
	struct line line = { 0 };
	int result;

	for (unsigned int column = 0; column < COLUMNS; column++)
		line.cells[column] = titles[column];
	for (size_t i = 0; i <= count; i++) {
		for (unsigned int column = 0; column < COLUMNS; column++) {
			size_t columns = utf8_columns(line.cells[column]);

			widths[column] = columns > widths[column] ? columns : widths[column];
		}
		if (i < count)
			line_fill(&line, rows[i].row);
	}
	if (page->columns)
		fit_widths(widths, page->columns);
	line.failing = false;
	for (unsigned int column = 0; column < COLUMNS; column++)
		line.cells[column] = titles[column];
	result = append_line(buffer, &line, widths, TEXT_BOLD, page->color);
	for (size_t i = 0; i < count && result == 0; i++) {
		line_fill(&line, rows[i].row);
		result = append_line(buffer, &line, widths, TEXT_PLAIN, page->color);
	}
	return result;
}
