// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/kernel/sockets.h"
#include "agent/kernel/sockets_diag.h"
#include "agent/pipeline/parts.h"
#include "agent/pipeline/signals.h"
#include "agent/process/other_agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "bpf/record.h"

#define NAP_MS 2     /* between two drains while there is traffic */
#define SLEEP_MS 500 /* at most, while there is none */
#define IDLE_AFTER (200 * NSEC_PER_MSEC)
#define CLOCK_INTERVAL NSEC_PER_SEC /* the wall clock is set by hand, and slewed by up to 500 µs a second */
#define MATCHING_PATIENCE (5 * NSEC_PER_SEC) /* then it is told which options have selected nothing */
/* A record carries a time a little earlier than its place in the ring; so much is more than enough. */
#define SETTLE_TIME (2 * NSEC_PER_MSEC)

static void pipeline_take(void *context, const void *record, size_t size)
{
	const struct record_header *header = record;
	struct pipeline *pipeline = context;

	if (size >= sizeof(*header)) {
		pipeline->taken = header->time;
		traffic_count(&pipeline->traffic, header);
	}
	discovery_accept(pipeline->discovery, record, size);
}

static void pipeline_tell_clock(struct pipeline *pipeline)
{
	struct clock_reading now = clock_read();
	struct record_clock clock = {
		.header = { .kind = RECORD_CLOCK, .size = sizeof(clock), .time = now.monotonic },
		.wall = now.wall,
		.boottime = now.boot,
	};

	pipeline_record(pipeline, &clock, sizeof(clock));
	pipeline->clock_told = now.monotonic;
}

static void pipeline_note_drain(struct pipeline *pipeline, const struct source *source, uint64_t now)
{
	size_t waiting, size;

	source->fill(source, &waiting, &size);
	if (waiting > pipeline->traffic.ring_max)
		pipeline->traffic.ring_max = waiting;
	pipeline->traffic.drain = now;
}

/* One drain. How many records it brought, or negative errno. */
static int pipeline_step(struct pipeline *pipeline)
{
	struct source *source = capture_source(pipeline->capture);
	struct record_sink sink = { pipeline_take, pipeline };
	uint64_t now = clock_monotonic();
	uint32_t lost;
	int count;

	if (now - pipeline->clock_told >= CLOCK_INTERVAL)
		pipeline_tell_clock(pipeline);
	pipeline_note_drain(pipeline, source, now);
	count = source->drain(source, &sink);
	lost = capture_lost_records(pipeline->capture);
	if (lost != pipeline->lost_seen)
		pipeline_note_loss(pipeline, clock_monotonic());
	pipeline->lost_seen = lost;
	/* What is still in the ring may be older than now. */
	if (count >= SOURCE_DRAIN_MAX && pipeline->taken < now)
		now = pipeline->taken;
	pipeline_advance(pipeline, now - SETTLE_TIME);
	return count;
}

/* The sockets that there are, by the kernel's iterator or else by netlink; the caller's to free. */
static int pipeline_list_sockets(struct pipeline *pipeline, struct socket_list *ret_list)
{
	struct record_sink gather = { socket_list_accept, ret_list };
	int error = capture_find_sockets(pipeline->capture, &gather);

	if (error == -EOPNOTSUPP)
		error = sockets_diag_find(pipeline->matching.selection, &gather);
	discovery_note_sockets(pipeline->discovery, ret_list);
	return error;
}

/* Once: which options have selected nothing. A socket that only listens shows no sooner than one looks for it. */
static void pipeline_tell_missing(struct pipeline *pipeline, bool waiting)
{
	struct socket_list list = { 0 };

	if (pipeline->matching_due == UINT64_MAX)
		return;
	pipeline->matching_due = UINT64_MAX;
	if (pipeline->matching.ports_missing)
		(void)pipeline_list_sockets(pipeline, &list);
	socket_list_done(&list);
	matching_say(&pipeline->matching, waiting);
}

/* ns until something is due: the end, a measurement or a warning. */
static uint64_t pipeline_time_left(struct pipeline *pipeline, uint64_t now, uint64_t end)
{
	uint64_t due = observer_step(&pipeline->observer, now);

	if (now >= pipeline->matching_due)
		pipeline_tell_missing(pipeline, true);
	due = due < end ? due : end;
	due = due < pipeline->matching_due ? due : pipeline->matching_due;
	return due > now ? due - now : 0;
}

static void pipeline_obey_signals(struct pipeline *pipeline, struct outputs *outputs)
{
	if (signals_take(SIGNALS_REOPEN))
		outputs_reopen(outputs);
	if (signals_take(SIGNALS_TELL))
		observer_tell(&pipeline->observer);
}

static int pipeline_loop(struct pipeline *pipeline, const struct pipeline_options *options)
{
	struct source *source = capture_source(pipeline->capture);
	uint64_t last = clock_monotonic();
	uint64_t end = options->duration ? last + options->duration : UINT64_MAX;

	while (!signals_stop()) {
		int count = pipeline_step(pipeline);
		uint64_t now = clock_monotonic();
		uint64_t left = pipeline_time_left(pipeline, now, end);
		bool idle = now - last >= IDLE_AFTER;
		uint64_t wait = idle ? SLEEP_MS : NAP_MS;
		int error;

		pipeline_obey_signals(pipeline, options->outputs);
		if (count < 0)
			return count;
		if (count > 0)
			last = now;
		if (now >= end)
			return 0;
		if (count >= SOURCE_DRAIN_MAX)
			continue;
		if (wait > left / NSEC_PER_MSEC)
			wait = left / NSEC_PER_MSEC + 1;
		error = source->wait(source, wait, idle);
		if (error)
			return error;
	}
	return 0;
}

/* Gives the engine the connections that exist already. */
static int pipeline_find_sockets(struct pipeline *pipeline)
{
	struct record_sink discovery = { discovery_accept, pipeline->discovery };
	struct socket_list list = { 0 };
	int error = pipeline_list_sockets(pipeline, &list);
	int deliver_error = socket_list_deliver(&list, &discovery);

	if (!error)
		error = list.left_out ? -ENOSPC : deliver_error;
	socket_list_done(&list);
	return error;
}

/* Hooks first, then who runs already: who begins in between is seen by the hooks. */
static int pipeline_attach(struct pipeline *pipeline)
{
	int error;

	other_agent_tell(capture_mark(pipeline->capture));
	pipeline_tell_clock(pipeline);
	error = capture_attach(pipeline->capture);
	if (!error)
		error = discovery_scan(pipeline->discovery);
	if (error)
		return error;
	error = pipeline_find_sockets(pipeline);
	if (error)
		log_warning("cannot list all sockets that exist already (%s): the roles of their connections are "
			    "learnt from their next messages",
			    strerror(-error));
	log_notice("ready");
	pipeline->matching_due = clock_monotonic() + MATCHING_PATIENCE;
	return 0;
}

/* Nothing more comes for the engine. */
static void pipeline_end_recording(struct pipeline *pipeline, const struct summary_sources *sources)
{
	struct summary_recorded recorded;
	struct summary summary;

	if (!pipeline->recorder)
		return;
	summary_collect(&summary, sources);
	recorder_finish(pipeline->recorder, recorded.counters, summary_record(&summary, &recorded));
}

/* Delivers what is in flight and tells what was lost. */
static int pipeline_end(struct pipeline *pipeline, struct output *output)
{
	struct summary_sources sources = pipeline_summary_sources(pipeline, output);
	struct summary summary;
	int error, finish_error;

	pipeline_tell_missing(pipeline, false);
	capture_detach(pipeline->capture);
	while (pipeline_step(pipeline) >= SOURCE_DRAIN_MAX)
		;
	pipeline_end_recording(pipeline, &sources);
	engine_finish(pipeline->engine);
	observer_finish(&pipeline->observer);
	error = exporter_stop(pipeline->exporter);
	summary_collect(&summary, &sources);
	/* One failed write must not cost the last words, too. */
	finish_error = output_finish(output, summary.losses, summary.loss_count);
	error = error ? error : finish_error;
	if (summary_print(&summary) == 0 && error)
		log_error("not all spans were delivered: %s",
			  error == -ECANCELED ? "the time for ending is over" : strerror(-error));
	return error;
}

int pipeline_run(const struct pipeline_options *options)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int error = pipeline ? pipeline_open(pipeline, options) : -ENOMEM;

	if (!pipeline)
		return error;
	if (!error)
		error = pipeline_attach(pipeline);
	if (!error)
		error = pipeline_observe(pipeline, options);
	if (!error) {
		int end_error;

		error = pipeline_loop(pipeline, options);
		end_error = pipeline_end(pipeline, options->outputs->output);
		error = error ? error : end_error;
	} else if (pipeline->exporter) {
		exporter_stop(pipeline->exporter);
	}
	pipeline_close(pipeline);
	free(pipeline);
	return error;
}
