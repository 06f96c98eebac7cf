// SPDX-License-Identifier: Apache-2.0
/* Linked with --wrap: every allocation fails once, each in a run of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "otlp/config/test/sample.h"

static size_t allocations;
static size_t failing; /* 1: the first; 0: none */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
	return ++allocations == failing ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return ++allocations == failing ? NULL : __real_calloc(count, size);
}

static const char *const variables[][2] = {
	{ "OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318" },
	{ "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "unix:///run/c.sock" },
	{ "OTEL_EXPORTER_OTLP_HEADERS", "a=b,c=d,a=e,bad,f=%zz" },
	{ "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "g=h" },
	{ "OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null" },
	{ "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/dev/zero" },
	{ "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/dev/null" },
	{ "OTEL_EXPORTER_OTLP_CLIENT_KEY", "/dev/null" },
	{ "OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=shop,c=d" },
	{ "OTEL_SERVICE_NAME", "agent" },
	{ "OTEL_LOG_LEVEL", "debug" },
};

static const char *lookup(void *context, const char *name)
{
	(void)context;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (!strcmp(variables[i][0], name))
			return variables[i][1];
	}
	return NULL;
}

static void test_failing_allocations(void **state)
{
	struct config_source source = { .lookup = lookup };
	struct otlp_config config;
	size_t all;

	(void)state;
	allocations = 0;
	assert_int_equal(config_read(&config, &source, NULL), 0);
	assert_string_equal(config.signals[OTLP_TRACES].endpoint, "http://h:4318/v1/traces");
	config_done(&config);
	all = allocations;
	assert_true(all > sizeof(variables) / sizeof(variables[0]));
	for (size_t i = 1; i <= all; i++) {
		int result;

		allocations = 0;
		failing = i;
		result = config_read(&config, &source, NULL);
		failing = 0;
		assert_int_equal(result, -ENOMEM);
		config_done(&config);
	}
}

/* Also twice, and of one that says nothing. */
static void test_done(void **state)
{
	struct config_source source = { .lookup = lookup };
	struct otlp_config config;

	(void)state;
	assert_int_equal(config_read(&config, &source, "no URL"), -EINVAL);
	config_done(&config);
	config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failing_allocations),
		cmocka_unit_test(test_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
