// SPDX-License-Identifier: Apache-2.0
#include "otlp/latency.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hashmap.h"
#include "otlp/histogram.h"
#include "otlp/kind.h"
#include "otlp/text.h"
#include "otlp/utf8.h"

struct endpoint {
	enum span_kind kind; /* 0 for "(other)" */
	uint64_t errors;
	struct histogram histogram;
	struct slice service;
	struct slice name;
	char text[];
};

struct latency {
	struct hashmap *endpoints;
	struct endpoint *other;
	uint64_t count;
	uint64_t first, last; /* wall clock ns at which spans ended */
};

/* Kind, length of the service's name, both names. */
#define KEY_MAX (2 + 2 * LATENCY_NAME_MAX)
_Static_assert(LATENCY_NAME_MAX < 256, "the length is one byte of the key");

static struct endpoint *endpoint_new(struct slice service, enum span_kind kind, struct slice name)
{
	size_t room = UTF8_SANITIZED_MAX(service.length) + UTF8_SANITIZED_MAX(name.length);
	struct endpoint *endpoint = calloc(1, sizeof(*endpoint) + room);

	if (!endpoint)
		return NULL;
	endpoint->kind = kind;
	endpoint->service = slice_of(endpoint->text, utf8_sanitize_for_terminal(service, endpoint->text));
	endpoint->name.data = endpoint->text + endpoint->service.length + 1;
	endpoint->name.length = utf8_sanitize_for_terminal(name, (char *)endpoint->name.data);
	return endpoint;
}

static void endpoint_free(void *value)
{
	struct endpoint *endpoint = value;

	if (!endpoint)
		return;
	histogram_done(&endpoint->histogram);
	free(endpoint);
}

struct latency *latency_new(size_t endpoints_max)
{
	struct latency *latency = calloc(1, sizeof(*latency));

	if (!latency)
		return NULL;
	latency->endpoints = hashmap_new(endpoints_max);
	latency->other = endpoint_new(SLICE_LITERAL("(other)"), 0, SLICE_LITERAL("(other)"));
	if (!latency->endpoints || !latency->other) {
		latency_free(latency);
		return NULL;
	}
	return latency;
}

void latency_free(struct latency *latency)
{
	if (!latency)
		return;
	hashmap_free(latency->endpoints, endpoint_free);
	endpoint_free(latency->other);
	free(latency);
}

/* The endpoint of the span, made where it is new; NULL when out of memory. */
static struct endpoint *find_endpoint(struct latency *latency, const struct span *span)
{
	struct slice service = slice_head(span->resource->service_name, LATENCY_NAME_MAX);
	struct slice name = slice_head(span->name, LATENCY_NAME_MAX);
	struct endpoint *endpoint;
	char key[KEY_MAX] = { (char)span->kind, (char)service.length };
	size_t size = 2 + service.length + name.length;
	int result;

	if (service.length)
		memcpy(key + 2, service.data, service.length);
	if (name.length)
		memcpy(key + 2 + service.length, name.data, name.length);
	endpoint = hashmap_get(latency->endpoints, key, size);
	if (endpoint)
		return endpoint;
	endpoint = endpoint_new(service, span->kind, name);
	if (!endpoint)
		return NULL;
	result = hashmap_put(latency->endpoints, key, size, endpoint);
	if (result < 0) {
		endpoint_free(endpoint);
		return result == -ENOSPC ? latency->other : NULL;
	}
	return endpoint;
}

int latency_add(struct latency *latency, const struct span *span)
{
	struct endpoint *endpoint = find_endpoint(latency, span);

	if (!endpoint)
		return -ENOMEM;
	if (!latency->count++ || span->end < latency->first)
		latency->first = span->end;
	if (span->end > latency->last)
		latency->last = span->end;
	endpoint->errors += span->status == SPAN_STATUS_ERROR;
	return histogram_add(&endpoint->histogram, span->end - span->start);
}

uint64_t latency_count(const struct latency *latency)
{
	return latency->count;
}

uint64_t latency_other(const struct latency *latency)
{
	return latency->other->histogram.count;
}

static int compare_slices(struct slice a, struct slice b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int compare_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	int order = compare_slices(a->service, b->service);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0)
		order = compare_numbers(a->histogram.count, b->histogram.count);
	return order ? order : compare_slices(a->name, b->name);
}

/* An endpoint, and the number by which it is sorted first. */
struct ranked {
	const struct endpoint *endpoint;
	uint64_t rank;
};

static uint64_t find_rank(const struct endpoint *endpoint, enum latency_sort sort)
{
	switch (sort) {
	case LATENCY_BY_RATE:
		return endpoint->histogram.count;
	case LATENCY_BY_ERRORS:
		return endpoint->errors;
	case LATENCY_BY_P99:
		return histogram_percentile(&endpoint->histogram, 990);
	default:
		return 0;
	}
}

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int order = compare_numbers(a->rank, b->rank);

	return order ? order : compare_endpoints(a->endpoint, b->endpoint);
}

enum column { SERVICE, KIND, NAME, COUNT, ERRORS, P50, P95, P99, MAX, COLUMNS };

struct row {
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

static void row_fill(struct row *row, const struct endpoint *endpoint)
{
	row->cells[SERVICE] = endpoint->service;
	row->cells[KIND] = span_kind_name(endpoint->kind);
	row->cells[NAME] = endpoint->name;
	snprintf(row->texts[COUNT], DURATION_TEXT_MAX, "%" PRIu64, endpoint->histogram.count);
	snprintf(row->texts[ERRORS], DURATION_TEXT_MAX, "%" PRIu64, endpoint->errors);
	row->cells[COUNT] = slice_of_string(row->texts[COUNT]);
	row->cells[ERRORS] = slice_of_string(row->texts[ERRORS]);
	row->failing = endpoint->errors != 0;
	for (unsigned int column = P50; column <= MAX; column++)
		row->cells[column] = duration_format(histogram_percentile(&endpoint->histogram, thousandths[column]),
						     row->texts[column]);
	row->cells[MAX] = duration_format(endpoint->histogram.max, row->texts[MAX]);
}

static int append_row(struct buffer *buffer, const struct row *row, const size_t widths[COLUMNS],
		      enum text_style style, bool color)
{
	int result = 0;

	for (unsigned int column = 0; column < COLUMNS && result == 0; column++) {
		struct text_cell cell = { row->cells[column], style };
		enum text_align align = column < COUNT ? TEXT_LEFT : TEXT_RIGHT;

		if (!widths[column])
			continue;
		if (column == ERRORS && row->failing)
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

static int format_rows(const struct ranked *endpoints, size_t count, const struct text_page *page,
		       struct buffer *buffer)
{
	size_t widths[COLUMNS] = { 0 };
	struct row row = { 0 };
	int result;

	for (unsigned int column = 0; column < COLUMNS; column++)
		row.cells[column] = titles[column];
	for (size_t i = 0; i <= count; i++) {
		for (unsigned int column = 0; column < COLUMNS; column++) {
			size_t columns = utf8_columns(row.cells[column]);

			widths[column] = columns > widths[column] ? columns : widths[column];
		}
		if (i < count)
			row_fill(&row, endpoints[i].endpoint);
	}
	if (page->columns)
		fit_widths(widths, page->columns);
	row.failing = false;
	for (unsigned int column = 0; column < COLUMNS; column++)
		row.cells[column] = titles[column];
	result = append_row(buffer, &row, widths, TEXT_BOLD, page->color);
	for (size_t i = 0; i < count && result == 0; i++) {
		row_fill(&row, endpoints[i].endpoint);
		result = append_row(buffer, &row, widths, TEXT_PLAIN, page->color);
	}
	return result;
}

int latency_format(const struct latency *latency, enum latency_sort sort, const struct text_page *page,
		   struct buffer *buffer)
{
	size_t count = hashmap_count(latency->endpoints), cursor = 0, filled = 0;
	struct ranked *endpoints = malloc((count + 1) * sizeof(*endpoints));
	void *value;
	int result = 0;

	if (!endpoints)
		return -ENOMEM;
	while (hashmap_next(latency->endpoints, &cursor, NULL, &value))
		endpoints[filled++] = (struct ranked){ value, find_rank(value, sort) };
	qsort(endpoints, filled, sizeof(*endpoints), compare_ranked);
	if (latency->other->histogram.count)
		endpoints[filled++] = (struct ranked){ latency->other, 0 };
	if (filled)
		result = format_rows(endpoints, filled, page, buffer);
	free(endpoints);
	return result;
}

int latency_format_title(const struct latency *latency, const struct text_page *page, struct buffer *buffer)
{
	char first[WALL_TEXT_MAX], last[WALL_TEXT_MAX], text[128];
	struct slice from = wall_format(latency->first, first), to = wall_format(latency->last, last);
	struct text_cell title = { .text = { .data = text }, .style = TEXT_BOLD };
	int result;

	if (!latency->count)
		return 0;
	title.text.length = (size_t)snprintf(text, sizeof(text), "%.*s to %.*s  %" PRIu64 " %s", (int)from.length,
					     from.data, (int)to.length, to.data, latency->count,
					     latency->count == 1 ? "span" : "spans");
	result = text_append(buffer, title, TEXT_LEFT, 0, page->color);
	return result == 0 ? buffer_append(buffer, "\n", 1) : result;
}
