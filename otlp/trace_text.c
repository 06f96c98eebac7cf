// SPDX-License-Identifier: Apache-2.0
#include "otlp/trace_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "otlp/kind.h"
#include "otlp/text.h"
#include "otlp/traces.h"
#include "otlp/tree.h"
#include "otlp/utf8.h"

enum column { OFFSET, SERVICE, KIND, NAME, TARGET, STATUS, DURATION, NOTE, COLUMNS };

/* From `min` on, so that ordinary traces align with each other; longer text than `max` is cut. */
static const struct {
	size_t min, max;
	enum text_align align;
} layout[COLUMNS] = {
	[OFFSET] = { 9, SIZE_MAX, TEXT_RIGHT }, [SERVICE] = { 20, 32, TEXT_LEFT },
	[KIND] = { 6, SIZE_MAX, TEXT_LEFT },    [NAME] = { 20, 48, TEXT_LEFT },
	[TARGET] = { 20, 56, TEXT_LEFT },       [STATUS] = { 3, 32, TEXT_LEFT },
	[DURATION] = { 8, SIZE_MAX, TEXT_RIGHT }, [NOTE] = { 0, SIZE_MAX, TEXT_LEFT },
};

/* Branches are three columns each; deeper trees show the innermost of them. */
#define DEPTH_SHOWN 24
#define BRANCH_MAX 9 /* bytes */

struct row {
	char prefix_text[(DEPTH_SHOWN + 1) * BRANCH_MAX];
	struct slice prefix;
	struct text_cell cells[COLUMNS];
};

static struct slice arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

static struct slice arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = length < 0 ? NULL : arena_allocate(arena, (size_t)length + 1);
	if (!text)
		return (struct slice){ 0 };
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return slice_of(text, (size_t)length);
}

/* A copy that is safe to print, cut to `columns`. */
static struct slice clean(struct arena *arena, struct slice text, size_t columns)
{
	static const char ellipsis[] = "…";
	char *copy;
	struct slice result;

	/* No more bytes than could be shown: text from the wire may be long. */
	text = slice_head(text, 1024);
	copy = arena_allocate(arena, UTF8_SANITIZED_MAX(text.length) + sizeof(ellipsis));
	if (!copy)
		return (struct slice){ 0 };
	result = slice_of(copy, utf8_sanitize_for_terminal(text, copy));
	if (utf8_columns(result) <= columns)
		return result;
	result = utf8_head(result, columns - 1);
	memcpy(copy + result.length, ellipsis, sizeof(ellipsis) - 1);
	result.length += sizeof(ellipsis) - 1;
	return result;
}

static struct slice string_attribute(const struct span *span, const char *key)
{
	const struct attribute *attribute = span_attribute(span, key);

	return attribute && attribute->type == ATTRIBUTE_STRING ? attribute->string : (struct slice){ 0 };
}

static int64_t integer_attribute(const struct span *span, const char *key)
{
	const struct attribute *attribute = span_attribute(span, key);

	return attribute && attribute->type == ATTRIBUTE_INTEGER ? attribute->integer : 0;
}

/* What is asked for, by a server; who is asked, by a client. */
static struct slice target(struct arena *arena, const struct span *span)
{
	size_t columns = layout[TARGET].max;
	struct slice address;
	int64_t port;

	if (span->kind == SPAN_KIND_SERVER)
		return clean(arena, string_attribute(span, "url.path"), columns);
	address = string_attribute(span, "server.address");
	port = integer_attribute(span, "server.port");
	if (!address.length) {
		address = string_attribute(span, "network.peer.address");
		port = integer_attribute(span, "network.peer.port");
	}
	address = clean(arena, address, columns);
	if (port <= 0 || port > UINT16_MAX || !address.length)
		return address;
	if (slice_find(address, ':') < address.length)
		return arena_format(arena, "[%.*s]:%d", (int)address.length, address.data, (int)port);
	return arena_format(arena, "%.*s:%d", (int)address.length, address.data, (int)port);
}

/* The status code, and the error where it says something else. */
static struct slice status(struct arena *arena, const struct span *span)
{
	int64_t code = integer_attribute(span, "http.response.status_code");
	struct slice error = clean(arena, span->error_type, layout[STATUS].max);
	struct slice text = code ? arena_format(arena, "%" PRId64, code) : (struct slice){ 0 };

	if (!error.length && span->status == SPAN_STATUS_ERROR)
		error = SLICE_LITERAL("error");
	if (!error.length || (code && (slice_equal(error, text) || slice_equal(error, SLICE_LITERAL("error")))))
		return text;
	return code ? arena_format(arena, "%" PRId64 " %.*s", code, (int)error.length, error.data) : error;
}

static uint64_t id_number(const uint8_t id[8])
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < 8; i++)
		number = number << 8 | id[i];
	return number;
}

static struct slice note(struct arena *arena, const struct tree_node *node)
{
	uint64_t parent = id_number(node->span->parent_span_id);
	struct slice missing = string_attribute(node->span, "wirespan.link.missing");

	if (node->parent || (parent == 0 && !missing.length))
		return (struct slice){ 0 };
	if (parent == 0)
		return arena_format(arena, "no parent: %.*s", (int)missing.length, missing.data);
	return arena_format(arena, span_expects_parent(node->span) ? "parent %016" PRIx64 " not seen"
								   : "remote parent %016" PRIx64, parent);
}

static void row_prefix(struct row *row, const struct tree_node *node)
{
	const struct tree_node *path[DEPTH_SHOWN];
	size_t depth = 0, length = 0;

	for (; node->parent && depth < DEPTH_SHOWN; node = node->parent)
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

static void row_fill(struct row *row, struct arena *arena, const struct tree_node *node, uint64_t origin)
{
	const struct span *span = node->span;
	char offset[DURATION_TEXT_MAX], duration[DURATION_TEXT_MAX];
	bool failed = span->status == SPAN_STATUS_ERROR;

	duration_format(span->start - origin, offset);
	duration_format(span->end - span->start, duration);
	row_prefix(row, node);
	row->cells[OFFSET] = (struct text_cell){ arena_format(arena, "%s", offset), TEXT_DIM };
	row->cells[SERVICE] = (struct text_cell){
		clean(arena, span->resource->service_name, layout[SERVICE].max), TEXT_BOLD };
	row->cells[KIND] = (struct text_cell){ span_kind_name(span->kind), TEXT_CYAN };
	row->cells[NAME] = (struct text_cell){ clean(arena, span->name, layout[NAME].max), TEXT_PLAIN };
	row->cells[TARGET] = (struct text_cell){ target(arena, span), TEXT_PLAIN };
	row->cells[STATUS] = (struct text_cell){ status(arena, span), failed ? TEXT_RED : TEXT_GREEN };
	row->cells[DURATION] = (struct text_cell){ arena_format(arena, "%s", duration), TEXT_PLAIN };
	row->cells[NOTE] = (struct text_cell){ note(arena, node), TEXT_DIM };
}

static int append_row(struct buffer *buffer, const struct row *row, const size_t widths[COLUMNS], bool color)
{
	int result = 0;

	for (unsigned int column = 0; column < COLUMNS && result == 0; column++) {
		size_t width = widths[column];

		if (column)
			result = buffer_append(buffer, "  ", 2);
		if (column == SERVICE && result == 0) {
			result = buffer_append(buffer, row->prefix.data, row->prefix.length);
			width -= utf8_columns(row->prefix);
		}
		if (result == 0)
			result = text_append(buffer, row->cells[column], layout[column].align, width, color);
	}
	text_trim_end(buffer);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

static int append_title(struct buffer *buffer, const struct span *span, size_t count, uint64_t duration, bool color)
{
	char wall[WALL_TEXT_MAX], length[DURATION_TEXT_MAX], text[160];
	struct slice when = wall_format(span->start, wall);
	struct text_cell title = { .style = TEXT_BOLD };
	int size, result;

	duration_format(duration, length);
	size = snprintf(text, sizeof(text), "trace %016" PRIx64 "%016" PRIx64 "  %.*s  %zu %s  %s",
			id_number(span->trace_id), id_number(span->trace_id + 8), (int)when.length, when.data, count,
			count == 1 ? "span" : "spans", length);
	title.text = slice_of(text, (size_t)size);
	result = text_append(buffer, title, TEXT_LEFT, 0, color);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

static int append_rows(struct buffer *buffer, const struct row *rows, size_t count, bool color)
{
	size_t widths[COLUMNS];
	int result = 0;

	for (unsigned int column = 0; column < COLUMNS; column++) {
		widths[column] = layout[column].min;
		for (size_t i = 0; i < count; i++) {
			size_t width = utf8_columns(rows[i].cells[column].text);

			if (column == SERVICE)
				width += utf8_columns(rows[i].prefix);
			widths[column] = width > widths[column] ? width : widths[column];
		}
	}
	for (size_t i = 0; i < count && result == 0; i++)
		result = append_row(buffer, &rows[i], widths, color);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

int trace_format(struct arena *arena, struct span *const *spans, size_t count, bool color, struct buffer *buffer)
{
	struct tree_node *top;
	struct row *rows;
	uint64_t origin, end = 0;
	size_t filled = 0;
	int result;

	arena_reset(arena);
	top = tree_build(arena, spans, count);
	rows = arena_allocate(arena, count * sizeof(*rows));
	if (!top || !rows)
		return -ENOMEM;
	/* What stands at the top first is not always what began first. */
	origin = top->span->start;
	for (size_t i = 0; i < count; i++) {
		origin = spans[i]->start < origin ? spans[i]->start : origin;
		end = spans[i]->end > end ? spans[i]->end : end;
	}
	for (const struct tree_node *node = top; node; node = tree_next(node))
		row_fill(&rows[filled++], arena, node, origin);
	result = append_title(buffer, top->span, filled, end - origin, color);
	return result == 0 ? append_rows(buffer, rows, filled, color) : result;
}
