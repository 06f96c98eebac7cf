// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/traces.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hashmap.h"
#include "otlp/tally.h"

#define FLAG_IS_REMOTE 0x200

struct trace {
	struct trace *previous, *next;
	struct list *list;
	uint64_t began;
	uint64_t changed;
	size_t count;
	size_t capacity;
	struct span **spans;
};

/* Ordered by `changed`, oldest first. */
struct list {
	struct trace *first, *last;
};

struct traces {
	struct traces_options options;
	struct hashmap *by_id;
	struct list active;  /* not yet quiet */
	struct list waiting; /* quiet, and a parent is expected */
	size_t span_count;
	tally cut;
};

struct traces *traces_new(const struct traces_options *options)
{
	struct traces *traces = calloc(1, sizeof(*traces));

	if (!traces)
		return NULL;
	traces->options = *options;
	/* One more for the trace whose span goes over the bound. */
	traces->by_id = hashmap_new(options->spans_max + 1);
	if (!traces->by_id) {
		free(traces);
		return NULL;
	}
	return traces;
}

static void trace_free(void *value)
{
	struct trace *trace = value;

	for (size_t i = 0; i < trace->count; i++)
		span_free(trace->spans[i]);
	free(trace->spans);
	free(trace);
}

void traces_free(struct traces *traces)
{
	if (!traces)
		return;
	hashmap_free(traces->by_id, trace_free);
	free(traces);
}

static void list_append(struct list *list, struct trace *trace)
{
	trace->list = list;
	trace->previous = list->last;
	trace->next = NULL;
	*(list->last ? &list->last->next : &list->first) = trace;
	list->last = trace;
}

static void list_remove(struct trace *trace)
{
	struct list *list = trace->list;

	*(trace->previous ? &trace->previous->next : &list->first) = trace->next;
	*(trace->next ? &trace->next->previous : &list->last) = trace->previous;
}

bool span_expects_parent(const struct span *span)
{
	static const struct slice foreign[] = { SLICE_LITERAL("header"), SLICE_LITERAL("option") };
	const struct attribute *evidence;

	if (!span_has_parent(span))
		return false;
	evidence = span_attribute(span, "wirespan.link.evidence");
	if (!evidence || evidence->type != ATTRIBUTE_STRING)
		return !(span->flags & FLAG_IS_REMOTE);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (slice_equal(evidence->string, foreign[i]))
			return false;
	}
	return true;
}

static int compare_ids(const void *left, const void *right)
{
	const struct span *a = *(struct span *const *)left, *b = *(struct span *const *)right;

	return memcmp(a->span_id, b->span_id, sizeof(a->span_id));
}

static int compare_id(const void *key, const void *element)
{
	const struct span *span = *(struct span *const *)element;

	return memcmp(key, span->span_id, sizeof(span->span_id));
}

static bool trace_complete(struct trace *trace)
{
	qsort(trace->spans, trace->count, sizeof(trace->spans[0]), compare_ids);
	for (size_t i = 0; i < trace->count; i++) {
		if (span_expects_parent(trace->spans[i]) &&
		    !bsearch(trace->spans[i]->parent_span_id, trace->spans, trace->count, sizeof(trace->spans[0]),
			     compare_id))
			return false;
	}
	return true;
}

static void hand_over(struct traces *traces, struct trace *trace)
{
	list_remove(trace);
	hashmap_remove(traces->by_id, trace->spans[0]->trace_id, sizeof(trace->spans[0]->trace_id));
	traces->span_count -= trace->count;
	traces->options.ready(traces->options.context, trace->spans, trace->count);
	trace_free(trace);
}

static int trace_append(struct trace *trace, struct span *span)
{
	if (trace->count == trace->capacity) {
		size_t capacity = trace->capacity ? 2 * trace->capacity : 4;
		struct span **spans = realloc(trace->spans, capacity * sizeof(struct span *));

		if (!spans)
			return -ENOMEM;
		trace->spans = spans;
		trace->capacity = capacity;
	}
	trace->spans[trace->count++] = span;
	return 0;
}

static int trace_new(struct traces *traces, struct span *span, struct trace **ret_trace)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int result = trace ? trace_append(trace, span) : -ENOMEM;

	if (result == 0)
		result = hashmap_put(traces->by_id, span->trace_id, sizeof(span->trace_id), trace);
	if (result < 0) {
		free(trace ? trace->spans : NULL);
		free(trace);
		return result;
	}
	*ret_trace = trace;
	return 0;
}

static void shrink(struct traces *traces)
{
	while (traces->span_count > traces->options.spans_max) {
		struct trace *active = traces->active.first, *waiting = traces->waiting.first;
		struct trace *oldest = !active || (waiting && waiting->changed < active->changed) ? waiting : active;

		if (oldest->list == &traces->waiting || !trace_complete(oldest))
			tally_add(&traces->cut, 1);
		hand_over(traces, oldest);
	}
}

int traces_add(struct traces *traces, struct span *span, uint64_t now)
{
	struct trace *trace = hashmap_get(traces->by_id, span->trace_id, sizeof(span->trace_id));
	int result = trace ? trace_append(trace, span) : trace_new(traces, span, &trace);

	if (result < 0) {
		span_free(span);
		return result;
	}
	if (trace->list)
		list_remove(trace);
	else
		trace->began = now;
	trace->changed = now;
	list_append(&traces->active, trace);
	traces->span_count++;
	/* One that keeps getting spans is never quiet: several pieces of it are shown, rather than nothing. */
	if (trace->began + traces->options.patience <= now)
		hand_over(traces, trace);
	shrink(traces);
	return 0;
}

void traces_advance(struct traces *traces, uint64_t now)
{
	struct trace *trace;

	while ((trace = traces->active.first) && trace->changed + traces->options.quiet <= now) {
		if (trace_complete(trace)) {
			hand_over(traces, trace);
		} else {
			list_remove(trace);
			list_append(&traces->waiting, trace);
		}
	}
	while ((trace = traces->waiting.first) && trace->changed + traces->options.patience <= now)
		hand_over(traces, trace);
}

void traces_flush(struct traces *traces)
{
	while (traces->waiting.first)
		hand_over(traces, traces->waiting.first);
	while (traces->active.first)
		hand_over(traces, traces->active.first);
}

uint64_t traces_cut(const struct traces *traces)
{
	return tally_read(&traces->cut);
}
