// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/observe/explain_log.h"
#include "agent/observe/summary.h"
#include "agent/pipeline/signals.h"
#include "agent/process/host.h"
#include "agent/process/resources.h"
#include "base/clock.h"
#include "base/log.h"
#include "bpf/record.h"
#include "otlp/deliver/delivery.h"
#include "otlp/export/span_filter.h"

/* Spans that may wait for the output: more than a batch, and few enough for the delivery's queue. */
#define WAITING_MAX 4096
#define WAITING_BYTES (DELIVERY_QUEUE_BYTES / 4)
#define CHECK_EVERY 256 /* spans */
#define NAP (NSEC_PER_MSEC / 2)
/* A collector that has taken nothing for so long is waited for no more. */
#define PATIENCE (10 * NSEC_PER_SEC)
/* For whoever reads what is printed, without a collector: as good as for ever. */
#define READER_PATIENCE (86400 * NSEC_PER_SEC)

struct replay {
	const struct replay_options *options;
	struct recording_reader *reader; /* the file's */
	struct host host;
	struct attribute *shared;
	size_t shared_count;
	struct engine *engine;
	struct span_filter filter;
	struct exporter *exporter;
	uint64_t spans;
	bool collector_away; /* it has taken nothing for so long that it is waited for no more */
};

static uint64_t replay_waiting(const struct replay *replay)
{
	struct exporter_counts counts = exporter_counts(replay->exporter);

	return counts.given - counts.exported - counts.queue_full - counts.out_of_memory - counts.failed -
	       counts.abandoned;
}

static uint64_t replay_undelivered(const struct replay *replay)
{
	struct output *delivery = replay->options->outputs->delivery;

	return delivery ? delivery_stats(delivery).queue_bytes : 0;
}

/* Nothing is lost by waiting here, as nothing is in a live run; for a reader who takes a break, too. */
static void replay_wait_for_exporter(const struct replay *replay, uint64_t spans)
{
	while (replay_waiting(replay) > spans && !signals_stop())
		nanosleep(&(struct timespec){ .tv_nsec = NAP }, NULL);
}

/* But not for a collector that is away: what there is no room for then is counted, or spooled. */
static void replay_wait_for_collector(struct replay *replay, uint64_t bytes)
{
	uint64_t least = UINT64_MAX, since = clock_monotonic(), left;

	while ((left = replay_undelivered(replay)) > bytes && !signals_stop() && !replay->collector_away) {
		uint64_t now = clock_monotonic();

		replay->collector_away = left >= least && now - since >= PATIENCE;
		if (left < least) {
			least = left;
			since = now;
		}
		nanosleep(&(struct timespec){ .tv_nsec = NAP }, NULL);
	}
	if (left <= bytes)
		replay->collector_away = false;
}

static void replay_span(void *context, const struct span *span)
{
	struct replay *replay = context;

	if (replay->spans++ % CHECK_EVERY == 0) {
		replay_wait_for_exporter(replay, WAITING_MAX);
		replay_wait_for_collector(replay, WAITING_BYTES);
	}
	exporter_accept(replay->exporter, span);
}

/* The wall clock, lest the first record of it is lost; the recorded one says the same. */
static void replay_tell_clock(struct replay *replay, const struct recording_header *header)
{
	const struct record_clock clock = {
		.header = { .kind = RECORD_CLOCK, .size = sizeof(clock), .time = header->monotonic },
		.wall = header->wall,
		.boottime = header->boottime,
	};

	engine_record(replay->engine, &clock, sizeof(clock));
}

static int replay_open_engine(struct replay *replay, const struct recording_header *header)
{
	const struct replay_options *options = replay->options;
	const struct engine_options engine = {
		.sink = { span_filter_accept, &replay->filter },
		.seed = options->seed,
		.infer_routes = options->infer_routes,
		.request_timeout = options->request_timeout,
		.resource_attributes = replay->shared,
		.resource_attribute_count = replay->shared_count,
		.boot_id = slice_of_string(header->boot_id),
		.include_telemetry = header->flags & RECORDING_INCLUDES_TELEMETRY,
		.include_instrumented = header->flags & RECORDING_INCLUDES_INSTRUMENTED,
		.show_db_keys = options->databases->show_keys,
		.ignore_db_pings = options->databases->ignore_pings,
		.explain = explain_log(),
		.captured_headers = &options->headers->headers,
		.query_secrets = &options->headers->secrets,
		.route_patterns = &options->headers->routes,
	};

	replay->engine = engine_new(&engine);
	if (!replay->engine)
		return -ENOMEM;
	replay_tell_clock(replay, header);
	return 0;
}

static int replay_make(struct replay *replay)
{
	const struct replay_options *options = replay->options;
	/* Which spans share a batch would otherwise be the threads' matter. */
	const struct exporter_options exporter = {
		.stop_timeout = options->outputs->delivery ? options->flush_limit : READER_PATIENCE,
		.whole_batches = true,
	};
	const struct recording_header *header = recording_reader_header(replay->reader);
	int error;

	host_describe(&replay->host, header->host_name, header->machine, header->host_id);
	replay->shared = resources_shared(options->config, &replay->host, &replay->shared_count);
	error = replay->shared ? exporter_start(&exporter, options->outputs->output, &replay->exporter) : -ENOMEM;
	if (error)
		return error;
	span_filter_init(&replay->filter, options->config, options->choice,
			 &(struct span_sink){ replay_span, replay });
	return replay_open_engine(replay, header);
}

static void replay_obey_signals(const struct replay *replay)
{
	if (signals_take(SIGNALS_REOPEN))
		outputs_reopen(replay->options->outputs);
	if (signals_take(SIGNALS_TELL))
		log_notice("replayed so far: %" PRIu64 " spans", replay->spans);
}

static int replay_loop(struct replay *replay)
{
	struct recording_item item;
	int result = 0;

	while (!signals_stop() && (result = recording_reader_next(replay->reader, &item)) > 0) {
		replay_obey_signals(replay);
		if (item.kind == RECORDING_ITEM_RECORD)
			(void)engine_record(replay->engine, item.record, item.size); /* counted there */
		else if (item.kind == RECORDING_ITEM_LOSS)
			engine_note_loss(replay->engine, item.time);
		else
			engine_advance(replay->engine, item.time);
	}
	return result < 0 ? result : 0;
}

/* What never reached the engine: in the live run, and of the recording. */
static size_t replay_captured(const struct replay *replay, struct counter ret_counters[RECORDING_COUNTERS_MAX + 1])
{
	const struct counter *counters;
	size_t count = recording_reader_counters(replay->reader, &counters);

	memcpy(ret_counters, counters, count * sizeof(*counters));
	ret_counters[count++] = (struct counter){ "recording_damaged", recording_reader_damage(replay->reader).blocks };
	return count;
}

/* Delivers all, as the live run did at its end. */
static int replay_finish(struct replay *replay)
{
	struct counter captured[RECORDING_COUNTERS_MAX + 1];
	const struct summary_sources sources = {
		.engine = replay->engine,
		.exporter = replay->exporter,
		.output = replay->options->outputs->output,
		.filter = &replay->filter,
		.captured = captured,
		.captured_count = replay_captured(replay, captured),
	};
	struct summary summary;
	int error, finish_error;

	engine_finish(replay->engine);
	replay_wait_for_exporter(replay, CONFIG_BATCH_SPANS_DEFAULT);
	replay_wait_for_collector(replay, 0);
	error = exporter_stop(replay->exporter);
	summary_collect(&summary, &sources);
	finish_error = output_finish(replay->options->outputs->output, summary.losses, summary.loss_count);
	error = error ? error : finish_error;
	if (summary_print(&summary) == 0 && error)
		log_error("cannot write all spans: %s", strerror(-error));
	return error;
}

static void replay_done(struct replay *replay)
{
	engine_free(replay->engine);
	exporter_free(replay->exporter);
	free(replay->shared);
}

int replay_run(const struct replay_options *options)
{
	struct replay replay = { .options = options, .reader = options->file->reader };
	int error = replay_make(&replay);

	if (!error) {
		int read_error = replay_loop(&replay);

		if (read_error)
			log_error("cannot read '%s': %s", options->file->path, strerror(-read_error));
		error = replay_finish(&replay);
		error = error ? error : read_error;
		if (!signals_stop() && !error)
			error = replay_tell_damage(options->file);
	} else if (replay.exporter) {
		exporter_stop(replay.exporter);
	}
	replay_done(&replay);
	return error;
}
