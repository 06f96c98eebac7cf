// SPDX-License-Identifier: Apache-2.0
#include "agent/process/sdk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* "|" ends a string. */
static char *join(const char *text)
{
	char *copy = guard_copy(text, strlen(text));

	for (size_t i = 0; i < strlen(text); i++)
		if (copy[i] == '|')
			copy[i] = '\0';
	return copy;
}

static void expect(bool expected, const char *executable, const char *arguments, const char *environment)
{
	char *joined_arguments = join(arguments), *joined_environment = join(environment);
	bool starts = sdk_is_started(slice_of_string(executable), slice_of(joined_arguments, strlen(arguments)),
				     slice_of(joined_environment, strlen(environment)));

	if (starts != expected)
		fail_msg("%s %s (%s): %d", executable, arguments, environment, starts);
	guard_free(joined_arguments, strlen(arguments));
	guard_free(joined_environment, strlen(environment));
}

#define STARTS(...) expect(true, __VA_ARGS__)
#define STARTS_NONE(...) expect(false, __VA_ARGS__)

static void python(void **state)
{
	const char *injected =
		"PATH=/bin|PYTHONPATH=/x/site-packages/opentelemetry/instrumentation/auto_instrumentation:/y|";

	(void)state;
	STARTS("/usr/bin/python3.11", "python3|app.py|", injected);
	STARTS("/usr/local/bin/python3.12", "python3|app.py|", "PYTHONPATH=/otel-auto-instrumentation-python|");
	STARTS("/usr/bin/python3", "python3|/usr/bin/opentelemetry-instrument|python|app.py|", "");
	STARTS("/usr/bin/python3", "python3|-m|opentelemetry.instrumentation.auto_instrumentation|app.py|", "");
	STARTS_NONE("/usr/bin/python3", "python3|app.py|opentelemetry-instrument|", "");
	STARTS_NONE("/usr/bin/python3", "python3|-m|opentelemetry_demo|", "");
	STARTS_NONE("/usr/bin/python3", "python3|app.py|", "PYTHONPATH=/srv/opentelemetry/lib|NODE_OPTIONS=-r otel|");
	/* What a child inherits starts nothing in it. */
	STARTS_NONE("/usr/bin/curl", "curl|http://a|", injected);
	STARTS_NONE("/opt/shop/shopd", "shopd|", injected);
}

static void node(void **state)
{
	(void)state;
	STARTS("/usr/bin/node", "node|app.js|",
	       "NODE_OPTIONS=--require @opentelemetry/auto-instrumentations-node/register|");
	STARTS("/usr/bin/node", "node|app.js|",
	       "NODE_OPTIONS=--max-http-header-size=1 --import=/otel-auto-instrumentation/x.js|");
	STARTS("/usr/bin/node", "node|--require|@opentelemetry/auto-instrumentations-node/register|app.js|", "");
	STARTS("/usr/bin/node", "node|-r|./otel.js|app.js|", "");
	/* A usual name, where OpenTelemetry is configured. */
	STARTS("/usr/bin/node", "node|--import|./instrumentation.mjs|app.js|", "OTEL_LOG_LEVEL=info|");
	STARTS("/usr/bin/nodejs", "node|--require=./tracing.js|app.js|", "OTEL_EXPORTER_OTLP_ENDPOINT=http://a:1|");
	STARTS_NONE("/usr/bin/node", "node|--import|./instrumentation.mjs|app.js|", "");
	STARTS_NONE("/usr/bin/node", "node|app.js|--require|@opentelemetry/x|", "");
	STARTS_NONE("/usr/bin/node", "node|--require|./hotel.js|app.js|", "OTEL_LOG_LEVEL=info|");
	STARTS_NONE("/usr/bin/node", "node|--require|", "NODE_OPTIONS=|NODE_OPTIONS|");
}

static void java(void **state)
{
	(void)state;
	STARTS("/usr/bin/java", "java|-Xmx1g|-javaagent:/opt/opentelemetry-javaagent.jar=x=y|-jar|shop.jar|", "");
	STARTS("/usr/bin/java", "java|-jar|shop.jar|", "JAVA_TOOL_OPTIONS=-Xmx1g -javaagent:/otel.jar|");
	STARTS("/usr/bin/java", "java|-jar|shop.jar|", "JDK_JAVA_OPTIONS=-javaagent:/splunk-otel-javaagent.jar|");
	STARTS_NONE("/usr/bin/java", "java|-javaagent:/opt/hotel/agent.jar|-jar|shop.jar|", "");
	STARTS_NONE("/usr/bin/java", "java|-jar|shop.jar|", "JAVA_TOOL_OPTIONS=-Dotel.service.name=shop|");
	STARTS_NONE("/usr/bin/java", "java|-javaagent:/otel.jar|-Dotel.javaagent.enabled=false|-jar|shop.jar|", "");
	STARTS_NONE("/usr/bin/java", "java|-jar|shop.jar|", "XJAVA_TOOL_OPTIONS=-javaagent:/otel.jar|");
}

static void others(void **state)
{
	(void)state;
	STARTS("/usr/bin/ruby3.1", "ruby|web.rb|", "RUBYOPT=-W0 -r opentelemetry-auto-instrumentation|");
	STARTS("/usr/bin/ruby3.1", "ruby|-ropentelemetry-auto-instrumentation|web.rb|", "");
	STARTS("/usr/sbin/php-fpm8.2", "php-fpm: pool www|", "OTEL_PHP_AUTOLOAD_ENABLED=true|");
	STARTS_NONE("/usr/sbin/php-fpm8.2", "php-fpm: pool www|", "OTEL_PHP_AUTOLOAD_ENABLED=false|");
	STARTS("/usr/lib/dotnet/dotnet", "dotnet|shop.dll|",
	       "DOTNET_STARTUP_HOOKS=/x/OpenTelemetry.AutoInstrumentation.dll|");
	STARTS("/app/Shop", "Shop|", "CORECLR_PROFILER={918728dd-259f-4a6a-ac2b-b85e1b658318}|");
	STARTS_NONE("/app/Shop", "Shop|", "CORECLR_PROFILER={846F5F1C-F9AE-4B07-969E-05C26BC060D8}|");
	STARTS_NONE("/usr/bin/curl", "curl|", "CORECLR_PROFILER={918728DD-259F-4A6A-AC2B-B85E1B658318}|");
	STARTS("/usr/bin/java", "java|", "LD_PRELOAD=/usr/lib/opentelemetry/libotelinject.so|");
	STARTS_NONE("/usr/sbin/nginx", "nginx|", "LD_PRELOAD=/usr/lib/opentelemetry/libotelinject.so|");
	STARTS_NONE("", "", "");
	STARTS_NONE("/", "||", "||=|");
}

/* Taken time for each module in proportion to all variables, this would not end before the test must. */
static void many_modules_and_variables(void **state)
{
	static const char modules[] = "NODE_OPTIONS=", module[] = "-r tracing ", variable[] = "A=";
	const size_t size = 8 << 20;
	char *environment = calloc(1, size);
	size_t at = sizeof(modules) - 1;

	(void)state;
	assert_non_null(environment);
	memcpy(environment, modules, at);
	for (; at < size / 2; at += sizeof(module) - 1)
		memcpy(environment + at, module, sizeof(module) - 1);
	for (at++; at + sizeof(variable) <= size; at += sizeof(variable))
		memcpy(environment + at, variable, sizeof(variable));
	assert_false(sdk_is_started(SLICE_LITERAL("/usr/bin/node"), SLICE_LITERAL("node\0x"),
				    slice_of(environment, size)));
	memcpy(environment + size - 8, "\0OTEL_A=", 8);
	assert_true(sdk_is_started(SLICE_LITERAL("/usr/bin/node"), SLICE_LITERAL("node\0x"),
				   slice_of(environment, size)));
	free(environment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python),
		cmocka_unit_test(node),
		cmocka_unit_test(java),
		cmocka_unit_test(others),
		cmocka_unit_test(many_modules_and_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
