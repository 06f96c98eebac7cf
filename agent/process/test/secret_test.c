// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/process/secret.h"
#include "base/test/guard.h"

static void check(const char *before, const char *after, size_t length)
{
	char *copy = guard_copy(before, length);

	secret_hide(copy, length);
	assert_memory_equal(copy, after, length);
	guard_free(copy, length);
}

#define CHECK(before, after) check(before, after, sizeof(before) - 1)

static void values_of_headers_are_hidden(void **state)
{
	(void)state;
	CHECK("OTEL_EXPORTER_OTLP_HEADERS=api-key=1\0", "OTEL_EXPORTER_OTLP_HEADERS=*********\0");
	CHECK("OTEL_A=b\0OTEL_EXPORTER_OTLP_TRACES_HEADERS=k=v\0OTEL_C=d\0",
	      "OTEL_A=b\0OTEL_EXPORTER_OTLP_TRACES_HEADERS=***\0OTEL_C=d\0");
}

static void a_cut_value_is_hidden(void **state)
{
	(void)state;
	CHECK("OTEL_EXPORTER_OTLP_HEADERS=ap", "OTEL_EXPORTER_OTLP_HEADERS=**");
}

static void the_rest_stays(void **state)
{
	(void)state;
	CHECK("OTEL_SERVICE_NAME=_HEADERS=x\0OTEL_EXPORTER_OTLP_HEADERS\0\0=\0", "OTEL_SERVICE_NAME=_HEADERS=x\0OTEL_EXPORTER_OTLP_HEADERS\0\0=\0");
	CHECK("OTEL_EXPORTER_OTLP_HEADERS=\0", "OTEL_EXPORTER_OTLP_HEADERS=\0");
	check("", "", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_headers_are_hidden),
		cmocka_unit_test(a_cut_value_is_hidden),
		cmocka_unit_test(the_rest_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
