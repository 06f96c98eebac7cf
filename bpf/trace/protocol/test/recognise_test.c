/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
#include <linux/types.h>
#include <stdbool.h>

#include "bpf/trace/protocol/recognise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"
#include "base/test/guard.h"

#define PROXY_V2 "\r\n\r\n\0\r\nQUIT\n"
#define PROXY_V2_IPV4 PROXY_V2 "\x21\x11\0\x0c\x0a\0\0\x01\x0a\0\0\x02\x30\x39\0\x50"
#define REQUEST "GET / HTTP/1.1\r\n"

/* What a call's bytes say, as the capturing program asks: the opening first, then byte by byte. */
static enum recognised recognise_call(struct recogniser *recogniser, struct slice bytes)
{
	__u8 opening[RECOGNISE_OPENING] = { 0 };
	enum recognised recognised = RECOGNISED_NOT_YET;

	memcpy(opening, bytes.data, bytes.length < sizeof(opening) ? bytes.length : sizeof(opening));
	if (recogniser->phase == RECOGNISER_START && recogniser->count == 0)
		recognised = recognise_opening(opening, bytes.length);
	for (size_t i = 0; i < bytes.length && recognised == RECOGNISED_NOT_YET; i++)
		recognised = recogniser_byte(recogniser, bytes.data[i]);
	return recognised;
}

static enum recognised recognise_whole(struct slice bytes)
{
	struct recogniser recogniser = { 0 };

	return recognise_call(&recogniser, bytes);
}

/* In two calls, cut at `at`. */
static enum recognised recognise_cut(struct slice bytes, size_t at)
{
	struct recogniser recogniser = { 0 };
	enum recognised recognised = recognise_call(&recogniser, slice_head(bytes, at));

	return recognised == RECOGNISED_NOT_YET ? recognise_call(&recogniser, slice_from(bytes, at)) : recognised;
}

static enum recognised recognise_single_bytes(struct slice bytes)
{
	struct recogniser recogniser = { 0 };
	enum recognised recognised = RECOGNISED_NOT_YET;

	for (size_t i = 0; i < bytes.length && recognised == RECOGNISED_NOT_YET; i++)
		recognised = recognise_call(&recogniser, slice_of(bytes.data + i, 1));
	return recognised;
}

/* However it is cut. */
static void assert_recognised(struct slice bytes, enum recognised expected)
{
	assert_int_equal(recognise_whole(bytes), expected);
	assert_int_equal(recognise_single_bytes(bytes), expected);
	for (size_t at = 1; at < bytes.length; at++)
		assert_int_equal(recognise_cut(bytes, at), expected);
}

static void requests_are_http1(void **state)
{
	static const struct slice requests[] = {
		SLICE_LITERAL(REQUEST),
		SLICE_LITERAL("POST /a/b?c=d HTTP/1.0\r\n"),
		SLICE_LITERAL("OPTIONS * HTTP/1.1\r\n"),
		SLICE_LITERAL("CONNECT example.com:443 HTTP/1.1\r\n"),
		SLICE_LITERAL("GET http://example.com/ HTTP/1.1\r\n"),
		SLICE_LITERAL("PROPFIND /dav HTTP/1.1\r\n"),
		SLICE_LITERAL("X-my.method_~! / HTTP/1.1\r\n"),
		SLICE_LITERAL("get / HTTP/1.1\r\n"),
		SLICE_LITERAL("PROX / HTTP/1.1\r\n"),
		SLICE_LITERAL("PROXYING / HTTP/1.1\r\n"),
		SLICE_LITERAL("XPROXY / HTTP/1.1\r\n"),
		SLICE_LITERAL("\r\n\n" REQUEST),
		/* Seen in the wild: spaces and raw bytes in targets, some of which look like a version. */
		SLICE_LITERAL("GET /a b c HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /a  HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /a HTTP HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /a HTTP/2 HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /a HTTP/HTTP/1. HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /caf\xc3\xa9 HTTP/1.1\r\n"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		assert_recognised(requests[i], RECOGNISED_HTTP1);
}

static void other_lines_are_not_http1(void **state)
{
	static const struct slice lines[] = {
		SLICE_LITERAL("EHLO mail.example.com\r\n"), /* SMTP */
		SLICE_LITERAL("MAIL FROM:<a@example.com>\r\n"),
		SLICE_LITERAL("220 mail.example.com ESMTP ready\r\n"),
		SLICE_LITERAL("220-Welcome\r\n220 FTP\r\n"),
		SLICE_LITERAL("USER anonymous\r\n"), /* FTP */
		SLICE_LITERAL("get key\r\n"),        /* memcached */
		SLICE_LITERAL("set key 0 0 5\r\nvalue\r\n"),
		SLICE_LITERAL("a001 LOGIN user secret\r\n"), /* IMAP */
		SLICE_LITERAL("+OK POP3 ready\r\n"),
		SLICE_LITERAL("NICK someone\r\n"), /* IRC */
		SLICE_LITERAL("INVITE sip:a@example.com SIP/2.0\r\n"),
		SLICE_LITERAL("OPTIONS rtsp://example.com RTSP/1.0\r\n"),
		SLICE_LITERAL("REQMOD icap://example.com ICAP/1.0\r\n"),
		SLICE_LITERAL("GET / HTTP/2.0\r\n"),
		SLICE_LITERAL("GET /old-style\r\n"), /* HTTP/0.9 */
		SLICE_LITERAL("GET HTTP/1.1\r\n"),
		SLICE_LITERAL(" GET / HTTP/1.1\r\n"),
		SLICE_LITERAL("GE(T / HTTP/1.1\r\n"),
		SLICE_LITERAL("GET\t/ HTTP/1.1\r\n"),
		SLICE_LITERAL("GET /\tHTTP/1.1\r\n"),
		SLICE_LITERAL("GET /\x7f HTTP/1.1\r\n"),
		SLICE_LITERAL("J\0\0\0\x0a"
			      "8.0.36\0"), /* MySQL's greeting */
		SLICE_LITERAL("\x80\0\0\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_recognised(lines[i], RECOGNISED_UNKNOWN);
}

/* Whole, they are named; cut, they are at least none of ours. */
static void openings_are_named(void **state)
{
	static const struct {
		struct slice bytes;
		enum recognised expected;
	} openings[] = {
		{ SLICE_LITERAL("\x16\x03\x01\x02\0\x01\0\x01"), RECOGNISED_TLS },
		{ SLICE_LITERAL("\x16\x03\x03\x02\0\x01\0\x01"), RECOGNISED_TLS },
		{ SLICE_LITERAL("SSH-2.0-OpenSSH_9.2\r\n"), RECOGNISED_SSH },
		{ SLICE_LITERAL("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), RECOGNISED_HTTP2 },
		{ SLICE_LITERAL("*1\r\n$4\r\nPING\r\n"), RECOGNISED_REDIS },
		{ SLICE_LITERAL("*12\r\n$4\r\n"), RECOGNISED_REDIS },
		{ SLICE_LITERAL("\0\0\0\x1a\0\x03\0\0user\0root\0"), RECOGNISED_POSTGRESQL },
		{ SLICE_LITERAL("\0\0\0\x08\x04\xd2\x16\x2f"), RECOGNISED_POSTGRESQL },
		{ SLICE_LITERAL("\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"), RECOGNISED_FASTCGI },
		{ SLICE_LITERAL("\1\1\0\1\0\x08\0\0"), RECOGNISED_FASTCGI }, /* the header alone, as php-fpm reads it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		assert_int_equal(recognise_whole(openings[i].bytes), openings[i].expected);
		for (size_t at = 1; at < openings[i].bytes.length; at++)
			assert_int_not_equal(recognise_cut(openings[i].bytes, at), RECOGNISED_HTTP1);
	}
	assert_int_equal(recognise_whole(SLICE_LITERAL("HTTP/1.1 200 OK\r\n")), RECOGNISED_HTTP1);
	assert_int_equal(recognise_whole(SLICE_LITERAL("\x16\x03\x05")), RECOGNISED_UNKNOWN);
	assert_int_equal(recognise_whole(SLICE_LITERAL("\1\1\0\1\0\x08\0\0\0\4\0\0\0\0\0\0")), RECOGNISED_UNKNOWN);
	assert_int_equal(recognise_whole(SLICE_LITERAL("\1\1\0\1\0\x09\0\0")), RECOGNISED_UNKNOWN);
}

static void commands_are_redis(void **state)
{
	static const struct slice commands[] = {
		SLICE_LITERAL("*1\r\n$4\r\nPING\r\n"),
		SLICE_LITERAL("*1000000\r\n$6\r\nDELETE\r\n"),
		SLICE_LITERAL("PING\r\n"),
		SLICE_LITERAL("ping\n"),
		SLICE_LITERAL("Info\r\n"),
		SLICE_LITERAL("QUIT\r\n"),
		SLICE_LITERAL("MONITOR\r\n"),
		SLICE_LITERAL("monitor\r\n"),
		SLICE_LITERAL("\r\nPING\r\n"),
		SLICE_LITERAL("PROXY UNKNOWN\r\n*1\r\n$4\r\nPING\r\n"),
	};
	static const struct slice others[] = {
		SLICE_LITERAL("*\r\n$4\r\n"),	   SLICE_LITERAL("*1\n$4\r\nPING\r\n"),
		SLICE_LITERAL("*1\r\n:4\r\n"),	   SLICE_LITERAL("*1\r\n$-1\r\n"),
		SLICE_LITERAL("*1234567890\r\n$4\r\n"), SLICE_LITERAL("* / HTTP/1.1\r\n"),
		SLICE_LITERAL("PONG\r\n"),		   SLICE_LITERAL("MONI\r\n"),
		SLICE_LITERAL("PINGING\r\n"),	   SLICE_LITERAL("PING me\r\n"),
		SLICE_LITERAL("quit\r\n"), /* memcached */
		SLICE_LITERAL("INFO {\"server_id\":\"x\"}\r\n"), /* NATS */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		assert_recognised(commands[i], RECOGNISED_REDIS);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_recognised(others[i], RECOGNISED_UNKNOWN);
}

/* In the middle of a stream, a line of text says nothing. */
static void only_whole_commands_are_believed_where_a_stream_is_joined(void **state)
{
	struct recogniser recogniser = { .joined = 1 };

	(void)state;
	assert_int_equal(recognise_call(&recogniser, SLICE_LITERAL("PING\r\n")), RECOGNISED_UNKNOWN);
	recogniser = (struct recogniser){ .joined = 1 };
	assert_int_equal(recognise_call(&recogniser, SLICE_LITERAL("*1\r\n$4\r\nPING\r\n")), RECOGNISED_REDIS);
	recogniser = (struct recogniser){ .joined = 1 };
	assert_int_equal(recognise_call(&recogniser, SLICE_LITERAL(REQUEST)), RECOGNISED_HTTP1);
}

/* Bytes behind the call's own must not count. */
static void openings_respect_their_length(void **state)
{
	static const __u8 response[RECOGNISE_OPENING] = "HTTP/1.1 200 OK";

	(void)state;
	for (__u32 length = 0; length < 7; length++) {
		assert_false(recognise_response(response, length));
		assert_int_equal(recognise_opening(response, length), RECOGNISED_NOT_YET);
	}
	assert_true(recognise_response(response, 7));
}

static void proxy_prefixes_are_skipped(void **state)
{
	static const struct slice prefixed[] = {
		SLICE_LITERAL("PROXY TCP4 10.0.0.1 10.0.0.2 12345 80\r\n" REQUEST),
		SLICE_LITERAL("PROXY UNKNOWN\r\n" REQUEST),
		SLICE_LITERAL("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
			      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n" REQUEST),
		SLICE_LITERAL(PROXY_V2_IPV4 REQUEST),
		SLICE_LITERAL(PROXY_V2 "\x20\0\0\0" REQUEST), /* LOCAL, no addresses */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(prefixed) / sizeof(prefixed[0]); i++)
		assert_recognised(prefixed[i], RECOGNISED_HTTP1);
	assert_recognised(SLICE_LITERAL("PROXY UNKNOWN\r\nEHLO example.com\r\n"), RECOGNISED_UNKNOWN);
	assert_recognised(SLICE_LITERAL(PROXY_V2_IPV4 "EHLO example.com\r\n"), RECOGNISED_UNKNOWN);
	assert_recognised(SLICE_LITERAL("\r\n\r\n\0\r\nQUIX\n\x20\0\0\0" REQUEST), RECOGNISED_UNKNOWN);
	assert_recognised(SLICE_LITERAL("\r\n\0" REQUEST), RECOGNISED_UNKNOWN);
}

/* Behind a prefix that came by itself, another protocol still has its name. */
static void what_follows_a_proxy_prefix_is_named(void **state)
{
	const struct slice prefix = SLICE_LITERAL(PROXY_V2_IPV4);
	struct recogniser recogniser = { 0 };

	(void)state;
	assert_int_equal(recognise_call(&recogniser, prefix), RECOGNISED_NOT_YET);
	assert_int_equal(recognise_call(&recogniser, SLICE_LITERAL("\x16\x03\x01\x02\0\x01")), RECOGNISED_TLS);
}

static void the_longest_proxy_header_is_skipped(void **state)
{
	static const char head[] = PROXY_V2 "\x21\x11\xff\xff";
	struct recogniser recogniser = { 0 };
	char *addresses = calloc(1, 0xffff);

	(void)state;
	assert_non_null(addresses);
	assert_int_equal(recognise_call(&recogniser, slice_of(head, sizeof(head) - 1)), RECOGNISED_NOT_YET);
	assert_int_equal(recognise_call(&recogniser, slice_of(addresses, 0xffff)), RECOGNISED_NOT_YET);
	assert_int_equal(recogniser.phase, RECOGNISER_START);
	assert_int_equal(recognise_call(&recogniser, SLICE_LITERAL(REQUEST)), RECOGNISED_HTTP1);
	free(addresses);
}

/* Gives `count` times `byte`; the verdict. */
static enum recognised repeat(struct recogniser *recogniser, char byte, size_t count)
{
	enum recognised recognised = RECOGNISED_NOT_YET;

	for (size_t i = 0; i < count && recognised == RECOGNISED_NOT_YET; i++)
		recognised = recogniser_byte(recogniser, byte);
	return recognised;
}

static enum recognised recognise_long(const char *before, char byte, size_t count, const char *after)
{
	struct recogniser recogniser = { 0 };
	enum recognised recognised = recognise_call(&recogniser, slice_of_string(before));

	if (recognised == RECOGNISED_NOT_YET)
		recognised = repeat(&recogniser, byte, count);
	if (recognised == RECOGNISED_NOT_YET)
		recognised = recognise_call(&recogniser, slice_of_string(after));
	return recognised;
}

static void limits_hold(void **state)
{
	(void)state;
	assert_int_equal(recognise_long("", 'M', RECOGNISER_METHOD_MAX, " / HTTP/1.1\r\n"), RECOGNISED_HTTP1);
	assert_int_equal(recognise_long("", 'M', RECOGNISER_METHOD_MAX + 1, ""), RECOGNISED_UNKNOWN);
	assert_int_equal(recognise_long("GET ", 'a', RECOGNISER_TARGET_MAX - 1, " HTTP/1.1\r\n"), RECOGNISED_HTTP1);
	assert_int_equal(recognise_long("GET ", 'a', RECOGNISER_TARGET_MAX + 1, ""), RECOGNISED_UNKNOWN);
	assert_int_equal(recognise_long("", '\n', RECOGNISER_EMPTY_MAX, REQUEST), RECOGNISED_HTTP1);
	assert_int_equal(recognise_long("", '\n', RECOGNISER_EMPTY_MAX + 1, ""), RECOGNISED_UNKNOWN);
	assert_int_equal(recognise_long("PROXY ", 'x', RECOGNISER_PROXY_LINE_MAX, ""), RECOGNISED_UNKNOWN);
}

/* A cheap look that reads no further than told. */
static void a_call_looks_like_a_request(void **state)
{
	static const struct {
		struct slice bytes;
		bool expected;
	} calls[] = {
		{ SLICE_LITERAL(REQUEST), true },
		{ SLICE_LITERAL("GET /"), true },
		{ SLICE_LITERAL("GET "), false },
		{ SLICE_LITERAL("GET  /"), false },
		{ SLICE_LITERAL(" GET /"), false },
		{ SLICE_LITERAL("{\"a\": 1}"), false },
		{ SLICE_LITERAL("HTTP/1.1 200 OK"), false },
		{ SLICE_LITERAL("ANEXTENSIONMETHOD123456 /"), true },
		{ SLICE_LITERAL("ANEXTENSIONMETHOD1234567 /"), false }, /* longer than we look */
		{ SLICE_LITERAL(""), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char *copy = guard_copy(calls[i].bytes.data, calls[i].bytes.length);

		assert_int_equal(recognise_request((const __u8 *)copy, calls[i].bytes.length), calls[i].expected);
		guard_free(copy, calls[i].bytes.length);
	}
}

static void what_is_asked_has_a_beginning(void **state)
{
	static const struct {
		struct slice bytes;
		bool expected;
	} calls[] = {
		{ SLICE_LITERAL(REQUEST), true },  { SLICE_LITERAL("*1\r\n$4\r\nPING"), true },
		{ SLICE_LITERAL("*12\r"), true },  { SLICE_LITERAL("*1"), false },
		{ SLICE_LITERAL("*-1\r"), false },
		{ SLICE_LITERAL("+OK\r\n"), false }, { SLICE_LITERAL(""), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char *copy = guard_copy(calls[i].bytes.data, calls[i].bytes.length);

		assert_int_equal(recognise_beginning((const __u8 *)copy, calls[i].bytes.length), calls[i].expected);
		guard_free(copy, calls[i].bytes.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_has_a_beginning),
		cmocka_unit_test(requests_are_http1),
		cmocka_unit_test(other_lines_are_not_http1),
		cmocka_unit_test(openings_are_named),
		cmocka_unit_test(commands_are_redis),
		cmocka_unit_test(only_whole_commands_are_believed_where_a_stream_is_joined),
		cmocka_unit_test(openings_respect_their_length),
		cmocka_unit_test(proxy_prefixes_are_skipped),
		cmocka_unit_test(what_follows_a_proxy_prefix_is_named),
		cmocka_unit_test(the_longest_proxy_header_is_skipped),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(a_call_looks_like_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
