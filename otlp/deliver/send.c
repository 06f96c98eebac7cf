// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/send.h"

#include <stdio.h>
#include <string.h>

#include "otlp/deliver/answer.h"
#include "otlp/deliver/publish.h"

/* Answers in one call, so that a very fast collector and a long queue do not keep the caller. */
#define ANSWERS_MAX 16

/* An error of ours as if the collector had been away. */
static struct transport_answer answer_of_error(const char *what, int error)
{
	struct transport_answer answer = { .verdict = TRANSPORT_RETRY };

	snprintf(answer.cause, sizeof(answer.cause), "%s: %s", what, strerror(-error));
	return answer;
}

static bool lane_has_work(const struct delivery *delivery, const struct lane *lane)
{
	if (lane->batch)
		return true;
	if (lane->signal == OTLP_METRICS)
		return delivery->metrics;
	return delivery->now < delivery->take_until && !queue_empty(&delivery->queue);
}

/* False: there was nothing after all. */
static bool lane_fill(struct delivery *delivery, struct lane *lane)
{
	struct transport_answer answer;
	int result;

	if (lane->batch)
		return true;
	if (lane->signal == OTLP_METRICS) {
		lane->batch = delivery->metrics;
		delivery->metrics = NULL;
		return lane->batch;
	}
	result = queue_take(&delivery->queue, &lane->batch, &lane->spooled);
	if (result < 0) {
		answer = answer_of_error("cannot read the spool", result);
		delivery_retry_later(delivery, lane, &answer);
	}
	return lane->batch;
}

static bool lane_send(struct delivery *delivery, struct lane *lane)
{
	const struct batch *batch = lane->batch;
	struct transport_request request = {
		.signal = batch->signal,
		.encoding = batch->encoding,
		.gzip = batch->gzip,
		.body = slice_of(batch->body, batch->length),
	};
	int result = transport_send(delivery->transport, &request, delivery->now);
	struct transport_answer answer;

	delivery->last = lane;
	if (result < 0) {
		answer = answer_of_error("cannot send", result);
		delivery_retry_later(delivery, lane, &answer);
		return false;
	}
	tally_add(&delivery->numbers.counts[REQUESTS_SENT], 1);
	tally_add(&delivery->numbers.counts[RETRIES_SENT], lane->again);
	tally_add(&delivery->numbers.counts[BYTES_SENT], batch->length);
	delivery->under_way = lane;
	return true;
}

/* Spans and metrics take turns; at the end spans are first. */
static bool send_next(struct delivery *delivery)
{
	size_t first = !delivery->flushing && delivery->last == &delivery->lanes[OTLP_TRACES];

	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		struct lane *lane = &delivery->lanes[(first + i) % OTLP_SIGNALS];

		if (delivery->now < lane->outage.retry_at || !lane_has_work(delivery, lane))
			continue;
		if (lane_fill(delivery, lane) && lane_send(delivery, lane))
			return true;
	}
	return false;
}

/* False: a request is still under way. */
static bool take_answer(struct delivery *delivery)
{
	struct lane *lane = delivery->under_way;
	struct transport_answer answer;

	if (!lane)
		return true;
	if (!transport_poll(delivery->transport, delivery->now, &answer))
		return false;
	delivery->under_way = NULL;
	delivery_answer(delivery, lane, &answer);
	/* A newer set says the same, and more. */
	if (lane->signal == OTLP_METRICS && lane->batch && delivery->metrics) {
		batch_free(lane->batch);
		lane->batch = NULL;
		lane->again = false;
	}
	return true;
}

void delivery_close_batch(struct delivery *delivery)
{
	queue_put(&delivery->queue, gather_close(&delivery->gather), delivery->lanes[OTLP_TRACES].outage.failing);
}

void delivery_move(struct delivery *delivery, uint64_t now)
{
	delivery->now = now;
	if (gather_due(&delivery->gather) <= now)
		delivery_close_batch(delivery);
	for (int i = 0; i < ANSWERS_MAX && take_answer(delivery) && send_next(delivery); i++)
		;
	delivery_publish(delivery);
}

uint64_t delivery_due(const struct delivery *delivery)
{
	uint64_t due = gather_due(&delivery->gather);

	for (size_t i = 0; i < OTLP_SIGNALS && !delivery->under_way; i++) {
		const struct lane *lane = &delivery->lanes[i];

		if (lane_has_work(delivery, lane) && lane->outage.retry_at < due)
			due = lane->outage.retry_at;
	}
	return due;
}
