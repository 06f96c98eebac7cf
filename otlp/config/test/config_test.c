// SPDX-License-Identifier: Apache-2.0
/* What does not concern one signal alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/resource_variables.h"
#include "otlp/config/test/sample.h"

static void test_nothing(void **state)
{
	static const struct config_sample samples[] = {
		READS("", "traces.endpoint=none"),
		READS("", "metrics.endpoint=none"),
		READS("", "traces.encoding=protobuf"),
		READS("", "traces.gzip=0"),
		READS("", "traces.timeout=10000"),
		READS("", "metrics.timeout=10000"),
		READS("", "traces.headers="),
		READS("", "exporters=0 0"),
		READS("", "disabled=0"),
		READS("", "bsp=5000 30000 0 512"),
		READS("", "metric=60000 30000"),
		READS("", "sampler=parent always_on 1"),
		READS("", "limits=128 -1"),
		READS("", "log=none"),
		READS("", "resource="),
		READS("", "service=wirespan"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_batching(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_BSP_SCHEDULE_DELAY=100", "bsp=100 30000 0 512"),
		READS("OTEL_BSP_SCHEDULE_DELAY=0", "bsp=0 30000 0 512"),
		READS("OTEL_BSP_SCHEDULE_DELAY=", "bsp=5000 30000 0 512"),
		READS("OTEL_BSP_SCHEDULE_DELAY= \t", "bsp=5000 30000 0 512"),
		READS("OTEL_BSP_SCHEDULE_DELAY= 100\t", "bsp=100 30000 0 512"),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=-1", "bsp=5000 30000 0 512",
		      "OTEL_BSP_SCHEDULE_DELAY: \"-1\" is not a whole number from 0 to 2147483647"),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=5s", "bsp=5000 30000 0 512", "OTEL_BSP_SCHEDULE_DELAY: "),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=0x10", "bsp=5000 30000 0 512", "OTEL_BSP_SCHEDULE_DELAY: "),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=1.5", "bsp=5000 30000 0 512", "OTEL_BSP_SCHEDULE_DELAY: "),
		READS("OTEL_BSP_SCHEDULE_DELAY=2147483647", "bsp=2147483647 30000 0 512"),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=2147483648", "bsp=5000 30000 0 512", "OTEL_BSP_SCHEDULE_DELAY: "),
		TELLS("OTEL_BSP_SCHEDULE_DELAY=99999999999999999999", "bsp=5000 30000 0 512",
		      "OTEL_BSP_SCHEDULE_DELAY: "),
		READS("OTEL_BSP_EXPORT_TIMEOUT=1", "bsp=5000 1 0 512"),
		READS("OTEL_BSP_EXPORT_TIMEOUT=0", "bsp=5000 0 0 512"),
		TELLS("OTEL_BSP_EXPORT_TIMEOUT=never", "bsp=5000 30000 0 512", "OTEL_BSP_EXPORT_TIMEOUT: \"never\""),
		READS("OTEL_BSP_MAX_QUEUE_SIZE=2048", "bsp=5000 30000 2048 512"),
		READS("OTEL_BSP_MAX_QUEUE_SIZE=4194304", "bsp=5000 30000 4194304 512"),
		TELLS("OTEL_BSP_MAX_QUEUE_SIZE=4194305", "bsp=5000 30000 0 512", "OTEL_BSP_MAX_QUEUE_SIZE: "),
		TELLS("OTEL_BSP_MAX_QUEUE_SIZE=0", "bsp=5000 30000 0 512", "OTEL_BSP_MAX_QUEUE_SIZE: "),
		READS("OTEL_BSP_MAX_QUEUE_SIZE=", "bsp=5000 30000 0 512"),
		READS("OTEL_BSP_MAX_EXPORT_BATCH_SIZE=1", "bsp=5000 30000 0 1"),
		TELLS("OTEL_BSP_MAX_EXPORT_BATCH_SIZE=0", "bsp=5000 30000 0 512", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "),
		READS("OTEL_BSP_MAX_EXPORT_BATCH_SIZE=131072", "bsp=5000 30000 0 131072"),
		TELLS("OTEL_BSP_MAX_EXPORT_BATCH_SIZE=131073", "bsp=5000 30000 0 131072",
		      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE: larger than the queue, which has room for 131072 spans"),
		READS("OTEL_BSP_MAX_QUEUE_SIZE=1000\nOTEL_BSP_MAX_EXPORT_BATCH_SIZE=1000", "bsp=5000 30000 1000 1000"),
		TELLS("OTEL_BSP_MAX_QUEUE_SIZE=1000\nOTEL_BSP_MAX_EXPORT_BATCH_SIZE=1001", "bsp=5000 30000 1000 1000",
		      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE: larger than the queue, which has room for 1000 spans"),
		/* The default is nobody's mistake. */
		READS("OTEL_BSP_MAX_QUEUE_SIZE=100", "bsp=5000 30000 100 100"),
		READS("OTEL_METRIC_EXPORT_INTERVAL=1000\nOTEL_METRIC_EXPORT_TIMEOUT=0", "metric=1000 0"),
		TELLS("OTEL_METRIC_EXPORT_INTERVAL=0", "metric=60000 30000", "OTEL_METRIC_EXPORT_INTERVAL: "),
		READS("OTEL_METRIC_EXPORT_INTERVAL=\nOTEL_METRIC_EXPORT_TIMEOUT=", "metric=60000 30000"),
		TELLS("OTEL_METRIC_EXPORT_TIMEOUT=x", "metric=60000 30000", "OTEL_METRIC_EXPORT_TIMEOUT: "),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_sampler(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_TRACES_SAMPLER=always_on", "sampler=always_on 1"),
		READS("OTEL_TRACES_SAMPLER=always_off", "sampler=always_off 1"),
		READS("OTEL_TRACES_SAMPLER=traceidratio", "sampler=ratio 1"),
		READS("OTEL_TRACES_SAMPLER=parentbased_always_on", "sampler=parent always_on 1"),
		READS("OTEL_TRACES_SAMPLER=parentbased_always_off", "sampler=parent always_off 1"),
		READS("OTEL_TRACES_SAMPLER=parentbased_traceidratio", "sampler=parent ratio 1"),
		READS("OTEL_TRACES_SAMPLER=ParentBased_TraceIdRatio\nOTEL_TRACES_SAMPLER_ARG=0.25",
		      "sampler=parent ratio 0.25"),
		READS("OTEL_TRACES_SAMPLER=", "sampler=parent always_on 1"),
		TELLS("OTEL_TRACES_SAMPLER=jaeger_remote", "sampler=parent always_on 1",
		      "OTEL_TRACES_SAMPLER: \"jaeger_remote\" is not supported; there is: always_on, always_off, "
		      "traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio"),
		TELLS("OTEL_TRACES_SAMPLER=parentbased_jaeger_remote", "sampler=parent always_on 1",
		      "OTEL_TRACES_SAMPLER: \"parentbased_jaeger_remote\" is not supported"),
		TELLS("OTEL_TRACES_SAMPLER=xray", "sampler=parent always_on 1",
		      "OTEL_TRACES_SAMPLER: \"xray\" is not supported"),
		TELLS("OTEL_TRACES_SAMPLER=always", "sampler=parent always_on 1",
		      "OTEL_TRACES_SAMPLER: \"always\" is unknown"),
		READS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=0", "sampler=ratio 0"),
		READS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=1", "sampler=ratio 1"),
		READS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=1e-3", "sampler=ratio 0.001"),
		READS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=.5", "sampler=ratio 0.5"),
		READS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=", "sampler=ratio 1"),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=1.1", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: \"1.1\" is not a number from 0 to 1"),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=-0.1", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: "),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=nan", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: "),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=0x1p-2", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: "),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=10%", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: \"10%\""),
		TELLS("OTEL_TRACES_SAMPLER=traceidratio\nOTEL_TRACES_SAMPLER_ARG=0.1.1", "sampler=ratio 1",
		      "OTEL_TRACES_SAMPLER_ARG: "),
		TELLS("OTEL_TRACES_SAMPLER=always_on\nOTEL_TRACES_SAMPLER_ARG=0.1", "sampler=always_on 1",
		      "OTEL_TRACES_SAMPLER_ARG: of no effect"),
		TELLS("OTEL_TRACES_SAMPLER_ARG=0.1", "sampler=parent always_on 1",
		      "OTEL_TRACES_SAMPLER_ARG: of no effect"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_limits(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_ATTRIBUTE_COUNT_LIMIT=10\nOTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=20", "limits=10 20"),
		READS("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=10\nOTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=0", "limits=10 0"),
		READS("OTEL_ATTRIBUTE_COUNT_LIMIT=10\nOTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=0", "limits=0 -1"),
		READS("OTEL_ATTRIBUTE_COUNT_LIMIT=10\nOTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=", "limits=10 -1"),
		TELLS("OTEL_ATTRIBUTE_COUNT_LIMIT=10\nOTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=few", "limits=10 -1",
		      "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: \"few\""),
		TELLS("OTEL_ATTRIBUTE_COUNT_LIMIT=-1", "limits=128 -1", "OTEL_ATTRIBUTE_COUNT_LIMIT: "),
		READS("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=5\nOTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=7", "limits=128 7"),
		TELLS("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=5 characters", "limits=128 -1",
		      "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "),
		TELLS("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=unlimited", "limits=128 -1",
		      "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: "),
		/* Spans have neither events nor links. */
		READS("OTEL_SPAN_EVENT_COUNT_LIMIT=1\nOTEL_SPAN_LINK_COUNT_LIMIT=\nOTEL_EVENT_ATTRIBUTE_COUNT_LIMIT=1\n"
		      "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT=1",
		      "limits=128 -1"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_resource(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_RESOURCE_ATTRIBUTES=a=b,c=d", "resource=[a: b] [c: d]"),
		READS("OTEL_RESOURCE_ATTRIBUTES= a = b\t, ,,c=", "resource=[a: b] [c: ]"),
		READS("OTEL_RESOURCE_ATTRIBUTES=a%20b=%2C%3d%25%e2%82%ac", "resource=[a b: ,=%\xe2\x82\xac]"),
		READS("OTEL_RESOURCE_ATTRIBUTES=", "resource="),
		READS("OTEL_RESOURCE_ATTRIBUTES=,", "resource="),
		READS("OTEL_RESOURCE_ATTRIBUTES=a=1,b=2,a=3", "resource=[a: 3] [b: 2]"),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=b,s3cret",
		      "resource=", "OTEL_RESOURCE_ATTRIBUTES: left out as a whole: number 2 "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=b,=s3cret",
		      "resource=", "OTEL_RESOURCE_ATTRIBUTES: left out as a whole: number 2 "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=%zz,c=d",
		      "resource=", "OTEL_RESOURCE_ATTRIBUTES: left out as a whole: number 1 "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=b,c=%4", "resource=", "OTEL_RESOURCE_ATTRIBUTES: "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=b=c", "resource=", "OTEL_RESOURCE_ATTRIBUTES: "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=%ff", "resource=", "OTEL_RESOURCE_ATTRIBUTES: "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a=%00", "resource=", "OTEL_RESOURCE_ATTRIBUTES: "),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=a%zz=b", "resource=", "OTEL_RESOURCE_ATTRIBUTES: "),
		READS("OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=shop,c=d", "resource=[a: b] [c: d]"),
		READS("OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=shop,c=d", "service=shop"),
		READS("OTEL_RESOURCE_ATTRIBUTES=service.name=shop\nOTEL_SERVICE_NAME=agent", "service=agent"),
		READS("OTEL_RESOURCE_ATTRIBUTES=service.name=shop\nOTEL_SERVICE_NAME=agent", "resource="),
		READS("OTEL_RESOURCE_ATTRIBUTES=service.name=shop\nOTEL_SERVICE_NAME=", "service=shop"),
		READS("OTEL_RESOURCE_ATTRIBUTES=service.name=", "service=wirespan"),
		TELLS("OTEL_RESOURCE_ATTRIBUTES=service.name=shop,a", "service=wirespan", "OTEL_RESOURCE_ATTRIBUTES: "),
		READS("OTEL_SERVICE_NAME=agent", "service=agent"),
		TELLS("OTEL_SERVICE_NAME=a\xff", "service=wirespan", "OTEL_SERVICE_NAME: not UTF-8"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_resource_maximum(void **state)
{
	char value[CONFIG_VALUE_MAX + 2];
	struct otlp_config config;
	unsigned int problems;
	size_t length = 0;

	(void)state;
	for (int i = 0; i < RESOURCE_ATTRIBUTES_MAX; i++)
		length += (size_t)snprintf(value + length, sizeof(value) - length, "key%d=value,", i);
	assert_int_equal(config_sample_read(&config, "OTEL_RESOURCE_ATTRIBUTES", value, &problems), 0);
	assert_int_equal(config.resource_attribute_count, RESOURCE_ATTRIBUTES_MAX);
	assert_int_equal(problems, 0);
	config_done(&config);
	strcpy(value + length, "one=more");
	assert_int_equal(config_sample_read(&config, "OTEL_RESOURCE_ATTRIBUTES", value, &problems), 0);
	assert_int_equal(config.resource_attribute_count, 0);
	assert_int_equal(problems, 1);
	config_done(&config);

	memset(value, 'x', sizeof(value));
	value[CONFIG_VALUE_MAX + 1] = '\0';
	assert_int_equal(config_sample_read(&config, "OTEL_SERVICE_NAME", value, &problems), 0);
	assert_string_equal(config.service_name, "wirespan");
	assert_int_equal(problems, 1);
	config_done(&config);
	value[CONFIG_VALUE_MAX] = '\0';
	assert_int_equal(config_sample_read(&config, "OTEL_SERVICE_NAME", value, &problems), 0);
	assert_string_equal(config.service_name, value);
	assert_int_equal(problems, 0);
	config_done(&config);
}

static void test_switches(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_SDK_DISABLED=true", "disabled=1"),
		READS("OTEL_SDK_DISABLED=TrUe", "disabled=1"),
		READS("OTEL_SDK_DISABLED=false", "disabled=0"),
		READS("OTEL_SDK_DISABLED=FALSE", "disabled=0"),
		READS("OTEL_SDK_DISABLED=", "disabled=0"),
		TELLS("OTEL_SDK_DISABLED=1", "disabled=0", "OTEL_SDK_DISABLED: \"1\" is neither true nor false"),
		TELLS("OTEL_SDK_DISABLED=yes", "disabled=0", "OTEL_SDK_DISABLED: "),
		READS("OTEL_LOG_LEVEL=Debug", "log=Debug"),
		READS("OTEL_LOG_LEVEL=", "log=none"),
		TELLS("OTEL_CONFIG_FILE=/etc/otel.yaml\nOTEL_LOG_LEVEL=warn", "log=warn",
		      "OTEL_CONFIG_FILE: not supported yet, the OTEL_* variables are used"),
		READS("OTEL_CONFIG_FILE=", NULL),
		READS("OTEL_TRACES_EXPORTER=console", "exporters=2 0"),
		READS("OTEL_TRACES_EXPORTER=none\nOTEL_METRICS_EXPORTER=None", "exporters=4 4"),
		READS("OTEL_TRACES_EXPORTER=otlp, console", "exporters=3 0"),
		READS("OTEL_TRACES_EXPORTER=\nOTEL_METRICS_EXPORTER=,", "exporters=0 0"),
		TELLS("OTEL_TRACES_EXPORTER=console,none", "exporters=2 0", "OTEL_TRACES_EXPORTER: none beside others"),
		TELLS("OTEL_TRACES_EXPORTER=zipkin", "exporters=0 0",
		      "OTEL_TRACES_EXPORTER: \"zipkin\" is not supported; there is: otlp, console, none"),
		TELLS("OTEL_TRACES_EXPORTER=zapkin", "exporters=0 0",
		      "OTEL_TRACES_EXPORTER: \"zapkin\" is unknown; there is: otlp, console, none"),
		TELLS("OTEL_METRICS_EXPORTER=prometheus", "exporters=0 0",
		      "OTEL_METRICS_EXPORTER: \"prometheus\" is not supported; there is: otlp, console, none"),
		TELLS("OTEL_PROPAGATORS=tracecontext,baggage,b3,xray", "exporters=0 0",
		      "OTEL_PROPAGATORS: \"b3\" is not supported; there is: tracecontext, baggage"),
		TELLS("OTEL_PROPAGATORS=smoke", "exporters=0 0", "OTEL_PROPAGATORS: \"smoke\" is unknown"),
		TELLS("OTEL_TRACES_EXPORTER=zipkin,console,jaeger", "exporters=2 0",
		      "OTEL_TRACES_EXPORTER: \"zipkin\""),
		TELLS("OTEL_METRICS_EXPORTER=prometheus,otlp", "exporters=0 1",
		      "OTEL_METRICS_EXPORTER: \"prometheus\""),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

/* What is quoted cannot do harm to who reads it. config_sample_check looks at every problem. */
static void test_quoting(void **state)
{
	static const struct config_sample samples[] = {
		TELLS("OTEL_TRACES_SAMPLER=\x1b[31m\r\x7f", NULL, "OTEL_TRACES_SAMPLER: \"\xef\xbf\xbd[31m"),
		TELLS("OTEL_TRACES_SAMPLER=\xff\xfe", NULL, "OTEL_TRACES_SAMPLER: \"\xef\xbf\xbd\xef\xbf\xbd\""),
		TELLS("OTEL_TRACES_SAMPLER=0123456789012345678901234567890123456789012345678901234567890123456789",
		      NULL, "OTEL_TRACES_SAMPLER: \"01234567890123456789012345678901234567890...\" is unknown"),
		TELLS("OTEL_TRACES_SAMPLER=012345678901234567890123456789012345678\xe2\x82\xac\xe2\x82\xac", NULL,
		      "OTEL_TRACES_SAMPLER: \"012345678901234567890123456789012345678"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),  cmocka_unit_test(test_batching),
		cmocka_unit_test(test_sampler),  cmocka_unit_test(test_limits),
		cmocka_unit_test(test_resource), cmocka_unit_test(test_resource_maximum),
		cmocka_unit_test(test_switches), cmocka_unit_test(test_quoting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
