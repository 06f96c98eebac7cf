// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/latency.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hashmap.h"
#include "otlp/console/latency_table.h"
#include "otlp/console/semantics.h"
#include "otlp/console/text.h"
#include "otlp/encode/utf8.h"

struct endpoint {
	struct latency_row row; /* its kind is 0 for "(other)" */
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
	endpoint->row.kind = kind;
	endpoint->row.service = slice_of(endpoint->text, utf8_sanitize_for_terminal(service, endpoint->text));
	endpoint->row.name.data = endpoint->text + endpoint->row.service.length + 1;
	endpoint->row.name.length = utf8_sanitize_for_terminal(name, (char *)endpoint->row.name.data);
	return endpoint;
}

static void endpoint_free(void *value)
{
	struct endpoint *endpoint = value;

	if (!endpoint)
		return;
	histogram_done(&endpoint->row.histogram);
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
	char room[LATENCY_NAME_MAX + 1];
	struct slice name = slice_head(semantics_endpoint(span, room, sizeof(room)), LATENCY_NAME_MAX);
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
	endpoint->row.errors += span->status == SPAN_STATUS_ERROR;
	return histogram_add(&endpoint->row.histogram, span->end - span->start);
}

uint64_t latency_count(const struct latency *latency)
{
	return latency->count;
}

uint64_t latency_other(const struct latency *latency)
{
	return latency->other->row.histogram.count;
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

static int compare_rows(const struct latency_row *a, const struct latency_row *b)
{
	int order = compare_slices(a->service, b->service);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0)
		order = compare_numbers(a->histogram.count, b->histogram.count);
	return order ? order : compare_slices(a->name, b->name);
}

static uint64_t find_rank(const struct latency_row *row, enum latency_sort sort)
{
	switch (sort) {
	case LATENCY_BY_RATE:
		return row->histogram.count;
	case LATENCY_BY_ERRORS:
		return row->errors;
	case LATENCY_BY_P99:
		return histogram_percentile(&row->histogram, 990);
	default:
		return 0;
	}
}

static int compare_ranked(const void *left, const void *right)
{
	const struct latency_ranked *a = left, *b = right;
	int order = compare_numbers(a->rank, b->rank);

	return order ? order : compare_rows(a->row, b->row);
}

int latency_format(const struct latency *latency, enum latency_sort sort, const struct text_page *page,
		   struct buffer *buffer)
{
	size_t count = hashmap_count(latency->endpoints), cursor = 0, filled = 0;
	struct latency_ranked *rows = malloc((count + 1) * sizeof(*rows));
	void *value;
	int result = 0;

	if (!rows)
		return -ENOMEM;
	while (hashmap_next(latency->endpoints, &cursor, NULL, &value)) {
		const struct latency_row *row = &((const struct endpoint *)value)->row;

		rows[filled++] = (struct latency_ranked){ row, find_rank(row, sort) };
	}
	qsort(rows, filled, sizeof(*rows), compare_ranked);
	if (latency->other->row.histogram.count)
		rows[filled++] = (struct latency_ranked){ &latency->other->row, 0 };
	if (filled)
		result = latency_table_format(rows, filled, page, buffer);
	free(rows);
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
