/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue of spans between one thread that puts and one that takes. Nobody waits. */
#ifndef WIRESPAN_OTLP_EXPORT_SPAN_QUEUE_H
#define WIRESPAN_OTLP_EXPORT_SPAN_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cache_line.h"
#include "correlate/span/span.h"

struct span_queue_slot {
	struct span *span;
	size_t size;
};

struct span_queue {
	struct span_queue_slot *slots;
	size_t mask;
	size_t bytes_max;
	/* Counters that only grow: what was put and what was taken. Apart, as two threads write them. */
	_Alignas(CACHE_LINE) atomic_size_t put;
	atomic_size_t bytes_put;
	_Alignas(CACHE_LINE) atomic_size_t taken;
	atomic_size_t bytes_taken;
};

/* Room for at least `spans_max` (>= 1) spans, up to `bytes_max` of them. 0, -EINVAL (absurdly many) or -ENOMEM. */
int span_queue_init(struct span_queue *queue, size_t spans_max, size_t bytes_max);
/* Frees the spans too. */
void span_queue_done(struct span_queue *queue);
/* Whether a span of that size has room. Only the putting thread may ask: room does not go away. */
bool span_queue_has_room(struct span_queue *queue, size_t size);
/* After span_queue_has_room said so. */
void span_queue_put(struct span_queue *queue, struct span *span, size_t size);
/* Takes up to `max` spans; returns how many. */
size_t span_queue_take(struct span_queue *queue, struct span **ret_spans, size_t max);
/* Spans queued, as far as this thread can know. */
size_t span_queue_count(struct span_queue *queue);

#endif
