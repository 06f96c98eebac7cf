// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/trace_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "otlp/console/kind.h"
#include "otlp/console/semantics.h"
#include "otlp/console/trace_rows.h"
#include "otlp/console/traces.h"
#include "otlp/encode/utf8.h"

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

/* Of text from the wire, which may be long, both ends are looked at: more than could be shown. */
#define END_MAX 512

/* A copy that is safe to print. */
static struct slice clean(struct arena *arena, struct slice text)
{
	static const struct slice between = SLICE_LITERAL("…");
	size_t end = text.length > 2 * END_MAX ? END_MAX : text.length;
	char *copy = arena_allocate(arena, 2 * UTF8_SANITIZED_MAX(end) + between.length);
	size_t length;

	if (!copy)
		return (struct slice){ 0 };
	length = utf8_sanitize_for_terminal(slice_head(text, end), copy);
	if (end < text.length) {
		memcpy(copy + length, between.data, between.length);
		length += between.length;
		length += utf8_sanitize_for_terminal(slice_from(text, text.length - end), copy + length);
	}
	return slice_of(copy, length);
}

static int64_t integer_attribute(const struct span *span, const char *key)
{
	const struct attribute *attribute = span_attribute(span, key);

	return attribute && attribute->type == ATTRIBUTE_INTEGER ? attribute->integer : 0;
}

struct place {
	struct slice address;
	int64_t port;
};

static struct slice place_text(struct arena *arena, struct place place)
{
	struct slice address = clean(arena, place.address);

	if (place.port <= 0 || place.port > UINT16_MAX || !address.length)
		return address;
	if (slice_find(address, ':') < address.length)
		return arena_format(arena, "[%.*s]:%d", (int)address.length, address.data, (int)place.port);
	return arena_format(arena, "%.*s:%d", (int)address.length, address.data, (int)place.port);
}

/* The family of an address in digits, and its bytes; 0 of a name. */
static int address_bytes(struct slice address, uint8_t bytes[16])
{
	static const int families[] = { AF_INET, AF_INET6 };
	char text[INET6_ADDRSTRLEN];

	if (address.length >= sizeof(text))
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)address.length, address.data);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (inet_pton(families[i], text, bytes) == 1)
			return families[i];
	return 0;
}

/* Whether the peer is seen to be another than the one asked: what a name stands for is not known here. */
static bool differs(struct place asked, struct place peer)
{
	uint8_t asked_bytes[16] = { 0 }, peer_bytes[16] = { 0 };
	int family = address_bytes(asked.address, asked_bytes);

	if (!asked.address.length || !peer.address.length)
		return false;
	return asked.port != peer.port || (family && (family != address_bytes(peer.address, peer_bytes) ||
						      memcmp(asked_bytes, peer_bytes, sizeof(peer_bytes)) != 0));
}

/* "redis 127.0.0.1:6379/0" */
static struct slice with_system(struct arena *arena, const struct span *span, const struct semantics *kind,
				struct slice place)
{
	struct slice system = clean(arena, span_string(span, kind->system));
	struct slice within = kind->within ? clean(arena, span_string(span, kind->within)) : (struct slice){ 0 };
	const char *slash = place.length ? "/" : " ";

	return arena_format(arena, "%.*s%s%.*s%s%.*s", (int)system.length, system.data, place.length ? " " : "",
			    (int)place.length, place.data, within.length ? slash : "", (int)within.length, within.data);
}

/* Who is asked, and through whom. */
static struct slice whom(struct arena *arena, const struct span *span, const struct semantics *kind)
{
	bool server = span->kind == SPAN_KIND_SERVER;
	const struct place reached = {
		span_string(span, server ? "network.local.address" : "network.peer.address"),
		integer_attribute(span, server ? "network.local.port" : "network.peer.port"),
	};
	struct place asked = { span_string(span, "server.address"), integer_attribute(span, "server.port") };
	struct slice shown, through;

	/* A system's default port goes without saying. */
	if (kind->system && !asked.port)
		asked.port = reached.port;
	shown = place_text(arena, asked.address.length ? asked : reached);
	if (!differs(asked, reached))
		return shown;
	through = place_text(arena, reached);
	return arena_format(arena, "%.*s via %.*s", (int)shown.length, shown.data, (int)through.length, through.data);
}

/* What a server is asked for, or who is asked. */
static struct slice target(struct arena *arena, const struct span *span, const struct semantics *kind)
{
	struct slice place;

	if (span->kind == SPAN_KIND_SERVER && kind->asked)
		return clean(arena, span_string(span, kind->asked));
	place = whom(arena, span, kind);
	return kind->system ? with_system(arena, span, kind, place) : place;
}

/* A number or a text; empty where there is none. */
static struct slice code_text(struct arena *arena, const struct span *span, const char *key)
{
	int64_t code = integer_attribute(span, key);

	return code ? arena_format(arena, "%" PRId64, code) : clean(arena, span_string(span, key));
}

/* The status code, and the error where it says something else. */
static struct slice status(struct arena *arena, const struct span *span, const struct semantics *kind)
{
	struct slice code = code_text(arena, span, kind->status), error = clean(arena, span->error_type);

	if (!error.length && span->status == SPAN_STATUS_ERROR)
		error = SLICE_LITERAL("error");
	if (!error.length || (code.length && (slice_equal(error, code) || slice_equal(error, SLICE_LITERAL("error")))))
		return code;
	if (!code.length)
		return error;
	return arena_format(arena, "%.*s %.*s", (int)code.length, code.data, (int)error.length, error.data);
}

static uint64_t id_number(const uint8_t id[8])
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < 8; i++)
		number = number << 8 | id[i];
	return number;
}

/* Why a span has no parent; empty where it has one, or none is missing. */
static struct slice missing_parent(const struct span *span)
{
	return id_number(span->parent_span_id) ? (struct slice){ 0 } : span_string(span, "wirespan.link.missing");
}

static struct slice note(struct arena *arena, const struct tree_node *node)
{
	uint64_t parent = id_number(node->span->parent_span_id);
	struct slice missing = missing_parent(node->span);

	if (node->parent || (parent == 0 && !missing.length))
		return (struct slice){ 0 };
	if (parent == 0)
		return arena_format(arena, "no parent: %.*s", (int)missing.length, missing.data);
	return arena_format(arena, span_expects_parent(node->span) ? "parent %016" PRIx64 " not shown"
								   : "remote parent %016" PRIx64, parent);
}

static void row_fill(struct trace_row *row, struct arena *arena, const struct tree_node *node, uint64_t origin,
		     size_t columns)
{
	const struct span *span = node->span;
	const struct semantics *kind = semantics_of(span);
	char offset[DURATION_TEXT_MAX], duration[DURATION_TEXT_MAX];
	bool failed = span->status == SPAN_STATUS_ERROR;

	duration_format(span->start - origin, offset);
	duration_format(span->end - span->start, duration);
	trace_row_prefix(row, node, columns);
	row->cells[TRACE_OFFSET] = (struct text_cell){ arena_format(arena, "%s", offset), TEXT_DIM };
	row->cells[TRACE_SERVICE] = (struct text_cell){ clean(arena, span->resource->service_name), TEXT_BOLD };
	row->cells[TRACE_KIND] = (struct text_cell){ span_kind_name(span->kind), TEXT_CYAN };
	row->cells[TRACE_NAME] = (struct text_cell){ clean(arena, span->name), TEXT_PLAIN };
	row->cells[TRACE_TARGET] = (struct text_cell){ target(arena, span, kind), TEXT_PLAIN };
	row->cells[TRACE_STATUS] = (struct text_cell){ status(arena, span, kind), failed ? TEXT_RED : TEXT_GREEN };
	row->cells[TRACE_DURATION] = (struct text_cell){ arena_format(arena, "%s", duration), TEXT_PLAIN };
	row->cells[TRACE_NOTE] = (struct text_cell){ note(arena, node), TEXT_DIM };
	row->brief_note = missing_parent(span);
}

/* Whole; of when it began the day goes where there is no room for it. */
static int append_title(struct buffer *buffer, const struct span *span, size_t count, uint64_t duration,
			const struct text_page *page)
{
	char wall[WALL_TEXT_MAX], length[DURATION_TEXT_MAX], text[160];
	struct slice when = wall_format(span->start, wall);
	size_t day = slice_find(when, 'T') + 1;
	struct text_cell title = { .style = TEXT_BOLD };
	int size, result;

	duration_format(duration, length);
	size = snprintf(text, sizeof(text), "trace %016" PRIx64 "%016" PRIx64 "  %.*s  %zu %s  %s",
			id_number(span->trace_id), id_number(span->trace_id + 8), (int)when.length, when.data, count,
			count == 1 ? "span" : "spans", length);
	title.text = slice_of(text, (size_t)size);
	if (page->columns && utf8_columns(title.text) > page->columns && day < when.length) {
		char *date = strstr(text, when.data);

		memmove(date, date + day, strlen(date + day) + 1);
		title.text.length -= day;
	}
	result = text_append(buffer, title, TEXT_LEFT, 0, page->color);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}

int trace_format(struct arena *arena, struct span *const *spans, size_t count, const struct text_page *page,
		 struct buffer *buffer)
{
	struct tree_node *top;
	struct trace_row *rows;
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
		row_fill(&rows[filled++], arena, node, origin, page->columns);
	result = append_title(buffer, top->span, filled, end - origin, page);
	return result == 0 ? trace_rows_append(buffer, rows, filled, page) : result;
}
