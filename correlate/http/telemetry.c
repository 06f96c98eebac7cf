// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/telemetry.h"

#include "correlate/http/url.h"

enum method { ANY_METHOD, GET, POST, OTHER_METHOD };
enum path_match { PATH_ANY, PATH_IS, PATH_ENDS };
enum value_match { VALUE_ANY, VALUE_BEGINS, VALUE_CONTAINS, VALUE_ENDS };

/* What is looked at of a head. */
struct look {
	const struct http_head *head;
	enum method method;
	struct slice path; /* without query and without a slash at its end */
};

/* All of a row must hold. */
struct telemetry_row {
	enum method method;
	enum path_match path_match;
	struct slice path;
	enum http_field_name sign; /* HTTP_FIELD_OTHER: none is needed */
	enum value_match value_match;
	struct slice value; /* in any case, unless it is contained */
	enum telemetry telemetry;
};

#define ANYWHERE PATH_ANY, SLICE_LITERAL("")
#define IS(path) PATH_IS, SLICE_LITERAL(path)
#define ENDS(path) PATH_ENDS, SLICE_LITERAL(path)
#define HAS(field) HTTP_FIELD_##field, VALUE_ANY, SLICE_LITERAL("")
#define NO_SIGN HTTP_FIELD_OTHER, VALUE_ANY, SLICE_LITERAL("")
#define CONTENT_TYPE(type) HTTP_FIELD_CONTENT_TYPE, VALUE_BEGINS, SLICE_LITERAL(type)
#define HOST_ENDS(port) HTTP_FIELD_HOST, VALUE_ENDS, SLICE_LITERAL(port)
#define USER_AGENT(text) HTTP_FIELD_USER_AGENT, VALUE_CONTAINS, SLICE_LITERAL(text)

/* Most requests are no POST, and need not be compared with these. */
static const struct telemetry_row post_rows[] = {
	/*
	 * OTLP/HTTP (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP Request"). Back ends take protobuf below
	 * any prefix; JSON is what applications speak, too: the default path only.
	 */
	{ POST, ENDS("/v1/traces"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTLP_SPANS },
	{ POST, IS("/v1/traces"), CONTENT_TYPE("application/json"), TELEMETRY_OTLP_SPANS },
	{ POST, ENDS("/v1/metrics"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ POST, IS("/v1/metrics"), CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	{ POST, ENDS("/v1/logs"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ POST, IS("/v1/logs"), CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	{ POST, ENDS("/v1development/profiles"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },
	{ POST, IS("/v1development/profiles"), CONTENT_TYPE("application/json"), TELEMETRY_OTHER },
	/* The specification's User-Agent of exporters ("OTLP Exporter", "User Agent"), and what Go has instead. */
	{ POST, ENDS("/v1/traces"), USER_AGENT("OTel-OTLP-Exporter-"), TELEMETRY_OTLP_SPANS },
	{ POST, ENDS("/v1/traces"), USER_AGENT("OTel OTLP Exporter "), TELEMETRY_OTLP_SPANS },
	{ POST, ANYWHERE, USER_AGENT("OTel-OTLP-Exporter-"), TELEMETRY_OTHER },
	{ POST, ANYWHERE, USER_AGENT("OTel OTLP Exporter "), TELEMETRY_OTHER },
	/* OpAMP over plain HTTP (opentelemetry.io/docs/specs/opamp): collectors report to their manager. */
	{ POST, ENDS("/v1/opamp"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },

	/* Zipkin (zipkin.io/zipkin-api) */
	{ POST, ENDS("/api/v2/spans"), CONTENT_TYPE("application/json"), TELEMETRY_SPANS },
	{ POST, ENDS("/api/v2/spans"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_SPANS },
	{ POST, ENDS("/api/v1/spans"), CONTENT_TYPE("application/json"), TELEMETRY_SPANS },
	{ POST, ENDS("/api/v1/spans"), CONTENT_TYPE("application/x-thrift"), TELEMETRY_SPANS },

	/* Jaeger: spans to the collector */
	{ POST, ENDS("/api/traces"), CONTENT_TYPE("application/x-thrift"), TELEMETRY_SPANS },
	{ POST, ENDS("/api/traces"), CONTENT_TYPE("application/vnd.apache.thrift.binary"), TELEMETRY_SPANS },

	/* Prometheus: remote write and read (prometheus.io/docs/specs/prw) */
	{ POST, ANYWHERE, HAS(PROMETHEUS_WRITE), TELEMETRY_OTHER },
	{ POST, ANYWHERE, HAS(PROMETHEUS_READ), TELEMETRY_OTHER },

	/* Loki (grafana.com/docs/loki/latest/reference/loki-http-api) */
	{ POST, ENDS("/loki/api/v1/push"), CONTENT_TYPE("application/"), TELEMETRY_OTHER },
	{ POST, ENDS("/api/prom/push"), CONTENT_TYPE("application/x-protobuf"), TELEMETRY_OTHER },

	/* Datadog: tracers to their agent (telemetry, configuration) */
	{ POST, ANYWHERE, HAS(DATADOG_TELEMETRY), TELEMETRY_OTHER },
	{ POST, IS("/v0.7/config"), NO_SIGN, TELEMETRY_OTHER }, /* a path of nobody else */

	/* Elastic APM: events */
	{ POST, ENDS("/intake/v2/events"), CONTENT_TYPE("application/x-ndjson"), TELEMETRY_SPANS },
	{ POST, ENDS("/intake/v2/rum/events"), CONTENT_TYPE("application/x-ndjson"), TELEMETRY_SPANS },

	/* Sentry (develop.sentry.dev/sdk/data-model/envelopes) */
	{ POST, ENDS("/envelope"), CONTENT_TYPE("application/x-sentry-envelope"), TELEMETRY_OTHER },
	{ POST, ENDS("/envelope"), HAS(SENTRY_AUTH), TELEMETRY_OTHER },
	{ POST, ENDS("/store"), HAS(SENTRY_AUTH), TELEMETRY_OTHER },

	/* SkyWalking over HTTP: its paths are ordinary words, its port is its own */
	{ POST, IS("/v3/segments"), HOST_ENDS(":12800"), TELEMETRY_SPANS },
	{ POST, IS("/v3/segment"), HOST_ENDS(":12800"), TELEMETRY_SPANS },
	{ POST, IS("/v3/logs"), HOST_ENDS(":12800"), TELEMETRY_OTHER },
	{ POST, IS("/v3/management/reportProperties"), HOST_ENDS(":12800"), TELEMETRY_OTHER },
	{ POST, IS("/v3/management/keepAlive"), HOST_ENDS(":12800"), TELEMETRY_OTHER },
};

static const struct telemetry_row other_rows[] = {
	/* Jaeger: sampling strategies asked of agent and collector, at their ports */
	{ GET, IS("/sampling"), HOST_ENDS(":5778"), TELEMETRY_OTHER },
	{ GET, IS("/api/sampling"), HOST_ENDS(":14268"), TELEMETRY_OTHER },
	/* Prometheus: scrapes by it, vmagent and collectors */
	{ GET, ANYWHERE, HAS(PROMETHEUS_TIMEOUT), TELEMETRY_OTHER },
	/* Datadog: tracers to their agent (traces, stats) */
	{ ANY_METHOD, ENDS("/traces"), HAS(DATADOG_TRACER), TELEMETRY_SPANS },
	{ ANY_METHOD, ANYWHERE, HAS(DATADOG_TRACER), TELEMETRY_OTHER },
	{ ANY_METHOD, ENDS("/traces"), HAS(DATADOG_LANGUAGE), TELEMETRY_SPANS },
	{ ANY_METHOD, ANYWHERE, HAS(DATADOG_LANGUAGE), TELEMETRY_OTHER },
	/* Elastic APM: agents' configuration */
	{ ANY_METHOD, ENDS("/config/v1/agents"), USER_AGENT("apm-agent-"), TELEMETRY_OTHER },
};

static bool path_matches(const struct telemetry_row *row, struct slice path)
{
	if (row->path_match == PATH_ANY)
		return true;
	if (row->path_match == PATH_ENDS && path.length > row->path.length)
		path = slice_from(path, path.length - row->path.length);
	return path.length == row->path.length && slice_equal(path, row->path);
}

static bool sign_matches(const struct telemetry_row *row, const struct slice *value)
{
	struct slice wanted = row->value;

	switch (row->value_match) {
	case VALUE_BEGINS:
		return slice_equal_ignoring_case(slice_head(*value, wanted.length), wanted);
	case VALUE_CONTAINS:
		return slice_contains(*value, wanted);
	case VALUE_ENDS:
		return slice_ends_with_ignoring_case(*value, wanted);
	default:
		return true;
	}
}

static struct slice path_of(const struct http_head *head)
{
	struct slice path = http_target_split(head->method, head->target).path;

	if (path.length > 1 && path.data[path.length - 1] == '/')
		path.length--;
	return path;
}

static enum method method_of(const struct http_head *head)
{
	if (slice_equal(head->method, SLICE_LITERAL("GET")))
		return GET;
	return slice_equal(head->method, SLICE_LITERAL("POST")) ? POST : OTHER_METHOD;
}

/* What most requests lack is asked first. */
static bool row_matches(const struct telemetry_row *row, const struct look *look)
{
	if (row->method != ANY_METHOD && row->method != look->method)
		return false;
	if (row->sign != HTTP_FIELD_OTHER && !http_field(look->head, row->sign))
		return false;
	return path_matches(row, look->path) && sign_matches(row, http_field(look->head, row->sign));
}

/*
 * The exporters of the OpenTelemetry Collector name themselves so, its custom builds too; proxies tell for
 * whom they speak. Whoever may send to a proxy over TLS, which we do not see, could have it left out else.
 */
static bool passes_on(const struct http_head *head)
{
	const struct slice *user_agent = http_field(head, HTTP_FIELD_USER_AGENT);

	return http_field(head, HTTP_FIELD_FORWARDED) || http_field(head, HTTP_FIELD_X_FORWARDED_FOR) ||
	       http_field(head, HTTP_FIELD_X_REAL_IP) || http_field(head, HTTP_FIELD_VIA) ||
	       (user_agent && slice_contains(*user_agent, SLICE_LITERAL("OpenTelemetry Collector")));
}

static const struct telemetry_row *find_row(const struct telemetry_row *rows, size_t count, const struct look *look)
{
	for (size_t i = 0; i < count; i++) {
		if (row_matches(&rows[i], look))
			return &rows[i];
	}
	return NULL;
}

#define FIND_ROW(rows, look) find_row(rows, sizeof(rows) / sizeof(rows[0]), look)

enum telemetry telemetry_recognise(const struct http_head *head)
{
	struct look look = { .head = head, .method = method_of(head), .path = path_of(head) };
	const struct telemetry_row *row = look.method == POST ? FIND_ROW(post_rows, &look) : NULL;

	if (!row)
		row = FIND_ROW(other_rows, &look);
	if (!row)
		return TELEMETRY_NONE;
	return row->telemetry == TELEMETRY_OTLP_SPANS && passes_on(head) ? TELEMETRY_SPANS : row->telemetry;
}
