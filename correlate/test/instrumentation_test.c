// SPDX-License-Identifier: Apache-2.0
#include "correlate/instrumentation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* NULL: it exports no spans. */
static void expect(struct slice environment, const char *destination)
{
	char *copy = guard_copy(environment.data, environment.length);
	struct slice found = slice_of(NULL, 0);
	bool exports = environment_exports_spans(slice_of(copy, environment.length), &found);

	if (exports != (destination != NULL))
		fail_msg("%s: %s", environment.data, exports ? "exports" : "does not export");
	if (destination && !slice_equal(found, slice_of_string(destination)))
		fail_msg("%s: to '%.*s'", environment.data, (int)found.length, found.data);
	guard_free(copy, environment.length);
}

#define EXPECT(environment, destination) expect(SLICE_LITERAL(environment "\0"), destination)

static void exporters_are_configured(void **state)
{
	(void)state;
	EXPECT("OTEL_TRACES_EXPORTER=otlp", "");
	EXPECT("OTEL_TRACES_EXPORTER=console", "");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", "127.0.0.1:4318");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://b:2/x", "b:2");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", "collector:4317");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:4318/", "[::1]:4318");
	EXPECT("OTEL_EXPORTER_OTLP_HEADERS=api-key=1", "");
	EXPECT("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "");
	EXPECT("OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:9411/api/v2/spans", "z:9411");
	EXPECT("OTEL_SDK_DISABLED=false\0OTEL_TRACES_EXPORTER=otlp", "");
}

static void names_prove_nothing(void **state)
{
	(void)state;
	expect(slice_of("", 0), NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_RESOURCE_ATTRIBUTES=a=b", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=", NULL);
	EXPECT("OTEL_TRACES_EXPORTER=", NULL);
	EXPECT("OTEL_METRICS_EXPORTER=otlp", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://a:1\0OTEL_EXPORTER_OTLP_LOGS_HEADERS=a=b", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT", NULL);
	EXPECT("OTEL_LOG_LEVEL=debug", NULL);
}

static void what_is_switched_off_exports_nothing(void **state)
{
	(void)state;
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_SDK_DISABLED=True", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_TRACES_EXPORTER=none", NULL);
	EXPECT("OTEL_TRACES_EXPORTER= NONE ", NULL);
	EXPECT("OTEL_TRACES_EXPORTER=otlp\0OTEL_TRACES_SAMPLER=always_off", NULL);
}

static void userinfo_is_left_out(void **state)
{
	(void)state;
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://bob:secret@a:1/", "a:1");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=bob:secret@a:1", "a:1");
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://bob:se/cret@a:1/", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exporters_are_configured),
		cmocka_unit_test(names_prove_nothing),
		cmocka_unit_test(what_is_switched_off_exports_nothing),
		cmocka_unit_test(userinfo_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
