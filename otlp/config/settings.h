/* SPDX-License-Identifier: Apache-2.0 */
/* What can be configured of exporting, and where it is read from. */
#ifndef WIRESPAN_OTLP_CONFIG_SETTINGS_H
#define WIRESPAN_OTLP_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/span/span.h"
#include "otlp/signal.h"

/* A token, and text without control characters (but tabs); the value may be empty. */
struct config_header {
	char *name, *value;
};

#define CONFIG_HEADERS_MAX 64
#define CONFIG_VALUE_MAX 65536 /* bytes of one variable */
#define CONFIG_QUEUE_SPANS_MAX (1u << 22)
/* Where nothing is said of them: a second or two of spans at the rate that one core makes, and a batch. */
#define CONFIG_QUEUE_SPANS_DEFAULT 131072
#define CONFIG_BATCH_SPANS_DEFAULT 512

struct otlp_signal_config {
	/*
	 * The whole URL that requests are posted to; NULL: none was configured, or the signal's
	 * exporters leave otlp out. http://, https://, or unix:/PATH/OF/SOCKET (then requests go to
	 * /v1/SIGNAL on it). May hold a password: not to be shown.
	 */
	char *endpoint;
	enum otlp_encoding encoding;
	bool gzip;
	uint64_t timeout; /* ns per request; 0: unlimited */
	char *ca_file, *client_certificate_file, *client_key_file; /* PEM; NULL: none */
	struct config_header *headers;
	size_t header_count;
};

enum sampler_kind { SAMPLER_ALWAYS_ON, SAMPLER_ALWAYS_OFF, SAMPLER_TRACE_ID_RATIO };

/* Names in OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER, as bits; "none" stands alone. */
enum config_exporter { CONFIG_EXPORTER_OTLP = 1 << 0, CONFIG_EXPORTER_CONSOLE = 1 << 1, CONFIG_EXPORTER_NONE = 1 << 2 };

struct otlp_config {
	struct otlp_signal_config signals[OTLP_SIGNALS];
	unsigned int exporters[OTLP_SIGNALS]; /* enum config_exporter; 0: not said */
	bool disabled; /* OTEL_SDK_DISABLED: nothing is wanted */

	/* OTEL_BSP_*: ns, ns (0: unlimited), spans (0: not said), spans; a batch is no larger than the queue */
	uint64_t schedule_delay, export_timeout;
	size_t queue_spans, batch_spans;
	uint64_t metric_interval, metric_timeout; /* ns */

	enum sampler_kind sampler;
	bool sampler_parent_based;
	double sampler_ratio; /* 0 to 1; 1 where the sampler has none */

	size_t attribute_count_limit;        /* OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, 128 */
	size_t attribute_value_length_limit; /* characters; SIZE_MAX: unlimited */

	/* OTEL_RESOURCE_ATTRIBUTES without service.name: for every Resource. Owned. */
	struct attribute *resource_attributes;
	size_t resource_attribute_count;
	char *service_name; /* of the agent itself; never NULL */
	char *log_level;    /* OTEL_LOG_LEVEL as written; NULL: not said */
};

/* Where variables come from: getenv, or a test's. NULL: not set. */
struct config_source {
	const char *(*lookup)(void *context, const char *name);
	void *context;
	/*
	 * Told in one sentence what is wrong or not supported, with the variable's name; secrets (headers, URLs)
	 * never quoted. NULL: nobody is told.
	 */
	void (*problem)(void *context, const char *text);
};

#endif
