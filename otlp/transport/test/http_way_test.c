// SPDX-License-Identifier: Apache-2.0
/* How requests travel: what is sent, and over which connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#include "otlp/encode/batch.h"
#include "otlp/transport/test/http_fixture.h"

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static const struct http_server_answer ok[] = { HTTP_SERVER_ANSWER(OK_ANSWER, HTTP_SERVER_KEEP) };

static void assert_delivered(struct transport_answer answer)
{
	assert_string_equal(answer.cause, "HTTP 200");
	assert_int_equal(answer.verdict, TRANSPORT_DELIVERED);
}

static void assert_header(struct http_fixture *fixture, unsigned int request, const char *name, const char *expected)
{
	struct slice value = fixture_header(http_server_request(fixture->server, request).head, name);

	if (!slice_equal(value, slice_of_string(expected)))
		fail_msg("request %u, header %s: \"%.*s\" where \"%s\" was expected", request, name, (int)value.length,
			 value.data, expected);
}

static void test_what_is_sent(void **state)
{
	struct config_header headers[] = { { (char *)"X-Scope-OrgID", (char *)"tenant 1" },
					   { (char *)"api-key", (char *)"s3cr3t-value" },
					   { (char *)"Empty", (char *)"" } };
	struct http_fixture fixture = { .config.signals[OTLP_TRACES] = { .headers = headers, .header_count = 3 } };
	const struct transport_request json = { .encoding = OTLP_JSON, .body = SLICE_LITERAL("{}") };
	struct http_server_request request;

	(void)state;
	FIXTURE_START(&fixture, ok);
	assert_delivered(fixture_exchange(&fixture));
	assert_delivered(fixture_send(&fixture, &json));
	request = http_server_request(fixture.server, 0);
	assert_true(slice_starts_with(request.head, SLICE_LITERAL("POST /v1/traces HTTP/1.1\r\n")));
	assert_true(slice_equal(request.body, SLICE_LITERAL("\x0a\x00")));
	assert_header(&fixture, 0, "Content-Type", "application/x-protobuf");
	assert_header(&fixture, 0, "Content-Length", "2");
	assert_header(&fixture, 0, "Content-Encoding", "");
	assert_header(&fixture, 0, "Accept-Encoding", "gzip");
	assert_header(&fixture, 0, "User-Agent", "wirespan/1.2.3 OTel-OTLP-Exporter-C/1.2.3");
	assert_header(&fixture, 0, "X-Scope-OrgID", "tenant 1");
	assert_header(&fixture, 0, "api-key", "s3cr3t-value");
	assert_non_null(memmem(request.head.data, request.head.length, "\r\nEmpty:", 8));
	assert_header(&fixture, 1, "Content-Type", "application/json");
	assert_header(&fixture, 1, "X-Scope-OrgID", "tenant 1");
	fixture_stop(&fixture);
}

static void test_user_agent_may_be_replaced(void **state)
{
	struct config_header header = { (char *)"user-agent", (char *)"mine/1" };
	struct http_fixture fixture = { .config.signals[OTLP_TRACES] = { .headers = &header, .header_count = 1 } };

	(void)state;
	FIXTURE_START(&fixture, ok);
	assert_delivered(fixture_exchange(&fixture));
	assert_header(&fixture, 0, "User-Agent", "mine/1");
	fixture_stop(&fixture);
}

static void test_large_gzip_body(void **state)
{
	size_t size = OTLP_REQUEST_SIZE_TARGET;
	char *body = malloc(size), *unpacked = malloc(size);
	struct http_fixture fixture = { 0 };
	struct http_server_request request;
	struct batch *batch;
	uint32_t random = 1;
	z_stream stream = { 0 };

	(void)state;
	/* Hard to compress: more than 1 MiB is left, for which curl by itself would ask leave. */
	for (size_t i = 0; i < size; i++)
		body[i] = (char)((random = random * 1664525 + 1013904223) >> 24);
	batch = batch_new(OTLP_TRACES, OTLP_PROTOBUF, true, 1, slice_of(body, size));
	assert_non_null(batch);
	FIXTURE_START(&fixture, ok);
	assert_delivered(fixture_send(
		&fixture, &(struct transport_request){ .gzip = true, .body = slice_of(batch->body, batch->length) }));
	request = http_server_request(fixture.server, 0);
	assert_header(&fixture, 0, "Content-Encoding", "gzip");
	assert_header(&fixture, 0, "Expect", "");
	assert_int_equal(request.body.length, batch->length);
	stream = (z_stream){ .next_in = (Bytef *)request.body.data,
			     .avail_in = (uInt)request.body.length,
			     .next_out = (Bytef *)unpacked,
			     .avail_out = (uInt)size };
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.total_out, size);
	assert_memory_equal(unpacked, body, size);
	inflateEnd(&stream);
	fixture_stop(&fixture);
	batch_free(batch);
	free(body);
	free(unpacked);
}

static void test_one_connection(void **state)
{
	struct http_fixture fixture = { 0 };

	(void)state;
	FIXTURE_START(&fixture, ok);
	for (int i = 0; i < 10; i++)
		assert_delivered(fixture_exchange(&fixture));
	assert_int_equal(http_server_requests(fixture.server), 10);
	assert_int_equal(http_server_connections(fixture.server), 1);
	fixture_stop(&fixture);
}

/* A collector that restarts leaves a dead connection behind: no request fails for it. */
static void test_a_closed_connection_is_replaced(void **state)
{
	static const struct http_server_answer closing[] = { HTTP_SERVER_ANSWER(OK_ANSWER, HTTP_SERVER_CLOSE) };
	struct http_fixture fixture = { 0 };

	(void)state;
	FIXTURE_START(&fixture, closing);
	for (int i = 0; i < 5; i++)
		assert_delivered(fixture_exchange(&fixture));
	assert_int_equal(http_server_requests(fixture.server), 5);
	fixture_stop(&fixture);
}

static void test_signals_have_their_endpoints(void **state)
{
	const struct http_server_options options = { .answers = ok, .answer_count = 1 };
	struct http_server *metrics = http_server_start(&options);
	struct http_fixture fixture = { 0 };
	char endpoint[64];

	(void)state;
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%u/m/../x?y=1", http_server_port(metrics));
	fixture.config.signals[OTLP_METRICS].endpoint = endpoint;
	FIXTURE_START(&fixture, ok);
	for (int i = 0; i < 3; i++) {
		assert_delivered(fixture_exchange(&fixture));
		assert_delivered(fixture_send(&fixture, &(struct transport_request){ .signal = OTLP_METRICS }));
	}
	assert_int_equal(http_server_connections(fixture.server), 1);
	assert_int_equal(http_server_connections(metrics), 1);
	assert_true(slice_starts_with(http_server_request(metrics, 0).head,
				      SLICE_LITERAL("POST /m/../x?y=1 HTTP/1.1\r\n")));
	fixture_stop(&fixture);
	http_server_stop(metrics);
}

static void test_unix_socket(void **state)
{
	char directory[] = "/tmp/wirespan-test-XXXXXX", path[64];
	struct http_server_options options = { .answers = ok, .answer_count = 1, .unix_path = path };
	struct http_fixture fixture = { 0 };
	struct transport_answer answer;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/otlp.sock", directory);
	/* No proxy is asked for what is on this host. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	fixture_serve(&fixture, &options, NULL);
	fixture.config.signals[OTLP_METRICS].endpoint = fixture.endpoint;
	fixture_open(&fixture);
	assert_delivered(fixture_exchange(&fixture));
	assert_delivered(fixture_send(&fixture, &(struct transport_request){ .signal = OTLP_METRICS }));
	assert_true(slice_starts_with(http_server_request(fixture.server, 0).head, SLICE_LITERAL("POST /v1/traces ")));
	assert_true(slice_starts_with(http_server_request(fixture.server, 1).head, SLICE_LITERAL("POST /v1/metrics ")));
	assert_header(&fixture, 0, "Host", "localhost");
	http_server_stop(fixture.server);
	fixture.server = NULL;
	answer = fixture_exchange(&fixture);
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_string_equal(answer.cause, "cannot connect: No such file or directory");
	fixture_stop(&fixture);
	unsetenv("http_proxy");
	rmdir(directory);
}

static void test_proxy_of_the_environment(void **state)
{
	static const struct http_server_answer answers[] = {
		HTTP_SERVER_ANSWER(OK_ANSWER, HTTP_SERVER_CLOSE),
		HTTP_SERVER_ANSWER("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_CLOSE),
		HTTP_SERVER_ANSWER("HTTP/1.1 200 Connected\r\n\r\n", HTTP_SERVER_CLOSE),
	};
	struct http_fixture fixture = { .config.signals[OTLP_METRICS].endpoint =
						(char *)"https://collector.invalid/x" };
	const struct http_server_options options = { .answers = answers, .answer_count = 3 };
	struct transport_answer answer;
	char proxy[64];

	(void)state;
	fixture_serve(&fixture, &options, "http");
	snprintf(proxy, sizeof(proxy), "http://me:passw0rd@127.0.0.1:%u", http_server_port(fixture.server));
	setenv("http_proxy", proxy, 1);
	setenv("https_proxy", proxy, 1);
	fixture.config.signals[OTLP_TRACES].endpoint = (char *)"http://collector.invalid/v1/traces";
	fixture_open(&fixture);
	assert_delivered(fixture_exchange(&fixture));
	assert_true(slice_starts_with(http_server_request(fixture.server, 0).head,
				      SLICE_LITERAL("POST http://collector.invalid/v1/traces HTTP/1.1\r\n")));
	answer = fixture_send(&fixture, &(struct transport_request){ .signal = OTLP_METRICS });
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_string_equal(answer.cause, "the proxy answered HTTP 407");
	/* The proxy's 200 is none of the collector. */
	answer = fixture_send(&fixture, &(struct transport_request){ .signal = OTLP_METRICS });
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_true(slice_starts_with(slice_of_string(answer.cause), SLICE_LITERAL("TLS: ")));
	transport_free(fixture.transport);

	setenv("http_proxy", "gopher://me:passw0rd@127.0.0.1:1", 1);
	fixture_open(&fixture);
	answer = fixture_exchange(&fixture);
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_null(strstr(answer.cause, "passw0rd"));
	unsetenv("http_proxy");
	unsetenv("https_proxy");
	fixture_stop(&fixture);
}

static void test_secrets_are_not_repeated(void **state)
{
#define REPEATING(text) HTTP_SERVER_ANSWER("HTTP/1.1 400 No\r\n\r\n" text, HTTP_SERVER_CLOSE)
	static const struct http_server_answer answers[] = {
		REPEATING("bad token abcdefgh12"),
		REPEATING("user me has not the password passw0rd!"),
		REPEATING("bad"),
	};
	struct config_header header = { (char *)"Authorization2", (char *)"Bearer abcdefgh12" };
	struct http_fixture fixture = { .config.signals[OTLP_TRACES] = { .headers = &header, .header_count = 1 } };
	const struct http_server_options options = { .answers = answers, .answer_count = 3 };

	(void)state;
	fixture_serve(&fixture, &options, "http");
	snprintf(fixture.endpoint, sizeof(fixture.endpoint), "http://me:passw0rd%%21@127.0.0.1:%u/",
		 http_server_port(fixture.server));
	fixture_open(&fixture);
	assert_string_equal(fixture_exchange(&fixture).message, "(not shown: it repeats a secret)");
	assert_string_equal(fixture_exchange(&fixture).message, "(not shown: it repeats a secret)");
	assert_string_equal(fixture_exchange(&fixture).message, "bad");
	/* Base64 of me:passw0rd! */
	assert_header(&fixture, 0, "Authorization", "Basic bWU6cGFzc3cwcmQh");
	fixture_stop(&fixture);
}

static void test_secrets_of_the_url(void **state)
{
	static const struct http_server_answer answers[] = {
		REPEATING("cannot POST /?key=qwertyuiop&amp;x=1"),
		REPEATING("who is username12?"),
		REPEATING("{\"message\":\"no x\\/asdfghjkl here\"}"),
		REPEATING("cannot POST /"),
	};
	struct http_fixture fixture = { 0 };
	const struct http_server_options options = { .answers = answers, .answer_count = 4 };

	(void)state;
	fixture_serve(&fixture, &options, "http");
	snprintf(fixture.endpoint, sizeof(fixture.endpoint), "http://username12@127.0.0.1:%u/?key=qwertyuiop&x/asdfghjkl",
		 http_server_port(fixture.server));
	fixture_open(&fixture);
	for (int i = 0; i < 3; i++)
		assert_string_equal(fixture_exchange(&fixture).message, "(not shown: it repeats a secret)");
	assert_string_equal(fixture_exchange(&fixture).message, "cannot POST /");
	fixture_stop(&fixture);
}

static void test_what_curl_does_not_take(void **state)
{
	static const char *const endpoints[] = { "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/",
						 "file:///etc/passwd", "http://a b/" };
	struct transport *transport;

	(void)state;
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
		struct otlp_config config = { .signals[OTLP_TRACES].endpoint = (char *)endpoints[i] };

		assert_int_equal(transport_http_new(&config, FIXTURE_VERSION, &transport), -EINVAL);
	}
}

static void test_signal_without_endpoint(void **state)
{
	struct http_fixture fixture = { .config.signals[OTLP_TRACES].endpoint = (char *)"http://127.0.0.1:1/" };
	const struct transport_request request = { .signal = OTLP_METRICS };

	(void)state;
	fixture_open(&fixture);
	assert_int_equal(transport_send(fixture.transport, &request, 0), -EINVAL);
	fixture_stop(&fixture);
	transport_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_user_agent_may_be_replaced),
		cmocka_unit_test(test_large_gzip_body),
		cmocka_unit_test(test_one_connection),
		cmocka_unit_test(test_a_closed_connection_is_replaced),
		cmocka_unit_test(test_signals_have_their_endpoints),
		cmocka_unit_test(test_unix_socket),
		cmocka_unit_test(test_proxy_of_the_environment),
		cmocka_unit_test(test_secrets_are_not_repeated),
		cmocka_unit_test(test_secrets_of_the_url),
		cmocka_unit_test(test_what_curl_does_not_take),
		cmocka_unit_test(test_signal_without_endpoint),
	};

	fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
