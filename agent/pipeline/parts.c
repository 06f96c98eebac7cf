// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "agent/observe/explain_log.h"
#include "agent/process/resources.h"

void pipeline_record(void *context, const void *record, size_t size)
{
	struct pipeline *pipeline = context;

	if (pipeline->recorder)
		recorder_record(pipeline->recorder, record, size);
	/* Malformed records and missing memory are counted there. */
	(void)engine_record(pipeline->engine, record, size);
}

void pipeline_note_loss(struct pipeline *pipeline, uint64_t time)
{
	if (pipeline->recorder)
		recorder_note_loss(pipeline->recorder, time);
	engine_note_loss(pipeline->engine, time);
}

void pipeline_advance(struct pipeline *pipeline, uint64_t time)
{
	if (pipeline->recorder)
		recorder_advance(pipeline->recorder, time);
	engine_advance(pipeline->engine, time);
}

static void pipeline_leave_out(void *context, const struct instrumented_process *process)
{
	struct pipeline *pipeline = context;

	discovery_leave_out(pipeline->discovery, process);
}

static int pipeline_open_engine(struct pipeline *pipeline, const struct pipeline_options *options)
{
	struct engine_options engine = {
		.sink = { span_filter_accept, &pipeline->filter },
		.infer_routes = options->infer_routes,
		.request_timeout = options->request_timeout,
		.resource_attributes = pipeline->shared,
		.resource_attribute_count = pipeline->shared_count,
		.boot_id = slice_of_string(pipeline->host.boot_id),
		.include_telemetry = options->selection->include_telemetry,
		.include_instrumented = options->selection->include_instrumented,
		.instrumented = { pipeline_leave_out, pipeline },
		.show_db_keys = options->databases->show_keys,
		.ignore_db_pings = options->databases->ignore_pings,
		.explain = explain_log(),
		.captured_headers = &options->headers->headers,
		.query_secrets = &options->headers->secrets,
		.route_patterns = &options->headers->routes,
	};

	if (getrandom(&engine.seed, sizeof(engine.seed), 0) != sizeof(engine.seed))
		return -errno;
	pipeline->engine = engine_new(&engine);
	return pipeline->engine ? 0 : -ENOMEM;
}

static int pipeline_open_exporter(struct pipeline *pipeline, const struct pipeline_options *options)
{
	struct exporter_options exporter = {
		.queue_spans = options->config->queue_spans,
		.stop_timeout = options->flush_limit,
	};
	int error = exporter_start(&exporter, options->outputs->output, &pipeline->exporter);

	if (!error)
		span_filter_init(&pipeline->filter, options->config, options->choice,
				 &(struct span_sink){ exporter_accept, pipeline->exporter });
	return error;
}

int pipeline_open(struct pipeline *pipeline, const struct pipeline_options *options)
{
	struct record_sink sink = { pipeline_record, pipeline };
	int error;

	pipeline->recorder = options->recorder;
	matching_init(&pipeline->matching, options->selection);
	host_init(&pipeline->host);
	pipeline->shared = resources_shared(options->config, &pipeline->host, &pipeline->shared_count);
	error = pipeline->shared ? pipeline_open_exporter(pipeline, options) : -ENOMEM;
	if (!error)
		error = pipeline_open_engine(pipeline, options);
	if (!error)
		error = capture_open(&options->capture, &pipeline->capture);
	if (error)
		return error;
	pipeline->discovery = discovery_new(options->selection, &pipeline->matching, pipeline->capture, &sink);
	return pipeline->discovery ? 0 : -ENOMEM;
}

struct summary_sources pipeline_summary_sources(const struct pipeline *pipeline, const struct output *output)
{
	return (struct summary_sources){
		.capture = pipeline->capture,
		.engine = pipeline->engine,
		.discovery = pipeline->discovery,
		.exporter = pipeline->exporter,
		.output = output,
		.recorder = pipeline->recorder,
		.filter = &pipeline->filter,
	};
}

/* As the exporter rounds it. */
static size_t queue_capacity(const struct otlp_config *config)
{
	size_t wanted = config->queue_spans ? config->queue_spans : CONFIG_QUEUE_SPANS_DEFAULT, capacity = 1;

	while (capacity < wanted)
		capacity *= 2;
	return capacity;
}

int pipeline_observe(struct pipeline *pipeline, const struct pipeline_options *options)
{
	struct observer_options observer = {
		.print_interval = options->stats_interval,
		.metrics_interval = options->metrics_interval,
		.sources = {
			.summary = pipeline_summary_sources(pipeline, options->outputs->output),
			.traffic = &pipeline->traffic,
			.queue_capacity = queue_capacity(options->config),
			.source = capture_source(pipeline->capture),
			.capture = pipeline->capture,
			.delivery = options->outputs->delivery,
		},
		.exporter = pipeline->exporter,
		.encoding = options->config->signals[OTLP_TRACES].encoding,
	};

	if (options->metrics_interval) {
		observer.self = resources_self(options->config, pipeline->shared, pipeline->shared_count);
		if (!observer.self)
			return -ENOMEM;
	}
	observer_init(&pipeline->observer, &observer);
	resource_unref(observer.self);
	return 0;
}

void pipeline_close(struct pipeline *pipeline)
{
	observer_done(&pipeline->observer);
	discovery_free(pipeline->discovery);
	engine_free(pipeline->engine);
	exporter_free(pipeline->exporter);
	capture_free(pipeline->capture);
	free(pipeline->shared);
}
