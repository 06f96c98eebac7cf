// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/protocol/http1/head.h"

#define BYTES(text) { (text), sizeof(text) - 1 }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const defect_names[] = { "lf", "leading", "fold", "space-colon", "no-colon",
					    "length", "control", "dropped", "spaces", "old-coding" };
static const char *const body_names[] = { "none", "length", "chunked", "close", "tunnel" };

static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, size - length, format, arguments);
	va_end(arguments);
}

/* "GET /a 1.1 [Host=x] length 5 !lf" */
static void describe(const struct http_head *head, char *text, size_t size)
{
	struct http1_framing framing = head->message == HTTP_REQUEST ?
				       http1_request_framing(head) :
				       http1_response_framing(head, SLICE_LITERAL("GET"));

	*text = '\0';
	if (head->message == HTTP_REQUEST)
		append(text, size, "%.*s %.*s", (int)head->method.length, head->method.data,
		       (int)head->target.length, head->target.data);
	else
		append(text, size, "%d", head->status);
	append(text, size, " 1.%d", head->minor_version);
	for (size_t i = 0; i < head->field_count; i++)
		append(text, size, " [%.*s=%.*s]", (int)head->fields[i].name.length, head->fields[i].name.data,
		       (int)head->fields[i].value.length, head->fields[i].value.data);
	append(text, size, " %s", body_names[framing.body]);
	if (framing.body == HTTP1_BODY_LENGTH)
		append(text, size, " %llu", (unsigned long long)framing.length);
	for (size_t i = 0; i < COUNT(defect_names); i++)
		if (head->defects & 1u << i)
			append(text, size, " !%s", defect_names[i]);
}

struct head_case {
	struct slice input;
	const char *expected; /* NULL: an error */
};

static const struct head_case requests[] = {
	{ BYTES("GET / HTTP/1.1\r\n\r\n"), "GET / 1.1 none" },
	{ BYTES("GET /a?b=c#d HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a?b=c#d 1.1 [Host=x] none" },
	{ BYTES("POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n"), "POST /p 1.1 [Content-Length=5] length 5" },
	{ BYTES("M-SEARCH * HTTP/1.1\r\n\r\n"), "M-SEARCH * 1.1 none" },
	{ BYTES("!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\n\r\n"), "!#$%&'*+-.^_`|~09azAZ / 1.1 none" },
	{ BYTES("get / HTTP/1.1\r\n\r\n"), "get / 1.1 none" },
	{ BYTES("OPTIONS * HTTP/1.1\r\n\r\n"), "OPTIONS * 1.1 none" },
	{ BYTES("GET http://h:8/p HTTP/1.1\r\n\r\n"), "GET http://h:8/p 1.1 none" },
	{ BYTES("CONNECT h:443 HTTP/1.1\r\n\r\n"), "CONNECT h:443 1.1 none" },
	{ BYTES("CONNECT [::1]:443 HTTP/1.1\r\n\r\n"), "CONNECT [::1]:443 1.1 none" },
	{ BYTES("GET / HTTP/1.0\r\n\r\n"), "GET / 1.0 none" },
	{ BYTES("GET / HTTP/1.7\r\n\r\n"), "GET / 1.1 none" },
	{ BYTES("GET /caf\xc3\xa9 HTTP/1.1\r\n\r\n"), "GET /caf\xc3\xa9 1.1 none" },
	{ BYTES("GET / HTTP/1.1\n\n"), "GET / 1.1 none !lf" },
	{ BYTES("GET / HTTP/1.1\r\nA: b\n\r\n"), "GET / 1.1 [A=b] none !lf" },
	{ BYTES("GET / HTTP/1.1\r\nA: b\r\n\n"), "GET / 1.1 [A=b] none !lf" },
	{ BYTES("\r\nGET / HTTP/1.1\r\n\r\n"), "GET / 1.1 none !leading" },
	{ BYTES("\n\r\n\nGET / HTTP/1.1\r\n\r\n"), "GET / 1.1 none !leading" },
	{ BYTES("GET  /  HTTP/1.1 \r\n\r\n"), "GET / 1.1 none !spaces" },
	{ BYTES("GET /a b HTTP/1.1\r\n\r\n"), "GET /a b 1.1 none !spaces" },
	{ BYTES("GET HTTP/1.1 HTTP/1.1\r\n\r\n"), "GET HTTP/1.1 1.1 none" },
	{ BYTES("GET /\x01\t\x7f HTTP/1.1\r\n\r\n"), "GET /\x01\t\x7f 1.1 none !control" },
	{ BYTES("GET / HTTP/1.1\r\nA:b\r\nC:\t d \t\r\nE:\r\n\r\n"), "GET / 1.1 [A=b] [C=d] [E=] none" },
	{ BYTES("GET / HTTP/1.1\r\nA: b: c\r\n\r\n"), "GET / 1.1 [A=b: c] none" },
	{ BYTES("GET / HTTP/1.1\r\nA: b\r\n c\r\n\td\r\nE: f\r\n\r\n"),
	  "GET / 1.1 [A=b\r\n c\r\n\td] [E=f] none !fold" },
	{ BYTES("GET / HTTP/1.1\r\nA:\r\n b\r\n \r\n\r\n"), "GET / 1.1 [A=b] none !fold" },
	{ BYTES("GET / HTTP/1.1\r\n A: b\r\nC: d\r\n\r\n"), "GET / 1.1 [C=d] none !fold" },
	{ BYTES("GET / HTTP/1.1\r\nA : b\r\n\r\n"), "GET / 1.1 [A=b] none !space-colon" },
	{ BYTES("GET / HTTP/1.1\r\nnothing\r\nA: b\r\n\r\n"), "GET / 1.1 [A=b] none !no-colon" },
	{ BYTES("GET / HTTP/1.1\r\n: b\r\n\r\n"), "GET / 1.1 none !no-colon" },
	{ BYTES("GET / HTTP/1.1\r\nA: a long value\twith a tab\r\n\r\n"),
	  "GET / 1.1 [A=a long value\twith a tab] none" },
	{ BYTES("GET / HTTP/1.1\r\nA: long enough\x02 for words\r\n\r\n"),
	  "GET / 1.1 [A=long enough\x02 for words] none !control" },
	{ BYTES("GET / HTTP/1.1\r\nA: \x7f\r\n\r\n"), "GET / 1.1 [A=\x7f] none !control" },
	{ BYTES("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"), "GET / 1.1 [A=b\rc] none !control" },
	{ BYTES("GET / HTTP/1.1\r\nA: \xf0\x9f\x98\x80\xff\x80\xa0\xc2\xe1\r\n\r\n"),
	  "GET / 1.1 [A=\xf0\x9f\x98\x80\xff\x80\xa0\xc2\xe1] none" },
	{ BYTES("GET / HTTP/2.0\r\n\r\n"), NULL },
	{ BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), NULL },
	{ BYTES("GET / HTTP/1.\r\n\r\n"), NULL },
	{ BYTES("GET / HTTP/1.10\r\n\r\n"), NULL },
	{ BYTES("GET / http/1.1\r\n\r\n"), NULL },
	{ BYTES("GET /\r\n\r\n"), NULL },
	{ BYTES("GET HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("GET  HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("GET\t/ HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES(" GET / HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("G(T / HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("GET /\0 HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("GET /\r HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("GET / HTTP/1.1\r\r\n\r\n"), NULL },
	{ BYTES("\rGET / HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), NULL },
	{ BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), NULL },
	{ BYTES("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n"), NULL },
};

static const struct head_case responses[] = {
	{ BYTES("HTTP/1.1 200 OK\r\n\r\n"), "200 1.1 close" },
	{ BYTES("HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\n\r\n"), "404 1.0 [Content-Length=3] length 3" },
	{ BYTES("HTTP/1.1 200 \r\n\r\n"), "200 1.1 close" },
	{ BYTES("HTTP/1.1 200\r\n\r\n"), "200 1.1 close !spaces" },
	{ BYTES("HTTP/1.1 200\n\n"), "200 1.1 close !lf !spaces" },
	{ BYTES("HTTP/1.1  200 OK\r\n\r\n"), "200 1.1 close !spaces" },
	{ BYTES("HTTP/1.3 999 What\x80 a reason\r\n\r\n"), "999 1.1 close" },
	{ BYTES("HTTP/1.1 100 Continue\r\n\r\n"), "100 1.1 none" },
	{ BYTES("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
	  "101 1.1 [Upgrade=websocket] tunnel" },
	{ BYTES("\r\nHTTP/1.1 200 OK\r\n\r\n"), "200 1.1 close !leading" },
	{ BYTES("HTTP/1.1 099 No\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1 20 OK\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1 2000 OK\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1 200OK\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1 2x0 OK\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1200 OK\r\n\r\n"), NULL },
	{ BYTES("HTTP/2 200\r\n\r\n"), NULL },
	{ BYTES("HTTP/1.1\r\n\r\n"), NULL },
	{ BYTES("ICY 200 OK\r\n\r\n"), NULL },
	{ BYTES("http/1.1 200 OK\r\n\r\n"), NULL },
};

static void check_head(enum http_message message, struct slice input, const char *expected)
{
	struct http_head head;
	char text[1024];
	char *copy = guard_copy(input.data, input.length);
	struct slice whole = slice_of(copy, input.length);
	ssize_t length = http1_parse_head(message, whole, 0, &head);

	if (!expected) {
		assert_int_equal(length, HTTP1_ERROR);
		guard_free(copy, input.length);
		return;
	}
	assert_int_equal(length, input.length);
	describe(&head, text, sizeof(text));
	assert_string_equal(text, expected);
	assert_true(http1_may_begin(message, whole));
	guard_free(copy, input.length);
}

/* What a head is must not depend on how its bytes come: in every two parts, and one by one. */
static void check_head_in_pieces(enum http_message message, struct slice input, ssize_t expected)
{
	ssize_t result = HTTP1_NEED_MORE;
	struct http_head head;

	for (size_t length = 1; length <= input.length && result == HTTP1_NEED_MORE; length++) {
		char *copy = guard_copy(input.data, length);
		struct slice part = slice_of(copy, length);

		result = http1_parse_head(message, part, length - 1, &head);
		if (expected > 0) {
			assert_int_equal(http1_parse_head(message, part, 0, &head),
					 length < (size_t)expected ? HTTP1_NEED_MORE : expected);
			assert_true(http1_may_begin(message, part));
			assert_int_equal(http1_parse_head(message, input, length - 1, &head), expected);
		}
		guard_free(copy, length);
	}
	assert_int_equal(result, expected);
}

static void check_heads(enum http_message message, const struct head_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_head(message, cases[i].input, cases[i].expected);
		check_head_in_pieces(message, cases[i].input,
				     cases[i].expected ? (ssize_t)cases[i].input.length : HTTP1_ERROR);
	}
}

static void requests_are_parsed(void **state)
{
	(void)state;
	check_heads(HTTP_REQUEST, requests, COUNT(requests));
}

static void responses_are_parsed(void **state)
{
	(void)state;
	check_heads(HTTP_RESPONSE, responses, COUNT(responses));
}

static void connection_options_and_expectation_are_read(void **state)
{
	static const char input[] = "PUT / HTTP/1.1\r\nConnection: Upgrade, Keep-Alive\r\nConnection: x,close\r\n"
				    "Expect: 100-Continue\r\nhOST: h\r\nHost: second\r\n\r\n";
	struct http_head head;

	(void)state;
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of_string(input), 0, &head), sizeof(input) - 1);
	assert_true(head.connection_close);
	assert_true(head.connection_keep_alive);
	assert_true(head.expect_continue);
	assert_true(slice_equal(*http_field(&head, HTTP_FIELD_HOST), SLICE_LITERAL("h")));
	assert_null(http_field(&head, HTTP_FIELD_VIA));
}

static void known_names_are_found_in_any_case(void **state)
{
	static const struct {
		const char *text;
		enum http_field_name name;
	} fields[] = {
		{ "CONNECTION", HTTP_FIELD_CONNECTION },
		{ "Content-Length", HTTP_FIELD_CONTENT_LENGTH },
		{ "content-type", HTTP_FIELD_CONTENT_TYPE },
		{ "Datadog-Meta-Lang", HTTP_FIELD_DATADOG_LANGUAGE },
		{ "DD-Telemetry-Request-Type", HTTP_FIELD_DATADOG_TELEMETRY },
		{ "Datadog-Meta-Tracer-Version", HTTP_FIELD_DATADOG_TRACER },
		{ "expect", HTTP_FIELD_EXPECT },
		{ "Forwarded", HTTP_FIELD_FORWARDED },
		{ "hOST", HTTP_FIELD_HOST },
		{ "X-Prometheus-Remote-Read-Version", HTTP_FIELD_PROMETHEUS_READ },
		{ "X-Prometheus-Scrape-Timeout-Seconds", HTTP_FIELD_PROMETHEUS_TIMEOUT },
		{ "X-Prometheus-Remote-Write-Version", HTTP_FIELD_PROMETHEUS_WRITE },
		{ "X-Sentry-Auth", HTTP_FIELD_SENTRY_AUTH },
		{ "TraceParent", HTTP_FIELD_TRACEPARENT },
		{ "TraceState", HTTP_FIELD_TRACESTATE },
		{ "Transfer-Encoding", HTTP_FIELD_TRANSFER_ENCODING },
		{ "User-agent", HTTP_FIELD_USER_AGENT },
		{ "Via", HTTP_FIELD_VIA },
		{ "X-Forwarded-For", HTTP_FIELD_X_FORWARDED_FOR },
		{ "X-Forwarded-Host", HTTP_FIELD_X_FORWARDED_HOST },
		{ "X-Forwarded-Proto", HTTP_FIELD_X_FORWARDED_PROTO },
		{ "X-Real-IP", HTTP_FIELD_X_REAL_IP },
	};
	struct http_head head;
	char input[256];

	(void)state;
	assert_int_equal(COUNT(fields), HTTP_FIELD_NAMES - 1);
	for (size_t i = 0; i < COUNT(fields); i++) {
		/* One letter less, one more, and another one instead are other names. */
		snprintf(input, sizeof(input), "GET / HTTP/1.1\r\n%.*s: a\r\n%sx: b\r\n%.*s~: c\r\n%s: d\r\n\r\n",
			 (int)strlen(fields[i].text) - 1, fields[i].text, fields[i].text,
			 (int)strlen(fields[i].text) - 1, fields[i].text, fields[i].text);
		assert_true(http1_parse_head(HTTP_REQUEST, slice_of_string(input), 0, &head) > 0);
		for (size_t j = 0; j < COUNT(fields); j++) {
			const struct slice *value = http_field(&head, fields[j].name);

			if (i == j)
				assert_true(slice_equal(*value, SLICE_LITERAL("d")));
			else
				assert_null(value);
		}
	}
}

static void more_fields_than_are_kept_still_frame(void **state)
{
	char *input = malloc(HTTP1_HEAD_MAX);
	struct http_head head;
	int length = snprintf(input, HTTP1_HEAD_MAX, "GET / HTTP/1.1\r\n");

	(void)state;
	for (int i = 0; i < HTTP_FIELDS_MAX; i++)
		length += snprintf(input + length, HTTP1_HEAD_MAX - (size_t)length, "X-%d: %d\r\n", i, i);
	length += snprintf(input + length, HTTP1_HEAD_MAX - (size_t)length, "Content-Length: 8\r\n\r\n");
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(input, (size_t)length), 0, &head), length);
	assert_int_equal(head.field_count, HTTP_FIELDS_MAX);
	assert_int_equal(head.defects, HTTP_DEFECT_FIELDS_DROPPED);
	assert_int_equal(head.content_length, 8);
	free(input);
}

/* A head of exactly `length` bytes whose target is long. */
static char *long_head(size_t length)
{
	static const char begin[] = "GET /", end[] = " HTTP/1.1\r\nHost: x\r\n\r\n";
	char *text = malloc(length);

	memset(text, 'a', length);
	memcpy(text, begin, sizeof(begin) - 1);
	memcpy(text + length - (sizeof(end) - 1), end, sizeof(end) - 1);
	return text;
}

static void head_has_a_maximum(void **state)
{
	char *longest = long_head(HTTP1_HEAD_MAX), *longer = long_head(HTTP1_HEAD_MAX + 1);
	struct http_head head;

	(void)state;
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(longest, HTTP1_HEAD_MAX), 0, &head), HTTP1_HEAD_MAX);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(longest, HTTP1_HEAD_MAX - 1), 0, &head),
			 HTTP1_NEED_MORE);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(longer, HTTP1_HEAD_MAX + 1), 0, &head), HTTP1_ERROR);
	assert_int_equal(http1_parse_head(HTTP_REQUEST, slice_of(longer, HTTP1_HEAD_MAX), 0, &head), HTTP1_ERROR);
	free(longest);
	free(longer);
}

static void output_is_untouched_without_success(void **state)
{
	struct http_head head, before;

	(void)state;
	memset(&head, 0x5a, sizeof(head));
	before = head;
	http1_parse_head(HTTP_REQUEST, SLICE_LITERAL("GET / HTTP/1.1\r\nA: b\r\n"), 0, &head);
	http1_parse_head(HTTP_REQUEST, SLICE_LITERAL("GET / HTTP/3.1\r\nA: b\r\n\r\n"), 0, &head);
	assert_memory_equal(&head, &before, sizeof(head));
}

static void begin_of_a_head_is_told_from_other_bytes(void **state)
{
	static const struct {
		enum http_message message;
		struct slice input;
		bool may;
	} cases[] = {
		{ HTTP_REQUEST, BYTES(""), true },
		{ HTTP_REQUEST, BYTES("\r\n"), true },
		{ HTTP_REQUEST, BYTES("G"), true },
		{ HTTP_REQUEST, BYTES("GET /long/pa"), true },
		{ HTTP_REQUEST, BYTES("GET / HTTP/1.1\r\nHost"), true },
		{ HTTP_REQUEST, BYTES("hello world, this is a body\n"), false },
		{ HTTP_REQUEST, BYTES("{\"a\": 1}"), false },
		{ HTTP_REQUEST, BYTES("<html>"), false },
		{ HTTP_REQUEST, BYTES("ab\0 c"), false },
		{ HTTP_REQUEST, BYTES("ab c\0"), false },
		{ HTTP_REQUEST, BYTES("HTTP/1.1 200 OK\r\n"), false },
		{ HTTP_REQUEST, BYTES("0123456789012345678901234567890123456789012345678901234567890123"), true },
		{ HTTP_REQUEST, BYTES("01234567890123456789012345678901234567890123456789012345678901234"), false },
		{ HTTP_RESPONSE, BYTES("HTTP/"), true },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1"), true },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1 5"), true },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1 500\r"), true },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1 500 Inter"), true },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1 0"), false },
		{ HTTP_RESPONSE, BYTES("HTTP/1.1 500x"), false },
		{ HTTP_RESPONSE, BYTES("HTTP/1.x"), false },
		{ HTTP_RESPONSE, BYTES("HTTP/2"), false },
		{ HTTP_RESPONSE, BYTES("GET / HTTP/1.1\r\n"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *copy = guard_copy(cases[i].input.data, cases[i].input.length);

		assert_int_equal(http1_may_begin(cases[i].message, slice_of(copy, cases[i].input.length)),
				 cases[i].may);
		guard_free(copy, cases[i].input.length);
	}
	assert_true(http1_may_begin(HTTP_REQUEST, (struct slice){ NULL, 0 }));
}

static void folded_values_are_of_one_line(void **state)
{
	static const struct {
		struct slice value, expected;
	} values[] = {
		{ BYTES(""), BYTES("") },
		{ BYTES("a  b\tc"), BYTES("a  b\tc") },
		{ BYTES("a\r\n b"), BYTES("a b") },
		{ BYTES("a \t\r\n\t  b \r\n c\n d"), BYTES("a b c d") },
		{ BYTES("a\rb"), BYTES("a b") },
		{ BYTES("\r\n \r\n "), BYTES(" ") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char *value = guard_copy(values[i].value.data, values[i].value.length);
		size_t length = http_unfold(slice_of(value, values[i].value.length), value);

		assert_true(slice_equal(slice_of(value, length), values[i].expected));
		guard_free(value, values[i].value.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_parsed),
		cmocka_unit_test(responses_are_parsed),
		cmocka_unit_test(connection_options_and_expectation_are_read),
		cmocka_unit_test(known_names_are_found_in_any_case),
		cmocka_unit_test(more_fields_than_are_kept_still_frame),
		cmocka_unit_test(head_has_a_maximum),
		cmocka_unit_test(output_is_untouched_without_success),
		cmocka_unit_test(begin_of_a_head_is_told_from_other_bytes),
		cmocka_unit_test(folded_values_are_of_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
