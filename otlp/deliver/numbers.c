// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/numbers.h"

#include "base/clock.h"

const double delivery_duration_bounds[DELIVERY_DURATION_BOUNDS] = {
	0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
};

void numbers_add_answer(struct delivery_numbers *numbers, uint64_t latency)
{
	tally *max = &numbers->counts[LATENCY_MAX];
	uint64_t before = tally_read(max);

	tally_add(&numbers->counts[ANSWERS], 1);
	tally_add(&numbers->counts[LATENCY_SUM], latency);
	/* numbers_read sets it to zero meanwhile. */
	while (latency > before && !atomic_compare_exchange_weak(max, &before, latency))
		;
}

void numbers_add_duration(struct delivery_numbers *numbers, enum transport_verdict verdict, uint64_t duration)
{
	size_t bucket = 0;

	while (bucket < DELIVERY_DURATION_BOUNDS &&
	       (double)duration > delivery_duration_bounds[bucket] * (double)NSEC_PER_SEC)
		bucket++;
	tally_add(&numbers->durations[verdict].buckets[bucket], 1);
	tally_add(&numbers->durations[verdict].sum, duration);
}

uint64_t numbers_lost_for_room(const struct delivery_numbers *numbers)
{
	return tally_read(&numbers->counts[EXPORT_DROPPED]) + tally_read(&numbers->counts[SPOOL_DROPPED]) +
	       tally_read(&numbers->counts[SPOOL_FAILED]);
}

size_t numbers_losses(const struct delivery_numbers *numbers, struct counter *ret_counters, size_t max)
{
	static const char *const names[DELIVERY_LOSSES] = {
		[EXPORT_DROPPED] = "export_dropped",   [EXPORT_REFUSED] = "export_refused",
		[EXPORT_REJECTED] = "export_rejected", [EXPORT_ENCODING_FAILED] = "export_encoding_failed",
		[SPOOL_DROPPED] = "spool_dropped",     [SPOOL_FAILED] = "spool_failed",
		[SPOOL_DAMAGED] = "spool_damaged",     [EXPORT_UNDELIVERED] = "export_undelivered",
	};
	size_t count = max < DELIVERY_LOSSES ? max : DELIVERY_LOSSES;

	for (size_t i = 0; i < count; i++)
		ret_counters[i] = (struct counter){ names[i], tally_read(&numbers->counts[i]) };
	return count;
}

static void read_durations(const struct delivery_numbers *numbers, struct delivery_durations ret[DELIVERY_VERDICTS])
{
	for (size_t i = 0; i < DELIVERY_VERDICTS; i++) {
		for (size_t j = 0; j <= DELIVERY_DURATION_BOUNDS; j++)
			ret[i].buckets[j] = tally_read(&numbers->durations[i].buckets[j]);
		ret[i].sum = tally_read(&numbers->durations[i].sum);
	}
}

struct delivery_stats numbers_read(struct delivery_numbers *numbers)
{
	tally *counts = numbers->counts;
	struct delivery_stats stats = {
		.requests = tally_read(&counts[REQUESTS_SENT]),
		.retries = tally_read(&counts[RETRIES_SENT]),
		.bytes = tally_read(&counts[BYTES_SENT]),
		.answers = tally_read(&counts[ANSWERS]),
		.spans_delivered = tally_read(&counts[SPANS_DELIVERED]),
		.spans_refused = tally_read(&counts[EXPORT_REFUSED]) + tally_read(&counts[EXPORT_REJECTED]),
		.queue_bytes = tally_read(&counts[QUEUE_BYTES]),
		.queue_batches = tally_read(&counts[QUEUE_BATCHES]),
		.queue_spans = tally_read(&counts[QUEUE_SPANS]),
		.spool_bytes = tally_read(&counts[SPOOL_BYTES]),
		.spool_files = tally_read(&counts[SPOOL_FILES]),
		.spool_spans = tally_read(&counts[SPOOL_SPANS]),
		.latency_sum = tally_read(&counts[LATENCY_SUM]),
		.latency_max = atomic_exchange(&counts[LATENCY_MAX], 0),
	};

	read_durations(numbers, stats.durations);
	return stats;
}
