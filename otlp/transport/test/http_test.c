// SPDX-License-Identifier: Apache-2.0
/* What a collector answers, or does not, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <time.h>
#include <zlib.h>

#include "base/clock.h"
#include "otlp/transport/retry_after.h"
#include "otlp/transport/test/http_fixture.h"

#define SECOND NSEC_PER_SEC

/* One exchange of a fresh transport with a server that gives one answer. */
static struct transport_answer answer_to(struct slice bytes, enum http_server_then then,
					 const struct transport_request *request)
{
	const struct http_server_answer answers[] = { { bytes, then } };
	struct http_fixture fixture = { .config.signals[OTLP_TRACES].timeout = then == HTTP_SERVER_HANG ? SECOND : 0 };
	struct transport_answer answer;

	FIXTURE_START(&fixture, answers);
	answer = fixture_send(&fixture, request);
	fixture_stop(&fixture);
	return answer;
}

static const struct transport_request protobuf = { .signal = OTLP_TRACES, .body = SLICE_LITERAL("\x0a\x00") };
static const struct transport_request json = { .signal = OTLP_TRACES,
					       .encoding = OTLP_JSON,
					       .body = SLICE_LITERAL("{}") };

/* google.rpc.Status; ExportTraceServiceResponse */
#define STATUS_MESSAGE "\x08\x03\x12\x0a" "bad spans!"
#define PARTIAL "\x0a\x0a\x08\x05\x12\x06" "no way"

static const struct verdict_case {
	const struct transport_request *request;
	struct slice bytes;
	enum http_server_then then;
	enum transport_verdict verdict;
	const char *cause, *message;
	int64_t rejected;
	uint64_t retry_after;
} verdict_cases[] = {
#define CASE(request_, text, then_, verdict_, cause_, ...)                                      \
	{                                                                                       \
		.request = request_, .bytes = SLICE_LITERAL(text), .then = HTTP_SERVER_##then_, \
		.verdict = TRANSPORT_##verdict_, .cause = cause_, .message = __VA_ARGS__        \
	}
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP, DELIVERED, "HTTP 200", ""),
	CASE(&protobuf, "HTTP/1.1 204 No\r\n\r\n", KEEP, DELIVERED, "HTTP 204", ""),
	CASE(&protobuf, "HTTP/1.1 202 OK\r\n\r\n", CLOSE, DELIVERED, "HTTP 202", ""),
	CASE(&protobuf, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP, DELIVERED,
	     "HTTP 200", ""),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" PARTIAL, KEEP, DELIVERED, "HTTP 200", "no way",
	     .rejected = 5),
	CASE(&protobuf,
	     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x0a\x0a\x08\x05\x12\r\n7\r\n\x06no way"
	     "\r\n0\r\nX-Trailer: 1\r\n\r\n",
	     KEEP, DELIVERED, "HTTP 200", "no way", .rejected = 5),
	CASE(&json,
	     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 66\r\n\r\n"
	     "{\"partialSuccess\":{\"rejectedSpans\":\"7\",\"errorMessage\":\"too late\"}}",
	     KEEP, DELIVERED, "HTTP 200", "too late", .rejected = 7),
	/* Delivered, whatever becomes of the rest. */
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", KEEP, DELIVERED, "HTTP 200",
	     "the answer cannot be read"),
	CASE(&json, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", KEEP, DELIVERED, "HTTP 200",
	     "the answer cannot be read"),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\x0a\x0a", CLOSE, DELIVERED, "HTTP 200",
	     "the answer was cut off"),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\x0a\x0a", HANG, DELIVERED, "HTTP 200",
	     "the answer was cut off"),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", KEEP, DELIVERED,
	     "HTTP 200", "the answer was cut off"),

	CASE(&protobuf, "HTTP/1.1 400 Bad\r\nContent-Length: 14\r\n\r\n" STATUS_MESSAGE, KEEP, REFUSED, "HTTP 400",
	     "bad spans!"),
	CASE(&json, "HTTP/1.1 400 Bad\r\nContent-Length: 35\r\n\r\n{\"code\":3,\"message\":\"bad\\u001b[1m\"}", KEEP,
	     REFUSED, "HTTP 400", "bad\xef\xbf\xbd[1m"),
	CASE(&protobuf, "HTTP/1.1 401 No\r\nContent-Length: 6\r\n\r\nwho?\r\n", KEEP, REFUSED, "HTTP 401", "who?"),
	CASE(&protobuf, "HTTP/1.1 500 No\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n", KEEP, REFUSED, "HTTP 500",
	     ""),
	CASE(&protobuf, "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", KEEP, REFUSED,
	     "HTTP 307: redirects are not followed", ""),
	CASE(&protobuf, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n", CLOSE, TOO_LARGE, "HTTP 413", ""),

	CASE(&protobuf, "HTTP/1.1 429 No\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", KEEP, RETRY, "HTTP 429", "",
	     .retry_after = 17 * SECOND),
	CASE(&protobuf, "HTTP/1.1 429 No\r\nretry-after:   99999999999\r\nContent-Length: 0\r\n\r\n", KEEP, RETRY,
	     "HTTP 429", "", .retry_after = RETRY_AFTER_MAX),
	CASE(&protobuf, "HTTP/1.1 429 No\r\nRetry-After: in a while\r\nContent-Length: 0\r\n\r\n", KEEP, RETRY,
	     "HTTP 429", ""),
	CASE(&protobuf, "HTTP/1.1 429 No\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n",
	     KEEP, RETRY, "HTTP 429", ""),
	CASE(&protobuf, "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", KEEP, RETRY, "HTTP 502", ""),
	CASE(&protobuf, "HTTP/1.1 503 No\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\nbusy", CLOSE, RETRY, "HTTP 503",
	     "busy", .retry_after = 3 * SECOND),
	CASE(&protobuf, "HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\n", KEEP, RETRY, "HTTP 504", ""),

	CASE(&protobuf, "", HANG, RETRY, "time-out after 1 s", ""),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nConte", HANG, RETRY, "time-out after 1 s", ""),
	CASE(&protobuf, "", CLOSE, RETRY, "closed without an answer", ""),
	CASE(&protobuf, "", RESET, RETRY, "the connection broke", ""),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", CLOSE, RETRY, "closed without an answer", ""),
	CASE(&protobuf, "HTTP/1.1 200 OK\r\nConte", CLOSE, RETRY, "closed without an answer", ""),
	CASE(&protobuf, "HTTP/1.1 400 Bad\r\n", CLOSE, RETRY, "closed without an answer", ""),
	CASE(&protobuf, "HTTP/1.1 100 Continue\r\n\r\n", CLOSE, RETRY, "closed without an answer", ""),
	CASE(&protobuf, "SSH-2.0-OpenSSH_9.2\r\n", CLOSE, RETRY, "the answer is not HTTP", ""),
	CASE(&protobuf, "\x00\x00\x18\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x40\x00", CLOSE, RETRY,
	     "the answer is not HTTP", ""),
	CASE(&protobuf, "HTTP/7.3 200 OK\r\n\r\n", CLOSE, RETRY, "the answer is not HTTP", ""),
#undef CASE
};

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdict_cases) / sizeof(verdict_cases[0]); i++) {
		const struct verdict_case *test = &verdict_cases[i];
		struct transport_answer answer = answer_to(test->bytes, test->then, test->request);

		if (answer.verdict != test->verdict || strcmp(answer.cause, test->cause) != 0 ||
		    strcmp(answer.message, test->message) != 0)
			fail_msg("case %zu: verdict %d, cause \"%s\" (wanted \"%s\"), message \"%s\" (wanted \"%s\")",
				 i, answer.verdict, answer.cause, test->cause, answer.message, test->message);
		assert_int_equal(answer.rejected, test->rejected);
		assert_int_equal(answer.retry_after, test->retry_after);
	}
}

static void test_retry_after_a_date(void **state)
{
	time_t at = time(NULL) + 600;
	char bytes[256], date[64];
	struct transport_answer answer;
	struct tm tm;

	(void)state;
	assert_true(strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm)) > 0);
	snprintf(bytes, sizeof(bytes), "HTTP/1.1 503 No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
	answer = answer_to(slice_of_string(bytes), HTTP_SERVER_KEEP, &protobuf);
	assert_int_equal(answer.verdict, TRANSPORT_RETRY);
	assert_in_range(answer.retry_after, 1, 600 * SECOND);
}

static void test_nobody_listens(void **state)
{
	const struct http_server_answer answers[] = { HTTP_SERVER_ANSWER("", HTTP_SERVER_CLOSE) };
	struct http_fixture fixture = { 0 };
	struct transport_answer first, second;

	(void)state;
	FIXTURE_START(&fixture, answers);
	http_server_stop(fixture.server);
	fixture.server = NULL;
	first = fixture_exchange(&fixture);
	second = fixture_exchange(&fixture);
	assert_int_equal(first.verdict, TRANSPORT_RETRY);
	assert_string_equal(first.cause, "cannot connect: Connection refused");
	assert_string_equal(first.cause, second.cause);
	fixture_stop(&fixture);
}

static void assert_refused(struct slice head, struct slice body, const char *cause)
{
	char *bytes = malloc(head.length + body.length);
	struct transport_answer answer;

	assert_non_null(bytes);
	memcpy(bytes, head.data, head.length);
	memcpy(bytes + head.length, body.data, body.length);
	answer = answer_to(slice_of(bytes, head.length + body.length), HTTP_SERVER_CLOSE, &protobuf);
	assert_int_equal(answer.verdict, TRANSPORT_REFUSED);
	assert_string_equal(answer.cause, cause);
	free(bytes);
}

static void test_huge_answers(void **state)
{
	size_t size = 3 * (size_t)OTLP_RESPONSE_SIZE_MAX, packed_size = compressBound(size) + 32;
	Bytef *zeros = calloc(1, size), *packed = malloc(packed_size);
	z_stream stream = {
		.next_in = zeros, .avail_in = (uInt)size, .next_out = packed, .avail_out = (uInt)packed_size
	};
	char lines[9 * 10000];

	(void)state;
	assert_refused(SLICE_LITERAL("HTTP/1.1 200 OK\r\n\r\n"), slice_of(zeros, size),
		       "the answer is larger than 4 MiB");
	assert_refused(SLICE_LITERAL("HTTP/1.1 503 No\r\n\r\n"), slice_of(zeros, size),
		       "the answer is larger than 4 MiB");

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_true(stream.total_out < OTLP_RESPONSE_SIZE_MAX);
	assert_refused(SLICE_LITERAL("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
		       slice_of(packed, stream.total_out), "the answer is larger than 4 MiB");
	deflateEnd(&stream);

	for (size_t i = 0; i < sizeof(lines); i += strlen("Name: x\r\n"))
		memcpy(lines + i, "Name: x\r\n", strlen("Name: x\r\n"));
	assert_refused(SLICE_LITERAL("HTTP/1.1 200 OK\r\n"), slice_of(lines, sizeof(lines)),
		       "the answer is larger than 64 KiB before its body");
	free(zeros);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_retry_after_a_date),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_huge_answers),
	};

	fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
