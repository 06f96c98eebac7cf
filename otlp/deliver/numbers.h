/* SPDX-License-Identifier: Apache-2.0 */
/* What a delivery counts: one thread does, any may read. */
#ifndef WIRESPAN_OTLP_DELIVER_NUMBERS_H
#define WIRESPAN_OTLP_DELIVER_NUMBERS_H

#include <stddef.h>

#include "otlp/counter.h"
#include "otlp/deliver/stats.h"
#include "otlp/tally.h"

enum delivery_number {
	EXPORT_DROPPED,
	EXPORT_REFUSED,
	EXPORT_REJECTED,
	EXPORT_ENCODING_FAILED,
	SPOOL_DROPPED,
	SPOOL_FAILED,
	SPOOL_DAMAGED,
	EXPORT_UNDELIVERED,
	DELIVERY_LOSSES,

	REQUESTS_SENT = DELIVERY_LOSSES,
	RETRIES_SENT,
	BYTES_SENT,
	ANSWERS,
	SPANS_DELIVERED,
	QUEUE_BYTES,
	QUEUE_BATCHES,
	QUEUE_SPANS,
	SPOOL_BYTES,
	SPOOL_FILES,
	SPOOL_SPANS,
	LATENCY_SUM,
	LATENCY_MAX,
	DELIVERY_NUMBERS,
};

/* All zero before the first use. */
struct delivery_numbers {
	tally counts[DELIVERY_NUMBERS];
	struct {
		tally buckets[DELIVERY_DURATION_BOUNDS + 1], sum;
	} durations[DELIVERY_VERDICTS];
};

/* A request ended, `latency` ns after it was sent. */
void numbers_add_answer(struct delivery_numbers *numbers, uint64_t latency);
/* A batch of spans came to its end, `duration` ns after it was sent first. */
void numbers_add_duration(struct delivery_numbers *numbers, enum transport_verdict verdict, uint64_t duration);
/* Spans for which neither memory nor spool had room. */
uint64_t numbers_lost_for_room(const struct delivery_numbers *numbers);
/* The losses, by name; returns how many of `max`. */
size_t numbers_losses(const struct delivery_numbers *numbers, struct counter *ret_counters, size_t max);
/* The highest latency begins anew. */
struct delivery_stats numbers_read(struct delivery_numbers *numbers);

#endif
