// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/connection/prefix.h"
#include "correlate/protocol/http1/reader.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(text) { (text), sizeof(text) - 1 }

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define GET "GET / HTTP/1.1\r\n\r\n" /* 18 bytes */
#define OK_5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" /* 38 + 5 bytes */
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" /* 47 bytes */

/* What the reader said, as text: "begin@0 head@18:GET end@18+0". */
struct log {
	char text[4096];
	const char *method; /* of the requests answered */
	size_t ends;
};

static void log_add(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void log_add(struct log *log, const char *format, ...)
{
	size_t length = strlen(log->text);
	va_list arguments;

	if (length > 0 && length + 1 < sizeof(log->text))
		log->text[length++] = ' ';
	va_start(arguments, format);
	vsnprintf(log->text + length, sizeof(log->text) - length, format, arguments);
	va_end(arguments);
}

static void on_begin(void *context, uint64_t position)
{
	log_add(context, "begin@%llu", (unsigned long long)position);
}

static void on_head(void *context, const struct http_head *head, uint64_t position)
{
	if (head->message == HTTP_REQUEST)
		log_add(context, "head@%llu:%.*s", (unsigned long long)position, (int)head->method.length,
			head->method.data);
	else
		log_add(context, "head@%llu:%d", (unsigned long long)position, head->status);
	if (head->defects & HTTP_DEFECT_LEADING_CRLF)
		log_add(context, "!leading");
}

static struct slice on_answered_method(void *context, const struct http_head *head)
{
	struct log *log = context;

	assert_int_equal(head->message, HTTP_RESPONSE);
	assert_true(head->status >= 200 || head->status == 101);
	return slice_of_string(log->method);
}

static void on_end(void *context, uint64_t position, uint64_t body_size)
{
	struct log *log = context;

	log->ends++;
	log_add(log, "end@%llu+%llu", (unsigned long long)position, (unsigned long long)body_size);
}

static void on_tunnel(void *context, uint64_t position)
{
	log_add(context, "tunnel@%llu", (unsigned long long)position);
}

static void on_lost(void *context, enum http1_reader_lost reason)
{
	static const char *const names[] = { "truncated", "unparsable", "framing", "memory" };

	log_add(context, "lost:%s", names[reason]);
}

static void on_refuted(void *context)
{
	log_add(context, "refuted");
}

static const struct http1_reader_events events = { on_begin, on_head, on_answered_method, on_end,
						   on_tunnel, on_lost, on_refuted };

struct reader_case {
	const char *name;
	enum http_message message;
	const char *method;
	struct slice input;
	const char *expected;
	const char *at_close; /* what closing adds; NULL: nothing */
	bool skip_proxy;
};

static const struct reader_case cases[] = {
	{ "nothing", HTTP_REQUEST, "", BYTES(""), "", NULL, false },
	{ "request", HTTP_REQUEST, "", BYTES(GET), "begin@0 head@18:GET end@18+0", NULL, false },
	{ "pipelined", HTTP_REQUEST, "", BYTES(GET GET GET),
	  "begin@0 head@18:GET end@18+0 begin@18 head@36:GET end@36+0 begin@36 head@54:GET end@54+0", NULL, false },
	{ "body", HTTP_REQUEST, "", BYTES("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" GET),
	  "begin@0 head@38:POST end@41+3 begin@41 head@59:GET end@59+0", NULL, false },
	{ "empty lines between", HTTP_REQUEST, "", BYTES(GET "\r\n\r\n\n" GET),
	  "begin@0 head@18:GET end@18+0 begin@23 head@41:GET !leading end@41+0", NULL, false },
	{ "cut short", HTTP_REQUEST, "", BYTES("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"),
	  "begin@0 head@38:POST",
	  NULL, false },
	{ "cut in the head", HTTP_REQUEST, "", BYTES("POST / HTTP/1.1\r\nContent-"), "begin@0", NULL, false },
	{ "no HTTP", HTTP_REQUEST, "", BYTES("\x16\x03\x01" GET), "begin@0 lost:unparsable", NULL, false },
	{ "HTTP/2", HTTP_REQUEST, "", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	  "begin@0 lost:unparsable", NULL, false },
	{ "garbage after a body", HTTP_REQUEST, "", BYTES("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nabc{\n"),
	  "begin@0 head@38:POST end@39+1 begin@39 lost:unparsable", NULL, false },
	{ "coding not chunked in a request", HTTP_REQUEST, "",
	  BYTES("PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n" GET),
	  "begin@0 head@43:PUT", "end@61+18", false },
	{ "length", HTTP_RESPONSE, "GET", BYTES(OK_5 OK_5),
	  "begin@0 head@38:200 end@43+5 begin@43 head@81:200 end@86+5", NULL, false },
	{ "HEAD", HTTP_RESPONSE, "HEAD", BYTES("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" CHUNKED),
	  "begin@0 head@38:200 end@38+0 begin@38 head@85:200 end@85+0", NULL, false },
	{ "304 and 204", HTTP_RESPONSE, "GET",
	  BYTES("HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 N\r\n\r\n"),
	  "begin@0 head@37:304 end@37+0 begin@37 head@55:204 end@55+0", NULL, false },
	{ "100-continue", HTTP_RESPONSE, "POST", BYTES("HTTP/1.1 100 Continue\r\n\r\n" OK_5),
	  "begin@0 head@25:100 end@25+0 begin@25 head@63:200 end@68+5", NULL, false },
	{ "101", HTTP_RESPONSE, "GET", BYTES("HTTP/1.1 101 S\r\nUpgrade: w\r\n\r\n\x81\x05hello" OK_5),
	  "begin@0 head@30:101 end@30+0 tunnel@30", NULL, false },
	{ "CONNECT", HTTP_RESPONSE, "CONNECT", BYTES("HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01"),
	  "begin@0 head@19:200 end@19+0 tunnel@19", NULL, false },
	{ "until the close", HTTP_RESPONSE, "GET", BYTES("HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
	  "begin@0 head@19:200", "end@38+19", false },
	{ "until the close, empty", HTTP_RESPONSE, "GET", BYTES("HTTP/1.0 200 OK\r\n\r\n"), "begin@0 head@19:200",
	  "end@19+0", false },
	{ "chunks", HTTP_RESPONSE, "GET",
	  BYTES(CHUNKED "5;x=\"\r\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n" OK_5),
	  "begin@0 head@47:200 end@89+15 begin@89 head@127:200 end@132+5", NULL, false },
	{ "bad chunk", HTTP_RESPONSE, "GET", BYTES(CHUNKED "5\r\nhelloX"),
	  "begin@0 head@47:200 lost:framing", NULL, false },
	{ "trailers cut", HTTP_RESPONSE, "GET", BYTES(CHUNKED "0\r\nA: b\r\n"), "begin@0 head@47:200", NULL, false },
	{ "PROXY 1", HTTP_REQUEST, "", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n" GET),
	  "begin@32 head@50:GET end@50+0", NULL, true },
	{ "PROXY 2", HTTP_REQUEST, "", BYTES(SIGNATURE "\x21\x11\0\x0c" "aaaabbbbccdd" GET),
	  "begin@28 head@46:GET end@46+0", NULL, true },
	{ "PROXY absent", HTTP_REQUEST, "", BYTES("PROPFIND / HTTP/1.1\r\n\r\n"),
	  "begin@0 head@23:PROPFIND end@23+0", NULL, true },
	{ "PROXY absent after empty lines", HTTP_REQUEST, "", BYTES("\r\n\r\n" GET),
	  "begin@4 head@22:GET !leading end@22+0", NULL, true },
	{ "PROXY broken", HTTP_REQUEST, "", BYTES(SIGNATURE "\x31\x11\0\x0c"), "lost:unparsable", NULL, true },
	{ "PROXY not asked for", HTTP_REQUEST, "",
	  BYTES("PROXY UNKNOWN\r\n" GET), "begin@0 lost:unparsable", NULL, false },
};

/* A reader behind the layer below it, as a connection has them. */
struct stack {
	struct prefix prefix;
	struct http1_reader *reader;
	struct log *log;
	bool deaf; /* as a conversation is then */
};

static void feed_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	struct stack *stack = context;

	(void)direction;
	http1_reader_bytes(stack->reader, position, bytes);
}

static void feed_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	struct stack *stack = context;

	(void)direction;
	http1_reader_hole(stack->reader, position, length);
}

static void feed_broken(void *context, unsigned int direction, enum loss loss)
{
	struct stack *stack = context;

	(void)direction;
	stack->deaf = true;
	events.lost(stack->log, loss == LOSS_HEAD_TRUNCATED ? HTTP1_LOST_HEAD_TRUNCATED : HTTP1_LOST_HEAD_UNPARSABLE);
}

static const struct feed to_reader = { feed_bytes, feed_hole, feed_broken };

static void stack_bytes(struct stack *stack, uint64_t position, struct slice bytes)
{
	char *copy = guard_copy(bytes.data, bytes.length);

	if (stack->prefix.open)
		prefix_bytes(&stack->prefix, &to_reader, stack, 0, position, slice_of(copy, bytes.length));
	else if (!stack->deaf)
		http1_reader_bytes(stack->reader, position, slice_of(copy, bytes.length));
	guard_free(copy, bytes.length);
}

static void stack_hole(struct stack *stack, uint64_t position, uint64_t length)
{
	if (stack->prefix.open)
		prefix_hole(&stack->prefix, &to_reader, stack, 0, position, length);
	else if (!stack->deaf)
		http1_reader_hole(stack->reader, position, length);
}

static void feed(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	char *copy = guard_copy(bytes.data, bytes.length);

	http1_reader_bytes(reader, position, slice_of(copy, bytes.length));
	guard_free(copy, bytes.length);
}

/* Pieces end at `cut`; 0: every byte is one. The positions begin at `base`. */
static void run_case(const struct reader_case *test, size_t cut, uint64_t base)
{
	struct log log = { .method = test->method };
	struct http1_reader *reader = http1_reader_new(test->message, &events, &log);
	struct stack stack = { { .open = test->skip_proxy }, reader, &log, false };
	size_t before;

	for (size_t from = 0; from < test->input.length;) {
		size_t length = cut == 0 ? 1 : from < cut ? cut : test->input.length - from;
		struct slice piece = slice_head(slice_from(test->input, from), length);

		stack_bytes(&stack, base + from, piece);
		from += piece.length;
	}
	assert_string_equal(log.text, test->expected);
	before = strlen(log.text);
	http1_reader_close(reader, base + test->input.length);
	assert_string_equal(log.text + before + (test->at_close ? 1 : 0), test->at_close ? test->at_close : "");
	http1_reader_free(reader);
}

static void messages_are_read_whole_and_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t cut = 0; cut <= cases[i].input.length; cut++)
			run_case(&cases[i], cut, 0);
	}
}

/* Input with holes: each step is bytes, or a hole where `bytes` is NULL. */
struct step {
	const char *bytes;
	uint64_t hole;
};

static const struct {
	const char *name;
	enum http_message message;
	struct step steps[6];
	const char *expected;
	bool skip_proxy;
} hole_cases[] = {
	{ "in a body", HTTP_RESPONSE,
	  { { "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nab", 0 }, { NULL, 996 }, { "yz" OK_5, 0 } },
	  "begin@0 head@41:200 end@1041+1000 begin@1041 head@1079:200 end@1084+5", false },
	{ "the whole body", HTTP_RESPONSE,
	  { { "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0 }, { NULL, 1000 }, { OK_5, 0 } },
	  "begin@0 head@41:200 end@1041+1000 begin@1041 head@1079:200 end@1084+5", false },
	{ "past the end of a body", HTTP_RESPONSE,
	  { { "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0 }, { NULL, 1001 }, { OK_5, 0 } },
	  "begin@0 head@41:200 end@1041+1000 lost:truncated", false },
	{ "a body of 2^63 bytes", HTTP_RESPONSE,
	  { { "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", 0 },
	    { NULL, UINT64_C(1) << 63 }, { "H", 0 } },
	  "begin@0 head@56:200 end@9223372036854775864+9223372036854775808 begin@9223372036854775864", false },
	{ "in a head", HTTP_RESPONSE, { { "HTTP/1.1 200 OK\r\nContent-Le", 0 }, { NULL, 1 }, { OK_5, 0 } },
	  "begin@0 lost:truncated", false },
	{ "before a head", HTTP_RESPONSE, { { OK_5, 0 }, { NULL, 1 }, { OK_5, 0 } },
	  "begin@0 head@38:200 end@43+5 lost:truncated", false },
	{ "of no length", HTTP_RESPONSE, { { "HTTP/1.1 200 OK\r\nConte", 0 },
	  { NULL, 0 }, { "nt-Length: 0\r\n\r\n", 0 } },
	  "begin@0 head@38:200 end@38+0", false },
	{ "in a chunk", HTTP_RESPONSE,
	  { { CHUNKED "3E8\r\n", 0 }, { NULL, 500 }, { NULL, 500 }, { "\r\n0\r\n\r\n", 0 } },
	  "begin@0 head@47:200 end@1059+1000", false },
	{ "past a chunk", HTTP_RESPONSE, { { CHUNKED "3E8\r\n", 0 }, { NULL, 1002 }, { "0\r\n\r\n", 0 } },
	  "begin@0 head@47:200 lost:framing", false },
	{ "in a chunk size", HTTP_RESPONSE, { { CHUNKED "3", 0 }, { NULL, 1 }, { "8\r\n", 0 } },
	  "begin@0 head@47:200 lost:framing", false },
	{ "in a trailer", HTTP_RESPONSE, { { CHUNKED "0\r\nA: ", 0 }, { NULL, 1 }, { "\r\n\r\n", 0 } },
	  "begin@0 head@47:200 lost:framing", false },
	{ "until the close", HTTP_RESPONSE, { { "HTTP/1.1 200 OK\r\n\r\n", 0 }, { NULL, 99 }, { "x", 0 } },
	  "begin@0 head@19:200", false },
	{ "in a tunnel", HTTP_RESPONSE, { { "HTTP/1.1 101 S\r\n\r\n", 0 }, { NULL, 99 }, { OK_5, 0 } },
	  "begin@0 head@18:101 end@18+0 tunnel@18", false },
	{ "after loss", HTTP_RESPONSE, { { NULL, 9 }, { NULL, 9 }, { OK_5, 0 } }, "lost:truncated", false },
	{ "in a PROXY line", HTTP_REQUEST, { { "PROXY TCP4 1", 0 }, { NULL, 9 } }, "lost:truncated", true },
	{ "where a PROXY prefix may be", HTTP_REQUEST, { { NULL, 9 }, { GET, 0 } }, "lost:truncated", true },
};

static void holes_pass_where_the_end_stays_proven(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hole_cases); i++) {
		struct log log = { .method = "GET" };
		struct http1_reader *reader = http1_reader_new(hole_cases[i].message, &events, &log);
		struct stack stack = { { .open = hole_cases[i].skip_proxy }, reader, &log, false };
		uint64_t position = 0;

		for (size_t j = 0; j < COUNT(hole_cases[i].steps); j++) {
			const struct step *step = &hole_cases[i].steps[j];
			struct slice bytes = slice_of_string(step->bytes);

			if (step->bytes)
				stack_bytes(&stack, position, bytes);
			else
				stack_hole(&stack, position, step->hole);
			position += bytes.length + step->hole;
		}
		assert_string_equal(log.text, hole_cases[i].expected);
		http1_reader_free(reader);
	}
}

static void proxy_addresses_may_be_unknown(void **state)
{
	static const struct slice header = BYTES(SIGNATURE "\x21\x11\0\x0c");
	struct log log = { .method = "" };
	struct http1_reader *reader = http1_reader_new(HTTP_REQUEST, &events, &log);
	struct stack stack = { { .open = true }, reader, &log, false };

	(void)state;
	assert_true(http1_reader_idle(reader));
	assert_false(prefix_under_way(&stack.prefix));
	stack_bytes(&stack, 0, header);
	assert_true(prefix_under_way(&stack.prefix));
	stack_hole(&stack, 16, 12);
	stack_bytes(&stack, 28, slice_of_string(GET));
	assert_string_equal(log.text, "begin@28 head@46:GET end@46+0");
	http1_reader_free(reader);
}

static void state_is_told(void **state)
{
	struct log log = { .method = "GET" };
	struct http1_reader *reader = http1_reader_new(HTTP_RESPONSE, &events, &log);

	(void)state;
	assert_true(http1_reader_idle(reader));
	assert_false(http1_reader_can_skip(reader, 1));
	feed(reader, 0, slice_of_string("HTTP/1.1 200 OK\r\nContent-Le"));
	assert_false(http1_reader_idle(reader));
	assert_false(http1_reader_can_skip(reader, 1));
	feed(reader, 27, slice_of_string("ngth: 9\r\n\r\n1"));
	assert_true(http1_reader_can_skip(reader, 8));
	assert_false(http1_reader_can_skip(reader, 9));
	feed(reader, 39, slice_of_string("23456789"));
	assert_true(http1_reader_idle(reader));
	feed(reader, 47, slice_of_string(CHUNKED "5\r"));
	assert_false(http1_reader_can_skip(reader, 1));
	feed(reader, 96, slice_of_string("\n"));
	assert_true(http1_reader_can_skip(reader, 5));
	assert_false(http1_reader_can_skip(reader, 6));
	assert_false(http1_reader_is_lost(reader));
	feed(reader, 97, slice_of_string("123456"));
	assert_true(http1_reader_is_lost(reader));
	assert_false(http1_reader_idle(reader));
	assert_false(http1_reader_can_skip(reader, 1));
	http1_reader_resync(reader);
	assert_true(http1_reader_idle(reader));
	assert_false(http1_reader_is_lost(reader));
	feed(reader, 200, slice_of_string("HTTP/1.1 200 OK\r\n\r\n"));
	assert_true(http1_reader_can_skip(reader, UINT64_MAX));
	http1_reader_close(reader, 300);
	assert_true(http1_reader_idle(reader));
	http1_reader_free(reader);
}

static void resync_forgets_a_message_under_way(void **state)
{
	struct log log = { .method = "GET" };
	struct http1_reader *reader = http1_reader_new(HTTP_RESPONSE, &events, &log);

	(void)state;
	feed(reader, 0, slice_of_string("HTTP/1.1 200 OK\r\nConte"));
	http1_reader_resync(reader);
	feed(reader, 1000, slice_of_string(OK_5));
	assert_string_equal(log.text, "begin@0 begin@1000 head@1038:200 end@1043+5");
	http1_reader_free(reader);
}

static void memory_is_held_only_inside_a_head(void **state)
{
	struct log log = { .method = "" };
	struct http1_reader *reader = http1_reader_new(HTTP_REQUEST, &events, &log);
	size_t idle = http1_reader_memory(reader);

	(void)state;
	assert_true(idle < 300);
	feed(reader, 0, slice_of_string(GET GET "GET / HT"));
	assert_true(http1_reader_memory(reader) > idle);
	feed(reader, 44, slice_of_string("TP/1.1\r\n\r\n" GET));
	assert_int_equal(http1_reader_memory(reader), idle);
	assert_int_equal(log.ends, 4);
	feed(reader, 72, slice_of_string("GET / HT"));
	http1_reader_hole(reader, 80, 1);
	assert_int_equal(http1_reader_memory(reader), idle);
	http1_reader_free(reader);
	http1_reader_free(NULL);
}

/* Feeds a head whose last field is long, in pieces; returns whether it was read. */
static void check_long_head(size_t length, size_t piece, const char *expected)
{
	static const char begin[] = "GET / HTTP/1.1\r\nA: ", end[] = "\r\n\r\n";
	char *text = malloc(length);
	struct log log = { .method = "" };
	struct http1_reader *reader = http1_reader_new(HTTP_REQUEST, &events, &log);

	memset(text, 'a', length);
	memcpy(text, begin, sizeof(begin) - 1);
	memcpy(text + length - (sizeof(end) - 1), end, sizeof(end) - 1);
	for (size_t from = 0; from < length; from += piece)
		http1_reader_bytes(reader, from, slice_head(slice_of(text + from, length - from), piece));
	assert_string_equal(log.text, expected);
	assert_true(http1_reader_memory(reader) < 300);
	http1_reader_free(reader);
	free(text);
}

static void longest_head_is_read_and_a_longer_one_lost(void **state)
{
	static const size_t pieces[] = { 1, 7, 1000, 1024, 1460, 40000, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		check_long_head(HTTP1_HEAD_MAX, pieces[i], "begin@0 head@65536:GET end@65536+0");
		check_long_head(HTTP1_HEAD_MAX + 1, pieces[i], "begin@0 lost:unparsable");
	}
}

/* After a request of 100 bytes whose body was refused. */
static const struct {
	const char *name;
	const char *announced; /* a field of 21 bytes */
	const char *input;
	const char *expected;
	uint64_t doubt; /* afterwards */
} refused_cases[] = {
	{ "a body", "Content-Length: 00005", "hello" GET, "end@105+5 begin@105 head@123:GET end@123+0", 0 },
	{ "a request", "Content-Length: 00500", GET, "begin@100 head@118:GET end@118+0", 600 },
	{ "a request longer than the body", "Content-Length: 00005", GET, "begin@100 head@118:GET end@118+0", 105 },
	{ "a body that begins like a request", "Content-Length: 00036", GET GET "PUT / HTTP/1.1\r\n\r\n",
	  "begin@100 head@118:GET end@118+0 refuted end@136+18 begin@136 head@154:PUT end@154+0", 0 },
	{ "a body that is like a request", "Content-Length: 00018", GET "PUT / HTTP/1.1\r\n\r\n",
	  "begin@100 head@118:GET end@118+0 refuted begin@118 head@136:PUT end@136+0", 0 },
	{ "a body that begins a request", "Content-Length: 00005", "GET /" GET,
	  "begin@100 refuted begin@105 head@123:GET end@123+0", 0 },
	{ "a body like a request line", "Content-Length: 00016", "GET / HTTP/1.1\r\n" GET,
	  "begin@100 refuted begin@116 head@134:GET end@134+0", 0 },
	{ "a body like the begin of a request with content", "Content-Length: 00061",
	  "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno chunk at all" GET,
	  "begin@100 head@146:PUT refuted end@161+14 begin@161 head@179:GET end@179+0", 0 },
	{ "two requests beyond it", "Content-Length: 00005", GET GET, "begin@100 head@118:GET end@118+0 lost:framing",
	  0 },
	{ "no known method", "Content-Length: 00036", "XYZ / HTTP/1.1\r\n\r\n" GET GET,
	  "end@136+36 begin@136 head@154:GET end@154+0", 0 },
	{ "no version", "Content-Length: 00007", "GET /\r\n" GET, "end@107+7 begin@107 head@125:GET end@125+0", 0 },
	{ "an empty line", "Content-Length: 00020", "\r\n" GET GET, "end@120+20 begin@120 head@138:GET end@138+0", 0 },
	{ "part of a line", "Content-Length: 00020", "GET / HTTP/", "", 120 },
	{ "a request instead of chunks", "Transfer-Encoding: ch", GET GET,
	  "begin@100 head@118:GET end@118+0 begin@118 head@136:GET end@136+0", 0 },
	{ "chunks", "Transfer-Encoding: ch", "3\r\nGET\r\n0\r\n\r\n" GET,
	  "end@113+3 begin@113 head@131:GET end@131+0", 0 },
};

static struct http1_reader *reader_refused(struct log *log, const char *announced)
{
	struct http1_reader *reader = http1_reader_new(HTTP_REQUEST, &events, log);
	char head[128];
	int length = snprintf(head, sizeof(head), "POST / HTTP/1.1\r\n%s%s\r\n\r\n", announced,
			      announced[0] == 'T' ? "unked" : "");

	feed(reader, 100 - (uint64_t)length, slice_of(head, (size_t)length));
	assert_true(http1_reader_in_body(reader));
	assert_true(http1_reader_body_awaited(reader));
	http1_reader_refuse(reader, 100);
	assert_false(http1_reader_idle(reader));
	assert_true(http1_reader_may_begin(reader));
	log->text[0] = '\0';
	return reader;
}

static void refused_bodies_are_told_from_requests(void **state)
{
	static const size_t pieces[] = { 1000, 1, 7, 18 };

	(void)state;
	for (size_t i = 0; i < COUNT(refused_cases) * COUNT(pieces); i++) {
		size_t which = i / COUNT(pieces), piece = pieces[i % COUNT(pieces)];
		struct slice input = slice_of_string(refused_cases[which].input);
		struct log log = { .method = "" };
		struct http1_reader *reader = reader_refused(&log, refused_cases[which].announced);

		for (size_t from = 0; from < input.length; from += piece)
			feed(reader, 100 + from, slice_head(slice_from(input, from), piece));
		if (strcmp(log.text, refused_cases[which].expected) != 0)
			fail_msg("%s, in pieces of %zu: %s", refused_cases[which].name, piece, log.text);
		assert_int_equal(http1_reader_doubt(reader), refused_cases[which].doubt);
		http1_reader_free(reader);
	}
}

static void refused_bodies_may_come_unseen(void **state)
{
	struct log log = { .method = "" };
	struct http1_reader *reader = reader_refused(&log, "Content-Length: 00500");

	(void)state;
	feed(reader, 100, slice_of_string("GET / HT"));
	http1_reader_hole(reader, 108, 492);
	feed(reader, 600, slice_of_string(GET));
	assert_string_equal(log.text, "end@600+500 begin@600 head@618:GET end@618+0");
	http1_reader_free(reader);
}

static void refused_bodies_may_be_wanted_again(void **state)
{
	struct log log = { .method = "" };
	struct http1_reader *reader = reader_refused(&log, "Content-Length: 00018");

	(void)state;
	http1_reader_unrefuse(reader);
	assert_true(http1_reader_body_awaited(reader));
	feed(reader, 100, slice_of_string(GET GET));
	assert_string_equal(log.text, "end@118+18 begin@118 head@136:GET end@136+0");
	http1_reader_free(reader);
}

static void requests_instead_of_bodies_can_be_settled(void **state)
{
	struct log log = { .method = "" };
	struct http1_reader *reader = reader_refused(&log, "Content-Length: 00500");

	(void)state;
	feed(reader, 100, slice_of_string(GET));
	http1_reader_settle(reader);
	feed(reader, 118, slice_of_string(GET));
	assert_string_equal(log.text, "begin@100 head@118:GET end@118+0 begin@118 head@136:GET end@136+0");
	http1_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_read_whole_and_in_pieces),
		cmocka_unit_test(holes_pass_where_the_end_stays_proven),
		cmocka_unit_test(proxy_addresses_may_be_unknown),
		cmocka_unit_test(state_is_told),
		cmocka_unit_test(resync_forgets_a_message_under_way),
		cmocka_unit_test(memory_is_held_only_inside_a_head),
		cmocka_unit_test(longest_head_is_read_and_a_longer_one_lost),
		cmocka_unit_test(refused_bodies_are_told_from_requests),
		cmocka_unit_test(refused_bodies_may_come_unseen),
		cmocka_unit_test(refused_bodies_may_be_wanted_again),
		cmocka_unit_test(requests_instead_of_bodies_can_be_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
