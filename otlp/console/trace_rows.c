// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/trace_rows.h"

#include <stdio.h>

#include "otlp/encode/utf8.h"

/*
 * From `min` on, so that ordinary traces align with each other; longer text than `max` is cut in its
 * middle. On a page too narrow for that, ever more, but to no less than `least`.
 */
static const struct {
	size_t min, max, least;
	enum text_align align;
} layout[TRACE_COLUMNS] = {
	[TRACE_OFFSET] = { 9, SIZE_MAX, SIZE_MAX, TEXT_RIGHT },   [TRACE_SERVICE] = { 20, 32, 6, TEXT_LEFT },
	[TRACE_KIND] = { 6, SIZE_MAX, SIZE_MAX, TEXT_LEFT },      [TRACE_NAME] = { 20, 48, 6, TEXT_LEFT },
	[TRACE_TARGET] = { 20, 56, 6, TEXT_LEFT },                [TRACE_STATUS] = { 3, SIZE_MAX, SIZE_MAX, TEXT_LEFT },
	[TRACE_DURATION] = { 8, SIZE_MAX, SIZE_MAX, TEXT_RIGHT }, [TRACE_NOTE] = { 0, SIZE_MAX, 0, TEXT_LEFT },
};

/* Deeper trees show the innermost branches, on at most a share of the page. */
#define BRANCH_COLUMNS 3
#define BRANCH_SHARE 4

static size_t depth_shown(size_t columns)
{
	size_t depth = columns ? columns / BRANCH_SHARE / BRANCH_COLUMNS : TRACE_DEPTH_SHOWN;

	return depth < 1 ? 1 : depth < TRACE_DEPTH_SHOWN ? depth : TRACE_DEPTH_SHOWN;
}

void trace_row_prefix(struct trace_row *row, const struct tree_node *node, size_t columns)
{
	const struct tree_node *path[TRACE_DEPTH_SHOWN];
	size_t depth_max = depth_shown(columns), depth = 0, length = 0;

	for (; node->parent && depth < depth_max; node = node->parent)
		path[depth++] = node;
	if (node->parent)
		length = (size_t)snprintf(row->prefix_text, sizeof(row->prefix_text), "…  ");
	while (depth-- > 0) {
		const char *branch = path[depth]->next ? "│  " : "   ";

		if (depth == 0)
			branch = path[depth]->next ? "├─ " : "└─ ";
		length += (size_t)snprintf(row->prefix_text + length, sizeof(row->prefix_text) - length, "%s", branch);
	}
	row->prefix = slice_of(row->prefix_text, length);
}

static int append_row(struct buffer *buffer, const struct trace_row *row, const size_t widths[TRACE_COLUMNS], bool color)
{
	int result = 0;

	for (unsigned int column = 0; column < TRACE_COLUMNS && result == 0; column++) {
		size_t width = widths[column];

		if (!width)
			continue;
		if (column)
			result = buffer_append(buffer, "  ", TEXT_GAP);
		if (column == TRACE_SERVICE && result == 0) {
			result = buffer_append(buffer, row->prefix.data, row->prefix.length);
			width -= utf8_columns(row->prefix);
		}
		if (result == 0)
			result = text_append(buffer, row->cells[column], layout[column].align, width, color);
	}
	text_trim_end(buffer);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

/* What each column needs: where `aligned`, with those of other traces. */
static void find_widths(const struct trace_row *rows, size_t count, bool aligned, size_t ret_widths[TRACE_COLUMNS])
{
	for (unsigned int column = 0; column < TRACE_COLUMNS; column++) {
		ret_widths[column] = aligned ? layout[column].min : 0;
		for (size_t i = 0; i < count; i++) {
			size_t width = utf8_columns(rows[i].cells[column].text);

			width = width < layout[column].max ? width : layout[column].max;
			if (column == TRACE_SERVICE)
				width += utf8_columns(rows[i].prefix);
			ret_widths[column] = width > ret_widths[column] ? width : ret_widths[column];
		}
	}
}

static size_t row_width(const size_t widths[TRACE_COLUMNS])
{
	size_t width = 0;

	for (unsigned int column = 0; column < TRACE_COLUMNS && (column != TRACE_NOTE || widths[TRACE_NOTE]); column++)
		width += widths[column] + (column ? TEXT_GAP : 0);
	return width;
}

/* The least that each column needs, brief notes whole. */
static void find_least(const struct trace_row *rows, size_t count, size_t ret_least[TRACE_COLUMNS])
{
	size_t branches = 0, note = layout[TRACE_NOTE].least;

	for (size_t i = 0; i < count; i++) {
		size_t prefix = utf8_columns(rows[i].prefix), brief = utf8_columns(rows[i].brief_note);

		branches = prefix > branches ? prefix : branches;
		note = brief > note ? brief : note;
	}
	for (unsigned int column = 0; column < TRACE_COLUMNS; column++)
		ret_least[column] = layout[column].least;
	ret_least[TRACE_SERVICE] += branches;
	ret_least[TRACE_NOTE] = note;
}

static void shorten_notes(struct trace_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].brief_note.length)
			rows[i].cells[TRACE_NOTE].text = rows[i].brief_note;
}

static void fit_widths(struct trace_row *rows, size_t count, size_t columns, size_t ret_widths[TRACE_COLUMNS])
{
	size_t least[TRACE_COLUMNS], shown;

	find_widths(rows, count, true, ret_widths);
	if (!columns || row_width(ret_widths) <= columns)
		return;
	shorten_notes(rows, count);
	find_widths(rows, count, false, ret_widths);
	find_least(rows, count, least);
	shown = ret_widths[TRACE_NOTE] ? TRACE_COLUMNS : TRACE_NOTE;
	text_fit(ret_widths, least, shown, columns);
	least[TRACE_NOTE] = layout[TRACE_NOTE].least;
	text_fit(ret_widths, least, shown, columns);
}

int trace_rows_append(struct buffer *buffer, struct trace_row *rows, size_t count, const struct text_page *page)
{
	size_t widths[TRACE_COLUMNS];
	int result = 0;

	fit_widths(rows, count, page->columns, widths);
	for (size_t i = 0; i < count && result == 0; i++)
		result = append_row(buffer, &rows[i], widths, page->color);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

