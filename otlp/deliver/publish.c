// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/publish.h"

#include <inttypes.h>
#include <string.h>

static void publish_spool(struct delivery *delivery)
{
	struct spool_counts spool = spool_counts(delivery->queue.spool);
	tally *counts = delivery->numbers.counts;

	tally_set(&counts[SPOOL_DROPPED], spool.dropped_spans);
	tally_set(&counts[SPOOL_DAMAGED], spool.damaged_spans);
	tally_set(&counts[SPOOL_BYTES], spool.bytes);
	tally_set(&counts[SPOOL_FILES], spool.files);
	tally_set(&counts[SPOOL_SPANS], spool.spans);
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

static void warn_of_room(struct delivery *delivery)
{
	uint64_t lost = numbers_lost_for_room(&delivery->numbers);

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
	tally *counts = delivery->numbers.counts;

	tally_set(&counts[EXPORT_DROPPED], queue->dropped);
	tally_set(&counts[EXPORT_ENCODING_FAILED], delivery->gather.failed);
	tally_set(&counts[SPOOL_FAILED], queue->spool_failed);
	tally_set(&counts[QUEUE_BYTES], queue->bytes);
	tally_set(&counts[QUEUE_BATCHES], queue->count);
	tally_set(&counts[QUEUE_SPANS], queue->spans + under_way + delivery->gather.count);
	if (queue->spool) {
		publish_spool(delivery);
		warn_of_spool(delivery);
	}
	warn_of_room(delivery);
}
