// SPDX-License-Identifier: Apache-2.0
#include "correlate/telemetry.h"

#include "correlate/http1_url.h"

enum path_match { PATH_ANY, PATH_IS, PATH_ENDS };
enum value_match { VALUE_ANY, VALUE_BEGINS, VALUE_CONTAINS, VALUE_ENDS };

/* All of a row must hold. A method of NULL is any; so is a field of NULL. */
struct telemetry_row {
	const char *method;
	enum path_match path_match;
	const char *path;
	const char *field;
	enum value_match value_match;
	const char *value; /* in any case */
	enum telemetry telemetry;
};

#define CONTENT_TYPE(type) "content-type", VALUE_BEGINS, type
#define USER_AGENT(text) "user-agent", VALUE_CONTAINS, text

static const struct telemetry_row rows[] = {
	/*
	 * OTLP/HTTP (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP Request"). Back ends take protobuf below
	 * any prefix; JSON is what applications speak, too: the default path only.
	 */
	{ "POST", PATH_ENDS, "/v1/traces", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTLP_SPANS },
	{ "POST", PATH_IS, "/v1/traces", CONTENT_TYPE("application/json"), TELEMETRY_OTLP_SPANS },
	{ "POST", PATH_ENDS, "/v1/metrics", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v1/metrics", CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	{ "POST", PATH_ENDS, "/v1/logs", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v1/logs", CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	{ "POST", PATH_ENDS, "/v1development/profiles", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v1development/profiles", CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	/* The specification's User-Agent of exporters ("OTLP Exporter", "User Agent"), and what Go has instead. */
	{ "POST", PATH_ENDS, "/v1/traces", USER_AGENT("OTel-OTLP-Exporter-"), TELEMETRY_OTLP_SPANS },
	{ "POST", PATH_ENDS, "/v1/traces", USER_AGENT("OTel OTLP Exporter "), TELEMETRY_OTLP_SPANS },
	{ "POST", PATH_ANY, NULL, USER_AGENT("OTel-OTLP-Exporter-"), TELEMETRY_OTHER },
	{ "POST", PATH_ANY, NULL, USER_AGENT("OTel OTLP Exporter "), TELEMETRY_OTHER },
	/* OpAMP over plain HTTP (opentelemetry.io/docs/specs/opamp): collectors report to their manager. */
	{ "POST", PATH_ENDS, "/v1/opamp", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },

	/* Zipkin (zipkin.io/zipkin-api) */
	{ "POST", PATH_ENDS, "/api/v2/spans", CONTENT_TYPE("application/json"), TELEMETRY_SPANS },
	{ "POST", PATH_ENDS, "/api/v2/spans", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_SPANS },
	{ "POST", PATH_ENDS, "/api/v1/spans", CONTENT_TYPE("application/json"), TELEMETRY_SPANS },
	{ "POST", PATH_ENDS, "/api/v1/spans", CONTENT_TYPE("application/x-thrift"), TELEMETRY_SPANS },

	/* Jaeger: spans to the collector; sampling strategies asked of agent and collector, at their ports */
	{ "POST", PATH_ENDS, "/api/traces", CONTENT_TYPE("application/x-thrift"), TELEMETRY_SPANS },
	{ "POST", PATH_ENDS, "/api/traces", CONTENT_TYPE("application/vnd.apache.thrift.binary"), TELEMETRY_SPANS },
	{ "GET", PATH_IS, "/sampling", "host", VALUE_ENDS, ":5778", TELEMETRY_OTHER },
	{ "GET", PATH_IS, "/api/sampling", "host", VALUE_ENDS, ":14268", TELEMETRY_OTHER },

	/* Prometheus: remote write and read (prometheus.io/docs/specs/prw), scrapes by it, vmagent and collectors */
	{ "POST", PATH_ANY, NULL, "x-prometheus-remote-write-version", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ "POST", PATH_ANY, NULL, "x-prometheus-remote-read-version", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ "GET", PATH_ANY, NULL, "x-prometheus-scrape-timeout-seconds", VALUE_ANY, NULL, TELEMETRY_OTHER },

	/* Loki (grafana.com/docs/loki/latest/reference/loki-http-api) */
	{ "POST", PATH_ENDS, "/loki/api/v1/push", CONTENT_TYPE("application/"), TELEMETRY_OTHER },
	{ "POST", PATH_ENDS, "/api/prom/push", CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },

	/* Datadog: tracers to their agent (traces, stats, telemetry, configuration) */
	{ NULL, PATH_ENDS, "/traces", "datadog-meta-tracer-version", VALUE_ANY, NULL, TELEMETRY_SPANS },
	{ NULL, PATH_ANY, NULL, "datadog-meta-tracer-version", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ NULL, PATH_ENDS, "/traces", "datadog-meta-lang", VALUE_ANY, NULL, TELEMETRY_SPANS },
	{ NULL, PATH_ANY, NULL, "datadog-meta-lang", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ "POST", PATH_ANY, NULL, "dd-telemetry-request-type", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v0.7/config", NULL, VALUE_ANY, NULL, TELEMETRY_OTHER }, /* a path of nobody else */

	/* Elastic APM: events; agents' configuration */
	{ "POST", PATH_ENDS, "/intake/v2/events", CONTENT_TYPE("application/x-ndjson"), TELEMETRY_SPANS },
	{ "POST", PATH_ENDS, "/intake/v2/rum/events", CONTENT_TYPE("application/x-ndjson"), TELEMETRY_SPANS },
	{ NULL, PATH_ENDS, "/config/v1/agents", USER_AGENT("apm-agent-"), TELEMETRY_OTHER },

	/* Sentry (develop.sentry.dev/sdk/data-model/envelopes) */
	{ "POST", PATH_ENDS, "/envelope", CONTENT_TYPE("application/x-sentry-envelope"), TELEMETRY_OTHER },
	{ "POST", PATH_ENDS, "/envelope", "x-sentry-auth", VALUE_ANY, NULL, TELEMETRY_OTHER },
	{ "POST", PATH_ENDS, "/store", "x-sentry-auth", VALUE_ANY, NULL, TELEMETRY_OTHER },

	/* SkyWalking over HTTP: its paths are ordinary words, its port is its own */
	{ "POST", PATH_IS, "/v3/segments", "host", VALUE_ENDS, ":12800", TELEMETRY_SPANS },
	{ "POST", PATH_IS, "/v3/segment", "host", VALUE_ENDS, ":12800", TELEMETRY_SPANS },
	{ "POST", PATH_IS, "/v3/logs", "host", VALUE_ENDS, ":12800", TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v3/management/reportProperties", "host", VALUE_ENDS, ":12800", TELEMETRY_OTHER },
	{ "POST", PATH_IS, "/v3/management/keepAlive", "host", VALUE_ENDS, ":12800", TELEMETRY_OTHER },
};

static bool ends(struct slice text, struct slice end)
{
	return text.length >= end.length && slice_equal_ignoring_case(slice_from(text, text.length - end.length), end);
}

/* `part` begins with a letter. */
static bool contains(struct slice text, struct slice part)
{
	for (; text.length >= part.length; text = slice_from(text, 1))
		if ((text.data[0] | 0x20) == (part.data[0] | 0x20) &&
		    slice_equal_ignoring_case(slice_head(text, part.length), part))
			return true;
	return false;
}

static bool path_matches(const struct telemetry_row *row, struct slice path)
{
	struct slice wanted = slice_of_string(row->path);

	if (row->path_match == PATH_ENDS && path.length >= wanted.length)
		path = slice_from(path, path.length - wanted.length);
	return row->path_match == PATH_ANY || slice_equal(path, wanted);
}

static bool field_matches(const struct telemetry_row *row, const struct http1_head *head)
{
	const struct slice *value = row->field ? http1_field(head, row->field) : NULL;
	struct slice wanted = slice_of_string(row->value);

	if (!row->field || !value)
		return !row->field;
	switch (row->value_match) {
	case VALUE_BEGINS:
		return slice_equal_ignoring_case(slice_head(*value, wanted.length), wanted);
	case VALUE_CONTAINS:
		return contains(*value, wanted);
	case VALUE_ENDS:
		return ends(*value, wanted);
	default:
		return true;
	}
}

/* Of the target, without query and without a slash at its end. */
static struct slice path_of(const struct http1_head *head)
{
	struct slice path = http1_target_split(head->method, head->target).path;

	if (path.length > 1 && path.data[path.length - 1] == '/')
		path.length--;
	return path;
}

/* The exporters of the OpenTelemetry Collector name themselves so, its custom builds too. */
static bool passes_on(const struct http1_head *head)
{
	const struct slice *agent = http1_field(head, "user-agent");

	return agent && contains(*agent, SLICE_LITERAL("OpenTelemetry Collector"));
}

enum telemetry telemetry_recognise(const struct http1_head *head)
{
	struct slice path = path_of(head);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct telemetry_row *row = &rows[i];

		if (row->method && !slice_equal(head->method, slice_of_string(row->method)))
			continue;
		if (!path_matches(row, path) || !field_matches(row, head))
			continue;
		return row->telemetry == TELEMETRY_OTLP_SPANS && passes_on(head) ? TELEMETRY_SPANS : row->telemetry;
	}
	return TELEMETRY_NONE;
}
