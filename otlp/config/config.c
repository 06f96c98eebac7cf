// SPDX-License-Identifier: Apache-2.0
#include "otlp/config/config.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/config/list.h"
#include "otlp/config/resource.h"
#include "otlp/config/signal.h"
#include "otlp/config/value.h"

/* Milliseconds and numbers of spans as the specification sets them, the queue apart: one agent serves a whole host. */
static void read_batching(struct config_reader *reader, struct otlp_config *config)
{
	size_t queue_spans, batch_spans;

	config->schedule_delay = config_duration(reader, "OTEL_BSP_SCHEDULE_DELAY", 5 * NSEC_PER_SEC, 0);
	config->export_timeout = config_duration(reader, "OTEL_BSP_EXPORT_TIMEOUT", 30 * NSEC_PER_SEC, 0);
	config->queue_spans = config_number(reader, "OTEL_BSP_MAX_QUEUE_SIZE", 0, 1, CONFIG_QUEUE_SPANS_MAX);
	batch_spans = config_number(reader, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 0, 1, CONFIG_QUEUE_SPANS_MAX);
	queue_spans = config->queue_spans ? config->queue_spans : CONFIG_QUEUE_SPANS_DEFAULT;
	if (batch_spans > queue_spans)
		config_problem(reader, "larger than the queue, which has room for %zu spans, taken for that",
			       queue_spans);
	if (!batch_spans)
		batch_spans = CONFIG_BATCH_SPANS_DEFAULT;
	config->batch_spans = batch_spans < queue_spans ? batch_spans : queue_spans;
}

static void read_metrics(struct config_reader *reader, struct otlp_config *config)
{
	config->metric_interval =
		config_duration(reader, "OTEL_METRIC_EXPORT_INTERVAL", 60 * NSEC_PER_SEC, NSEC_PER_MSEC);
	config->metric_timeout = config_duration(reader, "OTEL_METRIC_EXPORT_TIMEOUT", 30 * NSEC_PER_SEC, 0);
}

#define PARENT_BASED 0x10

static const struct config_choice samplers[] = {
	{ .name = "always_on", .value = SAMPLER_ALWAYS_ON },
	{ .name = "always_off", .value = SAMPLER_ALWAYS_OFF },
	{ .name = "traceidratio", .value = SAMPLER_TRACE_ID_RATIO },
	{ .name = "parentbased_always_on", .value = PARENT_BASED | SAMPLER_ALWAYS_ON },
	{ .name = "parentbased_always_off", .value = PARENT_BASED | SAMPLER_ALWAYS_OFF },
	{ .name = "parentbased_traceidratio", .value = PARENT_BASED | SAMPLER_TRACE_ID_RATIO },
	{ .name = "jaeger_remote", .value = CONFIG_FALLBACK, .unsupported = true },
	{ .name = "parentbased_jaeger_remote", .value = CONFIG_FALLBACK, .unsupported = true },
	{ .name = "xray", .value = CONFIG_FALLBACK, .unsupported = true },
	{ .name = NULL },
};

static void read_sampler(struct config_reader *reader, struct otlp_config *config)
{
	int sampler = config_choose(reader, "OTEL_TRACES_SAMPLER", samplers, PARENT_BASED | SAMPLER_ALWAYS_ON);
	struct slice value;

	config->sampler = sampler & ~PARENT_BASED;
	config->sampler_parent_based = sampler & PARENT_BASED;
	config->sampler_ratio = 1;
	if (config->sampler == SAMPLER_TRACE_ID_RATIO)
		config->sampler_ratio = config_share(reader, "OTEL_TRACES_SAMPLER_ARG", 1);
	else if (config_lookup(reader, "OTEL_TRACES_SAMPLER_ARG", &value))
		config_problem(reader,
			       "of no effect, only the samplers traceidratio and parentbased_traceidratio have one");
}

/* The span's own limit before that of every attribute. */
static size_t read_limit(struct config_reader *reader, const char *span, const char *general, size_t fallback)
{
	fallback = config_number(reader, general, fallback, 0, SIZE_MAX);
	return config_number(reader, span, fallback, 0, SIZE_MAX);
}

static void read_limits(struct config_reader *reader, struct otlp_config *config)
{
	config->attribute_count_limit =
		read_limit(reader, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", 128);
	config->attribute_value_length_limit = read_limit(reader, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
							  "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", SIZE_MAX);
}

static void tell_config_file(struct config_reader *reader)
{
	struct slice value;

	if (config_lookup(reader, "OTEL_CONFIG_FILE", &value))
		config_problem(reader, "not supported yet, the OTEL_* variables are used");
}

int config_read(struct otlp_config *config, const struct config_source *source, const char *endpoint)
{
	struct config_reader reader = { .source = source, .prefix = "" };
	int error;

	memset(config, 0, sizeof(*config));
	tell_config_file(&reader);
	config->disabled = config_boolean(&reader, "OTEL_SDK_DISABLED", false);
	config->exporters[OTLP_TRACES] = config_exporters(&reader, "OTEL_TRACES_EXPORTER");
	config->exporters[OTLP_METRICS] = config_exporters(&reader, "OTEL_METRICS_EXPORTER");
	config_propagators(&reader);
	read_batching(&reader, config);
	read_metrics(&reader, config);
	read_sampler(&reader, config);
	read_limits(&reader, config);
	error = config_string(&reader, "OTEL_LOG_LEVEL", &config->log_level);
	if (!error)
		error = config_resource(&reader, config);
	if (!error)
		error = config_signals(source, endpoint, config);
	return error == -EINVAL && config->disabled ? 0 : error;
}

void config_done(struct otlp_config *config)
{
	config_signals_done(config);
	free(config->resource_attributes);
	free(config->service_name);
	free(config->log_level);
	memset(config, 0, sizeof(*config));
}
