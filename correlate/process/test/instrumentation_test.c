// SPDX-License-Identifier: Apache-2.0
#include "correlate/process/instrumentation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* `destination` NULL: it exports no spans. */
static void expect(struct slice environment, bool starts_sdk, const char *destination)
{
	char *copy = guard_copy(environment.data, environment.length);
	struct slice found = slice_of(NULL, 0);
	bool exports = environment_exports_spans(slice_of(copy, environment.length), starts_sdk, &found);

	if (exports != (destination != NULL))
		fail_msg("%s: %s", environment.data, exports ? "exports" : "does not export");
	if (destination && !slice_equal(found, slice_of_string(destination)))
		fail_msg("%s: to '%.*s'", environment.data, (int)found.length, found.data);
	guard_free(copy, environment.length);
}

#define EXPECT(environment, destination) expect(SLICE_LITERAL(environment "\0"), false, destination)
#define EXPECT_SDK(environment, destination) expect(SLICE_LITERAL(environment "\0"), true, destination)

/* What sets an exporter up; of a process with a name, and of one that starts an SDK. */
#define EXPECT_EXPORT(environment, destination)                              \
	do {                                                                 \
		EXPECT(environment "\0OTEL_SERVICE_NAME=shop", destination); \
		EXPECT_SDK(environment, destination);                        \
		EXPECT(environment, NULL);                                   \
	} while (0)

static void exporters_are_configured(void **state)
{
	(void)state;
	EXPECT_EXPORT("OTEL_TRACES_EXPORTER=otlp", "");
	EXPECT_EXPORT("OTEL_TRACES_EXPORTER=console", "");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", "127.0.0.1:4318");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://b:2/x",
		      "b:2");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", "collector:4317");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:4318/", "[::1]:4318");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_HEADERS=api-key=1", "");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "");
	EXPECT_EXPORT("OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:9411/api/v2/spans", "z:9411");
	EXPECT_EXPORT("OTEL_SDK_DISABLED=false\0OTEL_TRACES_EXPORTER=otlp", "");
}

/* Everybody on the host has it. */
static void an_endpoint_alone_proves_nothing(void **state)
{
	(void)state;
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_SERVICE_NAME= ", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=x", NULL);
	EXPECT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_RESOURCE_ATTRIBUTES=service.name=x", "a:1");
}

static void an_sdk_exports_by_default(void **state)
{
	(void)state;
	expect(slice_of("", 0), true, "");
	EXPECT_SDK("OTEL_SERVICE_NAME=shop", "");
	EXPECT_SDK("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://a:1", "");
	EXPECT_SDK("OTEL_TRACES_EXPORTER=none", NULL);
	EXPECT_SDK("OTEL_SDK_DISABLED=true", NULL);
	EXPECT_SDK("OTEL_JAVAAGENT_ENABLED=false", NULL);
}

static void names_prove_nothing(void **state)
{
	(void)state;
	expect(slice_of("", 0), false, NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_RESOURCE_ATTRIBUTES=a=b", NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_EXPORTER_OTLP_ENDPOINT=", NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_TRACES_EXPORTER=", NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_METRICS_EXPORTER=otlp", NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://a:1\0OTEL_EXPORTER_OTLP_LOGS_HEADERS=a=b",
	       NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_EXPORTER_OTLP_ENDPOINT", NULL);
	EXPECT("OTEL_SERVICE_NAME=shop\0OTEL_LOG_LEVEL=debug", NULL);
}

#define EXPECT_NO_EXPORT(environment)                                 \
	do {                                                          \
		EXPECT(environment "\0OTEL_SERVICE_NAME=shop", NULL); \
		EXPECT_SDK(environment, NULL);                        \
	} while (0)

static void what_is_switched_off_exports_nothing(void **state)
{
	(void)state;
	EXPECT_NO_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_SDK_DISABLED=True");
	EXPECT_NO_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1\0OTEL_TRACES_EXPORTER=none");
	EXPECT_NO_EXPORT("OTEL_TRACES_EXPORTER= NONE ");
	EXPECT_NO_EXPORT("OTEL_TRACES_EXPORTER=otlp\0OTEL_TRACES_SAMPLER=always_off");
}

static void userinfo_is_left_out(void **state)
{
	(void)state;
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://bob:secret@a:1/", "a:1");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=bob:secret@a:1", "a:1");
	EXPECT_EXPORT("OTEL_EXPORTER_OTLP_ENDPOINT=http://bob:se/cret@a:1/", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exporters_are_configured),
		cmocka_unit_test(an_endpoint_alone_proves_nothing),
		cmocka_unit_test(an_sdk_exports_by_default),
		cmocka_unit_test(names_prove_nothing),
		cmocka_unit_test(what_is_switched_off_exports_nothing),
		cmocka_unit_test(userinfo_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
