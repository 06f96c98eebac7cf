// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "otlp/deliver/state.h"

static void publish_spool(struct delivery *delivery)
{
	struct spool_counts counts = spool_counts(delivery->queue.spool);
	tally *numbers = delivery->numbers;

	tally_set(&numbers[SPOOL_DROPPED], counts.dropped_spans);
	tally_set(&numbers[SPOOL_DAMAGED], counts.damaged_spans);
	tally_set(&numbers[SPOOL_BYTES], counts.bytes);
	tally_set(&numbers[SPOOL_FILES], counts.files);
	tally_set(&numbers[SPOOL_SPANS], counts.spans);
}

static void warn_of_spool(struct delivery *delivery)
{
	int error = delivery->queue.spool_error;
	uint64_t damaged = spool_counts(delivery->queue.spool).damaged_files;

	if (error < 0 && !said_before(&delivery->spool_causes, strerror(-error)))
		delivery_warn(delivery, "cannot write to the spool, the oldest spans go when memory is full: %s",
			      strerror(-error));
	if (damaged && !delivery->damaged_told) {
		delivery->damaged_told = true;
		delivery_warn(delivery,
			      "%" PRIu64 " files in the spool are left out: damaged, foreign, or of a newer version",
			      damaged);
	}
}

uint64_t delivery_lost_for_room(const struct delivery *delivery)
{
	return tally_read(&delivery->numbers[EXPORT_DROPPED]) + tally_read(&delivery->numbers[SPOOL_DROPPED]) +
	       tally_read(&delivery->numbers[SPOOL_FAILED]);
}

static void warn_of_room(struct delivery *delivery)
{
	uint64_t lost = delivery_lost_for_room(delivery);

	if (lost == delivery->room_told || delivery->now < delivery->room_quiet)
		return;
	delivery_warn(delivery, "no room for spans that wait, the oldest are dropped: %" PRIu64 " so far", lost);
	delivery->room_told = lost;
	delivery->room_quiet = delivery->now + DELIVERY_ROOM_INTERVAL;
}

void delivery_publish(struct delivery *delivery)
{
	const struct delivery_queue *queue = &delivery->queue;
	const struct lane *lane = &delivery->lanes[OTLP_TRACES];
	uint64_t under_way = lane->batch && !lane->spooled ? lane->batch->items : 0;
	tally *numbers = delivery->numbers;

	tally_set(&numbers[EXPORT_DROPPED], queue->dropped);
	tally_set(&numbers[EXPORT_ENCODING_FAILED], delivery->gather.failed);
	tally_set(&numbers[SPOOL_FAILED], queue->spool_failed);
	tally_set(&numbers[QUEUE_BYTES], queue->bytes);
	tally_set(&numbers[QUEUE_BATCHES], queue->count);
	tally_set(&numbers[QUEUE_SPANS], queue->spans + under_way + delivery->gather.count);
	if (queue->spool) {
		publish_spool(delivery);
		warn_of_spool(delivery);
	}
	warn_of_room(delivery);
}

size_t delivery_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	static const char *const names[DELIVERY_LOSSES] = {
		[EXPORT_DROPPED] = "export_dropped",   [EXPORT_REFUSED] = "export_refused",
		[EXPORT_REJECTED] = "export_rejected", [EXPORT_ENCODING_FAILED] = "export_encoding_failed",
		[SPOOL_DROPPED] = "spool_dropped",     [SPOOL_FAILED] = "spool_failed",
		[SPOOL_DAMAGED] = "spool_damaged",     [EXPORT_UNDELIVERED] = "export_undelivered",
	};
	const struct delivery *delivery = (const struct delivery *)output;
	size_t count = max < DELIVERY_LOSSES ? max : DELIVERY_LOSSES;

	for (size_t i = 0; i < count; i++)
		ret_counters[i] = (struct counter){ names[i], tally_read(&delivery->numbers[i]) };
	return count;
}

const double delivery_duration_bounds[DELIVERY_DURATION_BOUNDS] = {
	0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
};

void delivery_note_duration(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	uint64_t duration;
	size_t bucket = 0;

	if (lane->signal != OTLP_TRACES)
		return;
	if (!lane->again)
		lane->begun = delivery->now - answer->duration;
	if (answer->verdict == TRANSPORT_RETRY)
		return;
	duration = delivery->now - lane->begun;
	while (bucket < DELIVERY_DURATION_BOUNDS &&
	       (double)duration > delivery_duration_bounds[bucket] * (double)NSEC_PER_SEC)
		bucket++;
	tally_add(&delivery->durations[answer->verdict].buckets[bucket], 1);
	tally_add(&delivery->durations[answer->verdict].sum, duration);
}

static void read_durations(const struct delivery *delivery, struct delivery_durations ret[DELIVERY_VERDICTS])
{
	for (size_t i = 0; i < DELIVERY_VERDICTS; i++) {
		for (size_t j = 0; j <= DELIVERY_DURATION_BOUNDS; j++)
			ret[i].buckets[j] = tally_read(&delivery->durations[i].buckets[j]);
		ret[i].sum = tally_read(&delivery->durations[i].sum);
	}
}

struct delivery_stats delivery_stats(struct output *output)
{
	struct delivery *delivery = (struct delivery *)output;
	tally *numbers = delivery->numbers;
	struct delivery_stats stats = {
		.requests = tally_read(&numbers[REQUESTS_SENT]),
		.retries = tally_read(&numbers[RETRIES_SENT]),
		.bytes = tally_read(&numbers[BYTES_SENT]),
		.answers = tally_read(&numbers[ANSWERS]),
		.spans_delivered = tally_read(&numbers[SPANS_DELIVERED]),
		.spans_refused = tally_read(&numbers[EXPORT_REFUSED]) + tally_read(&numbers[EXPORT_REJECTED]),
		.queue_bytes = tally_read(&numbers[QUEUE_BYTES]),
		.queue_batches = tally_read(&numbers[QUEUE_BATCHES]),
		.queue_spans = tally_read(&numbers[QUEUE_SPANS]),
		.spool_bytes = tally_read(&numbers[SPOOL_BYTES]),
		.spool_files = tally_read(&numbers[SPOOL_FILES]),
		.spool_spans = tally_read(&numbers[SPOOL_SPANS]),
		.latency_sum = tally_read(&numbers[LATENCY_SUM]),
		.latency_max = atomic_exchange(&numbers[LATENCY_MAX], 0),
	};

	read_durations(delivery, stats.durations);
	return stats;
}
