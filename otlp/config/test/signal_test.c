// SPDX-License-Identifier: Apache-2.0
/* Where requests go, and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "otlp/config/test/sample.h"

#define P "OTEL_EXPORTER_OTLP_"

static void test_base_endpoint(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "ENDPOINT=http://h:4318", "traces.endpoint=http://h:4318/v1/traces"),
		READS(P "ENDPOINT=http://h:4318", "metrics.endpoint=http://h:4318/v1/metrics"),
		READS(P "ENDPOINT=http://h:4318/", "traces.endpoint=http://h:4318/v1/traces"),
		READS(P "ENDPOINT=http://h:4318//", "traces.endpoint=http://h:4318/v1/traces"),
		READS(P "ENDPOINT=https://h/a/b", "traces.endpoint=https://h/a/b/v1/traces"),
		READS(P "ENDPOINT=https://h/a/b/", "metrics.endpoint=https://h/a/b/v1/metrics"),
		READS(P "ENDPOINT=HTTP://h", "traces.endpoint=HTTP://h/v1/traces"),
		READS(P "ENDPOINT=http://[::1]:4318", "traces.endpoint=http://[::1]:4318/v1/traces"),
		READS(P "ENDPOINT=http://h?key=v/w", "traces.endpoint=http://h/v1/traces?key=v/w"),
		READS(P "ENDPOINT=http://h/a/?key=v#part", "traces.endpoint=http://h/a/v1/traces?key=v"),
		READS(P "ENDPOINT=http://user:s3cret@h/a", "traces.endpoint=http://user:s3cret@h/a/v1/traces"),
		READS(P "ENDPOINT= http://h ", "traces.endpoint=http://h/v1/traces"),
		READS(P "ENDPOINT=", "traces.endpoint=none"),
		TELLS(P "ENDPOINT=http://h/v1/traces", "traces.endpoint=http://h/v1/traces/v1/traces",
		      P "ENDPOINT: the path of the signal is added to this, though it has one already"),
		TELLS(P "ENDPOINT=http://h/v1/metrics/", "traces.endpoint=http://h/v1/metrics/v1/traces",
		      P "ENDPOINT: "),
		READS(P "ENDPOINT=http://h/av1/traces", "traces.endpoint=http://h/av1/traces/v1/traces"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_signal_endpoint(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "TRACES_ENDPOINT=http://h:1/any", "traces.endpoint=http://h:1/any"),
		READS(P "TRACES_ENDPOINT=http://h:1/any/", "traces.endpoint=http://h:1/any/"),
		READS(P "TRACES_ENDPOINT=http://h:1", "traces.endpoint=http://h:1/"),
		READS(P "TRACES_ENDPOINT=http://h:1?a=b", "traces.endpoint=http://h:1/?a=b"),
		READS(P "TRACES_ENDPOINT=http://h:1/any", "metrics.endpoint=none"),
		READS(P "METRICS_ENDPOINT=http://h/m", "metrics.endpoint=http://h/m"),
		READS(P "METRICS_ENDPOINT=http://h/m", "traces.endpoint=none"),
		READS(P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=http://h/t", "traces.endpoint=http://h/t"),
		READS(P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=http://h/t", "metrics.endpoint=http://g/v1/metrics"),
		READS(P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=", "traces.endpoint=http://g/v1/traces"),
		READS("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://h/v1/traces", "traces.endpoint=http://h/v1/traces"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

#define LONG_DIRECTORY "/123456789012345678901234567890123456789012345678"

static void test_unix_endpoint(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "ENDPOINT=unix:/run/c.sock", "traces.endpoint=unix:/run/c.sock"),
		READS(P "ENDPOINT=unix:///run/c.sock", "metrics.endpoint=unix:/run/c.sock"),
		READS(P "TRACES_ENDPOINT=UNIX:/run/a b", "traces.endpoint=unix:/run/a b"),
		READS(P "ENDPOINT=unix:" LONG_DIRECTORY LONG_DIRECTORY "/12345678",
		      "traces.endpoint=unix:" LONG_DIRECTORY LONG_DIRECTORY "/12345678"),
		REFUSES(P "ENDPOINT=unix:" LONG_DIRECTORY LONG_DIRECTORY "/123456789", "traces.endpoint=none",
			P "ENDPOINT: the path is longer than that of a socket can be"),
		REFUSES(P "ENDPOINT=unix:run/c.sock", "traces.endpoint=none", P "ENDPOINT: no absolute path"),
		REFUSES(P "ENDPOINT=unix://run/c.sock", "traces.endpoint=none", P "ENDPOINT: no absolute path"),
		REFUSES(P "ENDPOINT=unix:", "traces.endpoint=none", P "ENDPOINT: no absolute path"),
		REFUSES(P "ENDPOINT=unix:/", "traces.endpoint=none", P "ENDPOINT: no absolute path"),
		REFUSES(P "ENDPOINT=unix:@abstract", "traces.endpoint=none", P "ENDPOINT: no absolute path"),
		REFUSES(P "ENDPOINT=unix:/run/\x01", "traces.endpoint=none", P "ENDPOINT: "),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_bad_endpoint(void **state)
{
	static const struct config_sample samples[] = {
		REFUSES(P "ENDPOINT=localhost:4318", "traces.endpoint=none", P "ENDPOINT: no URL with http://"),
		REFUSES(P "ENDPOINT=user:s3cret@h:4318", "traces.endpoint=none", P "ENDPOINT: no URL"),
		REFUSES(P "ENDPOINT=s3cret://h:4318", "traces.endpoint=none", P "ENDPOINT: no URL"),
		REFUSES(P "ENDPOINT=ftp://s3cret@h", "traces.endpoint=none", P "ENDPOINT: no URL"),
		REFUSES(P "ENDPOINT=http:/h", "traces.endpoint=none", P "ENDPOINT: no URL"),
		REFUSES(P "ENDPOINT=http://", "traces.endpoint=none", P "ENDPOINT: no host in the URL"),
		REFUSES(P "ENDPOINT=http:///s3cret", "traces.endpoint=none", P "ENDPOINT: no host in the URL"),
		REFUSES(P "ENDPOINT=http://:4318", "traces.endpoint=none", P "ENDPOINT: no host in the URL"),
		REFUSES(P "ENDPOINT=http://u:s3cret@h:99999", "traces.endpoint=none", P "ENDPOINT: the port"),
		REFUSES(P "ENDPOINT=http://u:s3cret@h:port", "traces.endpoint=none", P "ENDPOINT: the port"),
		REFUSES(P "ENDPOINT=http://u:s3cret@[::1", "traces.endpoint=none", P "ENDPOINT: malformed URL"),
		REFUSES(P "ENDPOINT=http://u:s3cret@h h", "traces.endpoint=none", P "ENDPOINT: no URL"),
		REFUSES(P "ENDPOINT=http://h/a\rb", "traces.endpoint=none", P "ENDPOINT: too long, or control"),
		/* Never somewhere else instead. */
		REFUSES(P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=h:1", "traces.endpoint=none", P "TRACES_ENDPOINT: "),
		REFUSES(P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=h:1", "metrics.endpoint=http://g/v1/metrics",
			P "TRACES_ENDPOINT: "),
		REFUSES(P "ENDPOINT=h:1\n" P "TRACES_ENDPOINT=http://h", "traces.endpoint=http://h/", P "ENDPOINT: "),
		/* Unless nothing is to go anywhere. */
		TELLS(P "ENDPOINT=h:1\nOTEL_SDK_DISABLED=true", "disabled=1", P "ENDPOINT: "),
		READS(P "ENDPOINT=h:1\nOTEL_TRACES_EXPORTER=none\nOTEL_METRICS_EXPORTER=console",
		      "traces.endpoint=none"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_option(void **state)
{
	static const struct config_sample samples[] = {
		{ .environment = P "ENDPOINT=http://g\n" P "TRACES_ENDPOINT=http://t/t",
		  .endpoint = "https://h/a",
		  .expected = "traces.endpoint=https://h/a/v1/traces" },
		{ .environment = P "METRICS_ENDPOINT=http://t/t",
		  .endpoint = "unix:/run/c",
		  .expected = "metrics.endpoint=unix:/run/c" },
		{ .environment = P "ENDPOINT=http://g",
		  .endpoint = "",
		  .expected = "traces.endpoint=none",
		  .problem = "--endpoint: no URL",
		  .result = -EINVAL },
		{ .environment = P "PROTOCOL=grpc",
		  .endpoint = "http://h:4317",
		  .expected = "traces.endpoint=none",
		  .problem = P "PROTOCOL: \"grpc\" is not supported",
		  .result = -EINVAL },
		{ .environment = "OTEL_TRACES_EXPORTER=console",
		  .endpoint = "http://h",
		  .expected = "traces.endpoint=none",
		  .problem = "--endpoint: no traces go there" },
		{ .environment = "OTEL_METRICS_EXPORTER=none",
		  .endpoint = "http://h",
		  .expected = "metrics.endpoint=none" },
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_default_endpoint(void **state)
{
	static const struct config_sample samples[] = {
		READS("OTEL_TRACES_EXPORTER=otlp", "traces.endpoint=http://localhost:4318/v1/traces"),
		READS("OTEL_TRACES_EXPORTER=otlp", "metrics.endpoint=none"),
		READS("OTEL_METRICS_EXPORTER=otlp", "metrics.endpoint=http://localhost:4318/v1/metrics"),
		READS("OTEL_TRACES_EXPORTER=otlp,console\n" P "ENDPOINT=http://h",
		      "traces.endpoint=http://h/v1/traces"),
		READS("OTEL_TRACES_EXPORTER=none\n" P "ENDPOINT=http://h", "traces.endpoint=none"),
		READS("OTEL_TRACES_EXPORTER=none\n" P "ENDPOINT=http://h", "metrics.endpoint=http://h/v1/metrics"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_protocol(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "PROTOCOL=http/protobuf", "traces.encoding=protobuf"),
		READS(P "PROTOCOL=HTTP/JSON", "traces.encoding=json"),
		READS(P "PROTOCOL=http/json", "metrics.encoding=json"),
		READS(P "PROTOCOL=http/json\n" P "TRACES_PROTOCOL=http/protobuf", "traces.encoding=protobuf"),
		READS(P "PROTOCOL=http/json\n" P "TRACES_PROTOCOL=http/protobuf", "metrics.encoding=json"),
		READS(P "PROTOCOL=http/json\n" P "TRACES_PROTOCOL=", "traces.encoding=json"),
		TELLS(P "PROTOCOL=http/json\n" P "METRICS_PROTOCOL=http", "metrics.encoding=json",
		      P "METRICS_PROTOCOL: \"http\" is unknown; there is: http/protobuf, http/json"),
		TELLS(P "PROTOCOL=http/xml", "traces.encoding=protobuf", P "PROTOCOL: \"http/xml\" is unknown"),
		TELLS(P "PROTOCOL=grpc", "traces.endpoint=none", P "PROTOCOL: \"grpc\" is not supported"),
		REFUSES(P "PROTOCOL=gRPC\n" P "ENDPOINT=http://h", "traces.endpoint=none",
			P "PROTOCOL: \"gRPC\" is not"),
		REFUSES(P "PROTOCOL=grpc\n" P "ENDPOINT=h:4317", "metrics.endpoint=none", P "PROTOCOL: "),
		REFUSES(P "PROTOCOL=grpc\nOTEL_TRACES_EXPORTER=otlp", "traces.endpoint=none", P "PROTOCOL: "),
		REFUSES(P "TRACES_PROTOCOL=grpc\n" P "ENDPOINT=http://h", "traces.endpoint=none",
			P "TRACES_PROTOCOL: "),
		REFUSES(P "TRACES_PROTOCOL=grpc\n" P "ENDPOINT=http://h", "metrics.endpoint=http://h/v1/metrics",
			P "TRACES_PROTOCOL: "),
		TELLS(P "METRICS_PROTOCOL=grpc\n" P "TRACES_ENDPOINT=http://h", "traces.endpoint=http://h/",
		      P "METRICS_PROTOCOL: "),
		TELLS(P "PROTOCOL=grpc\n" P "ENDPOINT=h:4317\nOTEL_TRACES_EXPORTER=none\nOTEL_METRICS_EXPORTER=none",
		      NULL, P "PROTOCOL: "),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_transport(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "TIMEOUT=1500", "metrics.timeout=1500"),
		READS(P "TIMEOUT=0", "traces.timeout=0"),
		READS(P "TIMEOUT=1\n" P "TRACES_TIMEOUT=2", "traces.timeout=2"),
		READS(P "TIMEOUT=1\n" P "TRACES_TIMEOUT=2", "metrics.timeout=1"),
		READS(P "TIMEOUT=1\n" P "TRACES_TIMEOUT=", "traces.timeout=1"),
		TELLS(P "TIMEOUT=10s", "traces.timeout=10000", P "TIMEOUT: \"10s\""),
		TELLS(P "TIMEOUT=-1", "metrics.timeout=10000", P "TIMEOUT: "),
		TELLS(P "TIMEOUT=1\n" P "METRICS_TIMEOUT=x", "metrics.timeout=1", P "METRICS_TIMEOUT: "),
		READS(P "COMPRESSION=gzip", "traces.gzip=1"),
		READS(P "COMPRESSION=GZIP\n" P "METRICS_COMPRESSION=none", "metrics.gzip=0"),
		READS(P "COMPRESSION=GZIP\n" P "METRICS_COMPRESSION=none", "traces.gzip=1"),
		READS(P "COMPRESSION=", "traces.gzip=0"),
		TELLS(P "COMPRESSION=zstd", "traces.gzip=0",
		      P "COMPRESSION: \"zstd\" is unknown; there is: none, gzip"),
		TELLS(P "COMPRESSION=gzip\n" P "TRACES_COMPRESSION=deflate", "traces.gzip=1", P "TRACES_COMPRESSION: "),
		READS(P "INSECURE=true\n" P "TRACES_INSECURE=maybe", "traces.endpoint=none"),
		READS(P "METRICS_TEMPORALITY_PREFERENCE=Cumulative", NULL),
		READS(P "METRICS_TEMPORALITY_PREFERENCE=", NULL),
		TELLS(P "METRICS_TEMPORALITY_PREFERENCE=delta", NULL,
		      P "METRICS_TEMPORALITY_PREFERENCE: \"delta\" is not supported; there is: cumulative"),
		TELLS(P "METRICS_TEMPORALITY_PREFERENCE=lowmemory", NULL, P "METRICS_TEMPORALITY_PREFERENCE: "),
		TELLS(P "METRICS_TEMPORALITY_PREFERENCE=x", NULL, P "METRICS_TEMPORALITY_PREFERENCE: "),
		READS(P "METRICS_DEFAULT_HISTOGRAM_AGGREGATION=explicit_bucket_histogram", NULL),
		TELLS(P "METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram", NULL,
		      P "METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

static void test_headers(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "HEADERS=api-key=s3cret", "traces.headers=[api-key: s3cret]"),
		READS(P "HEADERS=a=b,c=d", "metrics.headers=[a: b] [c: d]"),
		READS(P "HEADERS= a = b ,,\tc = d\t,", "traces.headers=[a: b] [c: d]"),
		READS(P "HEADERS=a=b%20c%2C%3d%E2%82%AC", "traces.headers=[a: b c,=\xe2\x82\xac]"),
		READS(P "HEADERS=Authorization=Basic dTpw==", "traces.headers=[Authorization: Basic dTpw==]"),
		READS(P "HEADERS=a=", "traces.headers=[a: ]"),
		READS(P "HEADERS=a=1,b=2,A=3", "traces.headers=[A: 3] [b: 2]"),
		READS(P "HEADERS=!#$%&'*+-.^_`|~09azAZ=v", "traces.headers=[!#$%&'*+-.^_`|~09azAZ: v]"),
		READS(P "HEADERS=Host=h,User-Agent=me", "traces.headers=[Host: h] [User-Agent: me]"),
		READS(P "HEADERS=", "traces.headers="),
		READS(P "HEADERS=a=b\n" P "TRACES_HEADERS=c=d", "traces.headers=[c: d]"),
		READS(P "HEADERS=a=b\n" P "TRACES_HEADERS=c=d", "metrics.headers=[a: b]"),
		READS(P "HEADERS=a=b\n" P "TRACES_HEADERS=", "traces.headers=[a: b]"),
		TELLS(P "HEADERS=a=b,s3cret,c=d,x y=s3cret", "traces.headers=[a: b] [c: d]",
		      P "HEADERS: 2 of 4 headers left out; the first, number 2, because it is not NAME=VALUE"),
		TELLS(P "HEADERS==s3cret",
		      "traces.headers=", P "HEADERS: 1 of 1 headers left out; the first, number 1, "),
		TELLS(P "HEADERS=a b=s3cret", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=a:b=s3cret", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=\xc3\xa4=s3cret", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=a=s3cret%", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=a=s3cret%4", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=a=s3cret%zz", "traces.headers=", P "HEADERS: 1 of 1 headers left out"),
		TELLS(P "HEADERS=a=b;s3cret=1", "traces.headers=",
		      P "HEADERS: 1 of 1 headers left out; the first, number 1, "
			"because properties after ';' are not supported"),
		TELLS(P "HEADERS=a=s3cret%0d%0aX: y", "traces.headers=",
		      P "HEADERS: 1 of 1 headers left out; the first, number 1, because its value has control"),
		TELLS(P "HEADERS=a=s3cret%0AX", "traces.headers=", P "HEADERS: "),
		TELLS(P "HEADERS=a=s3cret%00", "traces.headers=", P "HEADERS: "),
		TELLS(P "HEADERS=a=s3cret%7f", "traces.headers=", P "HEADERS: "),
		TELLS(P "HEADERS=a%0d%0aX=s3cret", "traces.headers=[a%0d%0aX: s3cret]", NULL),
		TELLS(P "HEADERS=content-LENGTH=5,a=b", "traces.headers=[a: b]",
		      P "HEADERS: 1 of 2 headers left out; the first, number 1, because the exporter sets that"),
		TELLS(P "HEADERS=a=b\n" P "TRACES_HEADERS=c", "traces.headers=", P "TRACES_HEADERS: 1 of 1"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

/* As they are in the environment, not encoded. */
static void test_header_injection(void **state)
{
	static const char *const values[] = { "a=b\r\nX: y", "a=b\nX: y", "a\r\nX=y", "a\n=y", "a=b\x7f", "a=b\x1b[m" };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct otlp_config config;
		unsigned int problems;

		assert_int_equal(config_sample_read(&config, P "HEADERS", values[i], &problems), 0);
		assert_int_equal(config.signals[OTLP_TRACES].header_count, 0);
		assert_int_equal(config.signals[OTLP_METRICS].header_count, 0);
		assert_int_equal(problems, 1);
		config_done(&config);
	}
}

static void test_header_maximum(void **state)
{
	struct otlp_config config;
	unsigned int problems;
	char value[CONFIG_HEADERS_MAX * 16];
	size_t length = 0;

	(void)state;
	for (int i = 0; i < CONFIG_HEADERS_MAX; i++)
		length += (size_t)snprintf(value + length, sizeof(value) - length, "name%d=v,", i);
	assert_int_equal(config_sample_read(&config, P "HEADERS", value, &problems), 0);
	assert_int_equal(config.signals[OTLP_TRACES].header_count, CONFIG_HEADERS_MAX);
	assert_int_equal(problems, 0);
	config_done(&config);
	snprintf(value + length, sizeof(value) - length, "more=v");
	assert_int_equal(config_sample_read(&config, P "HEADERS", value, &problems), 0);
	assert_int_equal(config.signals[OTLP_TRACES].header_count, CONFIG_HEADERS_MAX);
	assert_int_equal(problems, 1);
	config_done(&config);
}

static void test_files(void **state)
{
	static const struct config_sample samples[] = {
		READS(P "CERTIFICATE=/dev/null", "traces.ca=/dev/null"),
		READS(P "CERTIFICATE=/dev/null\n" P "METRICS_CERTIFICATE=/dev/zero", "metrics.ca=/dev/zero"),
		READS(P "CERTIFICATE=/dev/null\n" P "METRICS_CERTIFICATE=/dev/zero", "traces.ca=/dev/null"),
		READS(P "CERTIFICATE=", "traces.ca=none"),
		TELLS(P "CERTIFICATE=/nowhere/ca.pem", "traces.ca=/nowhere/ca.pem",
		      P "CERTIFICATE: the file cannot be read: No such file or directory"),
		TELLS(P "TRACES_CERTIFICATE=/", "traces.ca=/",
		      P "TRACES_CERTIFICATE: the file cannot be read: Is a directory"),
		READS(P "CLIENT_CERTIFICATE=/dev/null", "traces.client_certificate=/dev/null"),
		READS(P "CLIENT_CERTIFICATE=/dev/null\n" P "CLIENT_KEY=/dev/zero", "metrics.client_key=/dev/zero"),
		TELLS(P "CLIENT_CERTIFICATE=/dev/null\n" P "CLIENT_KEY=/nowhere", "metrics.client_key=/nowhere",
		      P "CLIENT_KEY: the file cannot be read"),
		READS(P "CLIENT_CERTIFICATE=\n" P "CLIENT_KEY=", "metrics.client_key=none"),
		TELLS(P "TRACES_CLIENT_KEY=/dev/null", "traces.client_key=/dev/null",
		      P "TRACES_CLIENT_CERTIFICATE: not set, nor for all signals"),
		READS(P "TRACES_CLIENT_KEY=/dev/null\n" P "CLIENT_CERTIFICATE=/dev/null",
		      "traces.client_key=/dev/null"),
	};

	(void)state;
	CONFIG_SAMPLES_CHECK(samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_endpoint),  cmocka_unit_test(test_signal_endpoint),
		cmocka_unit_test(test_unix_endpoint),  cmocka_unit_test(test_bad_endpoint),
		cmocka_unit_test(test_option),         cmocka_unit_test(test_default_endpoint),
		cmocka_unit_test(test_protocol),       cmocka_unit_test(test_transport),
		cmocka_unit_test(test_headers),        cmocka_unit_test(test_header_injection),
		cmocka_unit_test(test_header_maximum), cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
