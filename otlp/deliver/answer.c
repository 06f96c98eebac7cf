// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/answer.h"

#include <inttypes.h>

#include "base/clock.h"

static const char *const signal_names[OTLP_SIGNALS] = { [OTLP_TRACES] = "spans", [OTLP_METRICS] = "metrics" };

/* ": MESSAGE" or nothing, as two arguments for "%s%s". */
#define MESSAGE_ARGUMENTS(answer) (answer)->message[0] ? ": " : "", (answer)->message

static void count_spans(struct delivery *delivery, const struct lane *lane, enum delivery_number number, uint64_t spans)
{
	if (lane->signal == OTLP_TRACES)
		tally_add(&delivery->numbers.counts[number], spans);
}

/* The lane's batch has come to its end. */
static void finish_batch(struct delivery *delivery, struct lane *lane)
{
	if (lane->spooled)
		spool_remove(delivery->queue.spool, lane->batch->sequence);
	gather_take_back(&delivery->gather, lane->batch);
	lane->batch = NULL;
	lane->spooled = false;
}

static void end_outage(struct delivery *delivery, struct lane *lane)
{
	uint64_t seconds = (delivery->now - lane->outage.since + NSEC_PER_SEC / 2) / NSEC_PER_SEC;

	if (!lane->outage.failing)
		return;
	if (lane->outage.told && lane->signal == OTLP_TRACES)
		delivery_warn(delivery, "the collector is back after %" PRIu64 " s; %" PRIu64 " spans were lost",
			      seconds, numbers_lost_for_room(&delivery->numbers) - lane->outage.lost);
	else if (lane->outage.told)
		delivery_warn(delivery, "the collector takes %s again after %" PRIu64 " s", signal_names[lane->signal],
			      seconds);
	outage_end(&lane->outage);
}

static void answer_delivered(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	uint64_t items = lane->batch->items;
	uint64_t rejected = answer->rejected < 0 ? 0 : (uint64_t)answer->rejected;

	if (rejected > items)
		rejected = items;
	count_spans(delivery, lane, EXPORT_REJECTED, rejected);
	count_spans(delivery, lane, SPANS_DELIVERED, items - rejected);
	if (rejected && !said_before(&lane->refusals, answer->message))
		delivery_warn(delivery, "the collector took a request but rejected %" PRIu64 " of %" PRIu64 " %s%s%s",
			      rejected, items, signal_names[lane->signal], MESSAGE_ARGUMENTS(answer));
	else if (!rejected && answer->message[0] && !said_before(&lane->refusals, answer->message))
		delivery_warn(delivery, "the collector took all %s, and warns: %s", signal_names[lane->signal],
			      answer->message);
	finish_batch(delivery, lane);
}

/* What was said of spans needs not be said of metrics, too. */
static void answer_refused(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	const struct lane *spans = &delivery->lanes[OTLP_TRACES];

	count_spans(delivery, lane, EXPORT_REFUSED, lane->batch->items);
	if (!(lane != spans && said_contains(&spans->refusals, answer->cause)) && !said_before(&lane->refusals, answer->cause))
		delivery_warn(delivery, "the collector refuses %s, which are lost: %s%s%s", signal_names[lane->signal],
			      answer->cause, MESSAGE_ARGUMENTS(answer));
	finish_batch(delivery, lane);
}

static void answer_too_large(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	if (lane->signal != OTLP_TRACES || !gather_shrink(&delivery->gather, lane->batch)) {
		answer_refused(delivery, lane, answer);
		return;
	}
	queue_put_back(&delivery->queue, gather_split(&delivery->gather, lane->batch));
	lane->batch = NULL;
}

/* So that a crash loses nothing of it; what is to be sent again is read back. */
static void store_all(struct delivery *delivery, struct lane *lane)
{
	if (lane->batch && !lane->spooled && queue_store(&delivery->queue, lane->batch))
		lane->batch = NULL;
	queue_spill(&delivery->queue);
}

void delivery_retry_later(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	const struct lane *spans = &delivery->lanes[OTLP_TRACES];
	bool began = !lane->outage.failing;
	bool told_of_spans;

	/* splitmix64: only that many agents do not all come at once. */
	delivery->random += UINT64_C(0x9e3779b97f4a7c15);
	outage_extend(&lane->outage, delivery->now, answer->retry_after,
		      (delivery->random ^ delivery->random >> 30) * UINT64_C(0xbf58476d1ce4e5b9) >> 16);
	if (began)
		lane->outage.lost = numbers_lost_for_room(&delivery->numbers);
	if (lane == spans && delivery->queue.spool)
		store_all(delivery, lane);
	told_of_spans = lane != spans && said_contains(&spans->outage.causes, answer->cause);
	if (told_of_spans || said_contains(&lane->outage.causes, answer->cause))
		return;
	/* One that is not told at first is told as soon as it may be, if it lasts. */
	if (!lane->outage.told && !may_tell(&lane->told_until, delivery->now))
		return;
	if (said_before(&lane->outage.causes, answer->cause))
		return;
	lane->outage.told = true;
	if (answer->retry_after > DELIVERY_BACKOFF_MAX)
		delivery_warn(delivery, "cannot deliver %s, trying again in %" PRIu64 " s, as it asks for time: %s%s%s",
			      signal_names[lane->signal], (lane->outage.retry_at - delivery->now) / NSEC_PER_SEC,
			      answer->cause, MESSAGE_ARGUMENTS(answer));
	else
		delivery_warn(delivery, "cannot deliver %s, trying again: %s%s%s", signal_names[lane->signal],
			      answer->cause, MESSAGE_ARGUMENTS(answer));
}

/* Counts how long the lane's batch took. */
static void note_duration(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	if (lane->signal != OTLP_TRACES)
		return;
	if (!lane->again)
		lane->begun = delivery->now - answer->duration;
	if (answer->verdict != TRANSPORT_RETRY)
		numbers_add_duration(&delivery->numbers, answer->verdict, delivery->now - lane->begun);
}

void delivery_answer(struct delivery *delivery, struct lane *lane, const struct transport_answer *answer)
{
	static void (*const handlers[])(struct delivery *, struct lane *, const struct transport_answer *) = {
		[TRANSPORT_DELIVERED] = answer_delivered,
		[TRANSPORT_RETRY] = delivery_retry_later,
		[TRANSPORT_TOO_LARGE] = answer_too_large,
		[TRANSPORT_REFUSED] = answer_refused,
	};

	numbers_add_answer(&delivery->numbers, answer->duration);
	note_duration(delivery, lane, answer);
	lane->again = answer->verdict == TRANSPORT_RETRY;
	if (!lane->again)
		end_outage(delivery, lane);
	handlers[answer->verdict](delivery, lane, answer);
}
