// SPDX-License-Identifier: Apache-2.0
#include "correlate/http/telemetry.h"
#include "correlate/protocol/http1/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

#define PROTOBUF "Content-Type: application/x-protobuf"
#define JSON "Content-Type: application/json"
#define THRIFT "Content-Type: application/x-thrift"

struct example {
	const char *line;   /* method and target */
	const char *fields; /* separated by line breaks */
	enum telemetry expected;
};

static const struct example examples[] = {
	{ "POST /v1/traces", PROTOBUF, TELEMETRY_OTLP_SPANS },
	{ "POST /v1/traces/", "content-type: Application/X-Protobuf", TELEMETRY_OTLP_SPANS },
	{ "POST /otlp/v1/traces?key=1", PROTOBUF, TELEMETRY_OTLP_SPANS },
	{ "POST http://collector:4318/v1/traces", PROTOBUF, TELEMETRY_OTLP_SPANS },
	{ "POST /v1/traces", JSON "; charset=utf-8", TELEMETRY_OTLP_SPANS },
	{ "POST /v1/traces", "User-Agent: OTel-OTLP-Exporter-Python/1.30.0", TELEMETRY_OTLP_SPANS },
	{ "POST /v1/traces", "User-Agent: shop/1 OTel OTLP Exporter Go/1.34.0", TELEMETRY_OTLP_SPANS },
	{ "POST /my/own/path", "User-Agent: Distro/2 OTel-OTLP-Exporter-Java/1.50.0", TELEMETRY_OTHER },
	{ "POST /v1/traces", PROTOBUF "\r\nUser-Agent: OpenTelemetry Collector/0.159.0 (linux/amd64)",
	  TELEMETRY_SPANS },
	{ "POST /v1/traces", PROTOBUF "\r\nUser-Agent: Custom OpenTelemetry Collector distribution/1",
	  TELEMETRY_SPANS },
	{ "POST /v1/traces", PROTOBUF "\r\nX-Forwarded-For: 10.0.0.1", TELEMETRY_SPANS },
	{ "POST /v1/traces", PROTOBUF "\r\nVia: 1.1 proxy", TELEMETRY_SPANS },
	{ "POST /v1/traces", PROTOBUF "\r\nforwarded: for=10.0.0.1", TELEMETRY_SPANS },
	{ "POST /v1/traces", PROTOBUF "\r\nX-Real-IP: 10.0.0.1", TELEMETRY_SPANS },
	{ "POST /v1/metrics", PROTOBUF "\r\nVia: 1.1 proxy", TELEMETRY_OTHER },
	{ "POST /v1/metrics", PROTOBUF, TELEMETRY_OTHER },
	{ "POST /v1/logs", JSON, TELEMETRY_OTHER },
	{ "POST /v1development/profiles", PROTOBUF, TELEMETRY_OTHER },
	{ "POST /v1/opamp", PROTOBUF, TELEMETRY_OTHER },
	{ "POST /api/v2/spans", JSON, TELEMETRY_SPANS },
	{ "POST /zipkin/api/v2/spans", PROTOBUF, TELEMETRY_SPANS },
	{ "POST /api/v1/spans", THRIFT, TELEMETRY_SPANS },
	{ "POST /api/traces?format=jaeger.thrift", THRIFT, TELEMETRY_SPANS },
	{ "POST /api/traces", "Content-Type: application/vnd.apache.thrift.binary", TELEMETRY_SPANS },
	{ "GET /sampling?service=shop", "Host: localhost:5778", TELEMETRY_OTHER },
	{ "POST /api/v1/write", "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0",
	  TELEMETRY_OTHER },
	{ "GET /metrics", "X-Prometheus-Scrape-Timeout-Seconds: 10", TELEMETRY_OTHER },
	{ "POST /loki/api/v1/push", JSON, TELEMETRY_OTHER },
	{ "PUT /v0.4/traces", "Datadog-Meta-Lang: python\r\nContent-Type: application/msgpack", TELEMETRY_SPANS },
	{ "POST /v0.6/stats", "Datadog-Meta-Tracer-Version: 2", TELEMETRY_OTHER },
	{ "POST /v0.7/config", JSON, TELEMETRY_OTHER },
	{ "POST /intake/v2/events", "Content-Type: application/x-ndjson", TELEMETRY_SPANS },
	{ "GET /config/v1/agents?service.name=shop", "User-Agent: apm-agent-python/6.22", TELEMETRY_OTHER },
	{ "POST /api/42/envelope/", "Content-Type: application/x-sentry-envelope", TELEMETRY_OTHER },
	{ "POST /v3/segments", "Host: oap:12800\r\n" JSON, TELEMETRY_SPANS },

	/* Of ordinary applications: */
	{ "GET /v1/traces", JSON, TELEMETRY_NONE },
	{ "POST /v1/traces", "Content-Type: text/plain", TELEMETRY_NONE },
	{ "POST /v1/traces", "Accept: */*", TELEMETRY_NONE },
	{ "POST /api/v1/logs", JSON, TELEMETRY_NONE },
	{ "POST /v1/logs/search", JSON, TELEMETRY_NONE },
	{ "POST /shop?path=/v1/traces", PROTOBUF, TELEMETRY_NONE },
	{ "POST /api/v2/spans", "Content-Type: application/x-www-form-urlencoded", TELEMETRY_NONE },
	{ "GET /api/v2/spans", JSON, TELEMETRY_NONE },
	{ "POST /api/traces", JSON, TELEMETRY_NONE },
	{ "GET /sampling", "Host: shop:8000", TELEMETRY_NONE },
	{ "GET /metrics", "Accept: */*", TELEMETRY_NONE },
	{ "POST /api/v1/write", "Content-Encoding: snappy", TELEMETRY_NONE },
	{ "PUT /v0.4/traces", "Content-Type: application/msgpack", TELEMETRY_NONE },
	{ "POST /v3/segments", "Host: crm:8000\r\n" JSON, TELEMETRY_NONE },
	{ "POST /api/42/envelope/", JSON, TELEMETRY_NONE },
	{ "POST /upload", PROTOBUF, TELEMETRY_NONE },
	{ "GET /", "User-Agent: curl/8", TELEMETRY_NONE },
	{ "OPTIONS *", "Host: h", TELEMETRY_NONE },
	{ "CONNECT collector:4318", "Host: h", TELEMETRY_NONE },
};

static enum telemetry recognise(const struct example *example)
{
	struct http_head *head = calloc(1, sizeof(*head));
	enum telemetry telemetry;
	char text[512];
	size_t length =
		(size_t)snprintf(text, sizeof(text), "%s HTTP/1.1\r\n%s\r\n\r\n", example->line, example->fields);
	char *copy = guard_copy(text, length);

	assert_non_null(head);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(copy, length), 0, head), length);
	telemetry = telemetry_recognise(head);
	guard_free(copy, length);
	free(head);
	return telemetry;
}

static void telemetry_is_told_from_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		enum telemetry telemetry = recognise(&examples[i]);

		if (telemetry != examples[i].expected)
			fail_msg("%s, %s: is taken for %d", examples[i].line, examples[i].fields, telemetry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(telemetry_is_told_from_the_rest) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
