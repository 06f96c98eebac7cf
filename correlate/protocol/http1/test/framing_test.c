// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "correlate/protocol/http1/head.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What stands between start line and empty line, and what it says. */
static const struct {
	const char *fields;
	struct http1_framing request;
	struct http1_framing response; /* to a GET */
	unsigned int defects;
} cases[] = {
	{ "", { HTTP1_BODY_NONE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Content-Length: 0", { HTTP1_BODY_NONE, 0 }, { HTTP1_BODY_NONE, 0 }, 0 },
	{ "Content-Length: 00012", { HTTP1_BODY_LENGTH, 12 }, { HTTP1_BODY_LENGTH, 12 }, 0 },
	{ "CONTENT-LENGTH: 7", { HTTP1_BODY_LENGTH, 7 }, { HTTP1_BODY_LENGTH, 7 }, 0 },
	{ "Content-Length: 18446744073709551615",
	  { HTTP1_BODY_LENGTH, UINT64_MAX }, { HTTP1_BODY_LENGTH, UINT64_MAX }, 0 },
	{ "Content-Length: 18446744073709551616",
	  { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 5, 5", { HTTP1_BODY_LENGTH, 5 }, { HTTP1_BODY_LENGTH, 5 }, 0 },
	{ "Content-Length: 5\r\nContent-Length: 5", { HTTP1_BODY_LENGTH, 5 }, { HTTP1_BODY_LENGTH, 5 }, 0 },
	{ "Content-Length: 5, 6", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 5\r\nContent-Length: 6\r\nContent-Length: 5",
	  { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: -1", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: +1", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 1 2", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 0x10", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length:", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 5,", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length : 5", { HTTP1_BODY_LENGTH, 5 }, { HTTP1_BODY_LENGTH, 5 }, HTTP_DEFECT_SPACE_BEFORE_COLON },
	{ "Content-Length:\r\n 5", { HTTP1_BODY_LENGTH, 5 }, { HTTP1_BODY_LENGTH, 5 }, HTTP_DEFECT_OBS_FOLD },
	{ "Transfer-Encoding: chunked", { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: Chunked", { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: gzip, chunked", { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: gzip,\r\n chunked",
	  { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, HTTP_DEFECT_OBS_FOLD },
	{ "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
	  { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: , chunked ,", { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: chunked, gzip", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Transfer-Encoding: gzip", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Transfer-Encoding: xchunked", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Transfer-Encoding: a;q=\"x, chunked\"", { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Transfer-Encoding: a;q=\"\\\", b\", chunked", { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, 0 },
	{ "Transfer-Encoding: identity", { HTTP1_BODY_NONE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Transfer-Encoding: identity\r\nContent-Length: 4", { HTTP1_BODY_LENGTH, 4 }, { HTTP1_BODY_LENGTH, 4 }, 0 },
	{ "Transfer-Encoding:", { HTTP1_BODY_NONE, 0 }, { HTTP1_BODY_CLOSE, 0 }, 0 },
	{ "Content-Length: 4\r\nTransfer-Encoding: chunked",
	  { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Transfer-Encoding: gzip\r\nContent-Length: 4",
	  { HTTP1_BODY_CLOSE, 0 }, { HTTP1_BODY_CLOSE, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
	{ "Content-Length: 4\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
	  { HTTP1_BODY_CHUNKED, 0 }, { HTTP1_BODY_CHUNKED, 0 }, HTTP_DEFECT_LENGTH_CONFLICT },
};

static void check_framing(enum http_message message, const char *start_line, const char *fields,
			  struct http1_framing expected, unsigned int defects)
{
	char input[512];
	int length = snprintf(input, sizeof(input), "%s\r\n%s%s\r\n", start_line, fields, *fields ? "\r\n" : "");
	struct http1_framing framing;
	struct http_head head;

	assert_int_equal(http1_parse_head(message, slice_of(input, (size_t)length), 0, &head), length);
	framing = message == HTTP_REQUEST ? http1_request_framing(&head) :
					     http1_response_framing(&head, SLICE_LITERAL("GET"));
	assert_int_equal(framing.body, expected.body);
	assert_int_equal(framing.length, expected.length);
	assert_int_equal(head.defects, defects);
}

static void framing_follows_the_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_framing(HTTP_REQUEST, "POST / HTTP/1.1", cases[i].fields, cases[i].request, cases[i].defects);
		check_framing(HTTP_RESPONSE, "HTTP/1.1 200 OK", cases[i].fields, cases[i].response, cases[i].defects);
	}
	check_framing(HTTP_RESPONSE, "HTTP/1.0 200 OK", "Transfer-Encoding: chunked",
		      (struct http1_framing){ HTTP1_BODY_CHUNKED, 0 }, HTTP_DEFECT_OLD_CODING);
}

static void framing_follows_status_and_method(void **state)
{
	static const struct {
		int status;
		const char *method;
		enum http1_body body;
	} statuses[] = {
		{ 200, "GET", HTTP1_BODY_LENGTH },   { 200, "", HTTP1_BODY_LENGTH },
		{ 200, "HEAD", HTTP1_BODY_NONE },    { 404, "HEAD", HTTP1_BODY_NONE },
		{ 200, "head", HTTP1_BODY_LENGTH },  { 204, "GET", HTTP1_BODY_NONE },
		{ 304, "GET", HTTP1_BODY_NONE },     { 100, "POST", HTTP1_BODY_NONE },
		{ 103, "GET", HTTP1_BODY_NONE },     { 101, "GET", HTTP1_BODY_TUNNEL },
		{ 101, "HEAD", HTTP1_BODY_TUNNEL },  { 200, "CONNECT", HTTP1_BODY_TUNNEL },
		{ 299, "CONNECT", HTTP1_BODY_TUNNEL }, { 407, "CONNECT", HTTP1_BODY_LENGTH },
		{ 500, "GET", HTTP1_BODY_LENGTH },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		struct http_head head = { .message = HTTP_RESPONSE, .minor_version = 1, .status = statuses[i].status,
					   .has_content_length = true, .content_length = 9 };

		assert_int_equal(http1_response_framing(&head, slice_of_string(statuses[i].method)).body,
				 statuses[i].body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(framing_follows_the_fields),
		cmocka_unit_test(framing_follows_status_and_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
