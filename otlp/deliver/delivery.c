// SPDX-License-Identifier: Apache-2.0
#include "otlp/deliver/delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "otlp/deliver/publish.h"
#include "otlp/deliver/send.h"
#include "otlp/deliver/state.h"

/* Whatever is due should have been done: never shorter, so that no mistake of ours burns a core. */
#define WAIT_MIN NSEC_PER_MSEC
#define WAIT_MAX NSEC_PER_SEC
/* Less than an exporter gives: the request under way then is answered, not cancelled, and so not sent twice. */
#define FLUSH_SPOOL_TIME (2 * NSEC_PER_SEC)

static struct delivery *delivery_of(struct output *output)
{
	return (struct delivery *)output;
}

static int take_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct delivery *delivery = delivery_of(output);

	for (size_t i = 0; i < count; i++) {
		if (!delivery->encoders[OTLP_TRACES])
			span_free(spans[i]);
		else if (gather_add(&delivery->gather, spans[i], now))
			delivery_close_batch(delivery);
	}
	delivery_publish(delivery);
	return 0;
}

static struct batch *encode_metrics(struct delivery *delivery, const struct metric_set *metrics)
{
	struct slice body;
	uint32_t points = 0;

	for (size_t i = 0; i < metrics->metric_count; i++)
		points += (uint32_t)metrics->metrics[i].point_count;
	if (!points || encoder_metrics(delivery->encoders[OTLP_METRICS], metrics, &body) < 0)
		return NULL;
	return batch_new(OTLP_METRICS, delivery->encodings[OTLP_METRICS], delivery->gzip[OTLP_METRICS], points, body);
}

static int take_metrics(struct output *output, struct metric_set *metrics, uint64_t now)
{
	struct delivery *delivery = delivery_of(output);
	struct lane *lane = &delivery->lanes[OTLP_METRICS];
	struct batch *batch = delivery->encoders[OTLP_METRICS] ? encode_metrics(delivery, metrics) : NULL;

	(void)now;
	metric_set_free(metrics);
	if (!batch)
		return delivery->encoders[OTLP_METRICS] ? -ENOMEM : 0;
	batch_free(delivery->metrics);
	delivery->metrics = batch;
	if (delivery->under_way != lane) {
		batch_free(lane->batch);
		lane->batch = NULL;
		lane->again = false;
	}
	return 0;
}

static int advance(struct output *output, uint64_t now)
{
	delivery_move(delivery_of(output), now);
	return 0;
}

static void wait(struct output *output, uint64_t timeout)
{
	struct delivery *delivery = delivery_of(output);
	uint64_t due = delivery_due(delivery);
	uint64_t until = due > delivery->now ? due - delivery->now : 0;

	if (until < WAIT_MIN)
		until = WAIT_MIN;
	transport_wait(delivery->transport, until < timeout ? until : timeout);
}

static void wake(struct output *output)
{
	transport_wake(delivery_of(output)->transport);
}

static void cancel(struct output *output)
{
	struct delivery *delivery = delivery_of(output);

	atomic_store(&delivery->cancelled, true);
	transport_wake(delivery->transport);
}

/* Nothing more is to be tried. Nobody waits for metrics alone. */
static bool is_at_end(const struct delivery *delivery)
{
	const struct lane *metrics = &delivery->lanes[OTLP_METRICS], *spans = &delivery->lanes[OTLP_TRACES];
	bool metrics_are = !(metrics->batch || delivery->metrics) || metrics->outage.failing;
	bool spans_are = queue_empty(&delivery->queue) || delivery->now >= delivery->take_until;

	if (atomic_load(&delivery->cancelled) || (delivery->queue.spool && spans->outage.failing))
		return true;
	return !spans->batch && spans_are && metrics_are;
}

/* What is left goes to the spool; without one it is lost. */
static int give_up(struct delivery *delivery)
{
	struct lane *lane = &delivery->lanes[OTLP_TRACES];
	bool spooled = delivery->queue.spool;
	uint64_t lost;

	if (delivery->under_way)
		transport_cancel(delivery->transport);
	delivery->under_way = NULL;
	if (lane->batch && lane->spooled)
		batch_free(lane->batch);
	else if (lane->batch)
		queue_put_back(&delivery->queue, lane->batch);
	lane->batch = NULL;
	lane->spooled = false;
	queue_spill(&delivery->queue);
	lost = queue_give_up(&delivery->queue);
	if (spooled)
		delivery->queue.spool_failed += lost;
	else
		tally_add(&delivery->numbers.counts[EXPORT_UNDELIVERED], lost);
	delivery_publish(delivery);
	return lost ? (spooled ? delivery->queue.spool_error : -ECANCELED) : 0;
}

static int flush(struct output *output)
{
	struct delivery *delivery = delivery_of(output);

	delivery->flushing = true;
	delivery->now = delivery->clock();
	delivery_close_batch(delivery);
	if (delivery->queue.spool)
		delivery->take_until = delivery->now + FLUSH_SPOOL_TIME;
	else
		outage_hurry(&delivery->lanes[OTLP_TRACES].outage);
	while (!is_at_end(delivery)) {
		delivery_move(delivery, delivery->clock());
		if (!is_at_end(delivery))
			wait(output, WAIT_MAX);
	}
	return give_up(delivery);
}

static size_t counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	return numbers_losses(&((const struct delivery *)output)->numbers, ret_counters, max);
}

static void delivery_free(struct output *output)
{
	struct delivery *delivery = delivery_of(output);

	if (delivery->under_way)
		transport_cancel(delivery->transport);
	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		batch_free(delivery->lanes[i].batch);
		encoder_free(delivery->encoders[i]);
	}
	batch_free(delivery->metrics);
	gather_done(&delivery->gather);
	queue_done(&delivery->queue);
	transport_free(delivery->transport);
	free(delivery);
}

static const struct output_operations delivery_operations = {
	.spans = take_spans,
	.advance = advance,
	.flush = flush,
	.metrics = take_metrics,
	.wait = wait,
	.wake = wake,
	.cancel = cancel,
	.counters = counters,
	.free = delivery_free,
};

/* 0 or -ENOMEM. */
static int init_signals(struct delivery *delivery, const struct otlp_config *config, const char *version)
{
	for (size_t i = 0; i < OTLP_SIGNALS; i++) {
		const struct otlp_signal_config *signal = &config->signals[i];

		delivery->lanes[i].signal = (enum otlp_signal)i;
		delivery->encodings[i] = signal->encoding;
		delivery->gzip[i] = signal->gzip;
		if (!signal->endpoint || (config->exporters[i] && !(config->exporters[i] & CONFIG_EXPORTER_OTLP)))
			continue;
		delivery->encoders[i] = encoder_new(signal->encoding, version);
		if (!delivery->encoders[i])
			return -ENOMEM;
	}
	return 0;
}

static int init_gather(struct delivery *delivery, const struct otlp_config *config)
{
	int result = gather_init(&delivery->gather, delivery->encoders[OTLP_TRACES],
				 config->batch_spans ? config->batch_spans : CONFIG_BATCH_SPANS_DEFAULT);

	delivery->gather.encoding = delivery->encodings[OTLP_TRACES];
	delivery->gather.gzip = delivery->gzip[OTLP_TRACES];
	delivery->gather.delay = config->schedule_delay;
	if (!delivery->encoders[OTLP_TRACES]) {
		/* There is nowhere to send what is in it: it stays for another time. */
		spool_close(delivery->queue.spool);
		delivery->queue.spool = NULL;
	}
	if (delivery->queue.spool)
		delivery->gather.sequence = spool_next_sequence(delivery->queue.spool);
	return result;
}

int output_delivery_new(const struct delivery_options *options, struct output **ret_output)
{
	size_t queue_bytes = options->queue_bytes ? options->queue_bytes : DELIVERY_QUEUE_BYTES;
	struct delivery *delivery = calloc(1, sizeof(*delivery));
	int result;

	if (!delivery) {
		transport_free(options->transport);
		spool_close(options->spool);
		return -ENOMEM;
	}
	delivery->output.operations = &delivery_operations;
	delivery->transport = options->transport;
	delivery->clock = options->clock ? options->clock : clock_monotonic;
	delivery->take_until = UINT64_MAX;
	delivery->warn = options->warn;
	delivery->context = options->context;
	(void)!getrandom(&delivery->random, sizeof(delivery->random), GRND_NONBLOCK);
	queue_init(&delivery->queue, options->spool, queue_bytes,
		   queue_bytes < DELIVERY_SPILL_BYTES ? queue_bytes : DELIVERY_SPILL_BYTES);
	result = init_signals(delivery, options->config, options->version);
	if (result == 0)
		result = init_gather(delivery, options->config);
	if (result < 0) {
		delivery_free(&delivery->output);
		return result;
	}
	delivery_publish(delivery);
	*ret_output = &delivery->output;
	return 0;
}

struct delivery_stats delivery_stats(struct output *output)
{
	return numbers_read(&delivery_of(output)->numbers);
}
