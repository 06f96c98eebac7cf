// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/instrumentation.h"

#include "correlate/http/url.h"
#include "correlate/process/environment.h"

/* Any variable that begins so is for an exporter of spans... */
static const char *const exporters[] = { "OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_ZIPKIN_", "OTEL_EXPORTER_JAEGER_" };
/* ...but for these. */
static const char *const others[] = { "OTEL_EXPORTER_OTLP_METRICS_", "OTEL_EXPORTER_OTLP_LOGS_",
				      "OTEL_EXPORTER_OTLP_PROFILES_" };
/* The first that is set says where to. */
static const char *const endpoints[] = { "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",
					 "OTEL_EXPORTER_ZIPKIN_ENDPOINT", "OTEL_EXPORTER_JAEGER_ENDPOINT" };

static bool begins_like_one_of(struct slice text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_starts_with(text, slice_of_string(list[i])))
			return true;
	return false;
}

static bool configures_exporter(struct slice environment)
{
	while (environment.length) {
		struct slice entry = slice_head(environment, slice_find(environment, '\0'));
		size_t equals = slice_find(entry, '=');

		environment = slice_from(environment, entry.length + 1);
		/* An empty value is as good as none (OpenTelemetry's rule for all of its variables). */
		if (equals + 1 < entry.length &&
		    begins_like_one_of(entry, exporters, sizeof(exporters) / sizeof(exporters[0])) &&
		    !begins_like_one_of(entry, others, sizeof(others) / sizeof(others[0])))
			return true;
	}
	return false;
}

static bool says(struct slice environment, struct slice name, struct slice value)
{
	return slice_equal_ignoring_case(slice_trim(environment_value(environment, name)), value);
}

static struct slice destination(struct slice environment)
{
	struct slice url = slice_of(NULL, 0);

	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]) && !url.length; i++)
		url = slice_trim(environment_value(environment, slice_of_string(endpoints[i])));
	/* One for gRPC may have no scheme. */
	struct http_target target = http_target_split(SLICE_LITERAL("POST"), url);

	return http_authority_split(target.scheme.length ? target.authority : url).host_port;
}

static bool names_service(struct slice environment)
{
	struct own_resource own;

	own_resource_read(environment, &own);
	return own.service_name.length > 0;
}

bool environment_exports_spans(struct slice environment, bool starts_sdk, struct slice *ret_destination)
{
	struct slice exporter = slice_trim(environment_value(environment, SLICE_LITERAL("OTEL_TRACES_EXPORTER")));
	bool configured = exporter.length || configures_exporter(environment);

	if (says(environment, SLICE_LITERAL("OTEL_SDK_DISABLED"), SLICE_LITERAL("true")) ||
	    says(environment, SLICE_LITERAL("OTEL_JAVAAGENT_ENABLED"), SLICE_LITERAL("false")) ||
	    says(environment, SLICE_LITERAL("OTEL_TRACES_EXPORTER"), SLICE_LITERAL("none")) ||
	    says(environment, SLICE_LITERAL("OTEL_TRACES_SAMPLER"), SLICE_LITERAL("always_off")))
		return false;
	if (!starts_sdk && !(configured && names_service(environment)))
		return false;
	*ret_destination = destination(environment);
	return true;
}
