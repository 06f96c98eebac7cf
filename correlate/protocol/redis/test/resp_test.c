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
#include "correlate/protocol/redis/resp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(text) { (text), sizeof(text) - 1 }

/* What the reader said, as text: "<0 *2 .$GET .$k >22". */
struct log {
	char text[4096];
	struct resp_reader *stopped; /* at the first end */
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
	log_add(context, "<%llu", (unsigned long long)position);
}

static void on_item(void *context, const struct resp_item *item)
{
	const char *depth = item->depth ? "." : "";

	assert_true(item->text.length <= RESP_TEXT_MAX && item->text.length <= item->length);
	if (item->null)
		log_add(context, "%s%cnull", depth, item->type);
	else if (strchr(":#*~>%", item->type))
		log_add(context, "%s%c%lld", depth, item->type, (long long)item->number);
	else if (item->length > item->text.length)
		log_add(context, "%s%c%.*s+%llu", depth, item->type, (int)item->text.length, item->text.data,
			(unsigned long long)(item->length - item->text.length));
	else
		log_add(context, "%s%c%.*s", depth, item->type, (int)item->text.length, item->text.data);
}

static void on_end(void *context, uint64_t position)
{
	struct log *log = context;

	log_add(log, ">%llu", (unsigned long long)position);
	if (log->stopped)
		resp_reader_stop(log->stopped);
}

static void on_lost(void *context, enum resp_lost reason)
{
	log_add(context, reason == RESP_LOST_HOLE ? "lost:hole" : "lost:unparsable");
}

static const struct resp_events events = { on_begin, on_item, on_end, on_lost };

struct resp_case {
	struct slice input;
	const char *expected;
};

static const struct resp_case commands[] = {
	{ BYTES(""), "" },
	{ BYTES("*1\r\n$4\r\nPING\r\n"), "<0 *1 .$PING >14" },
	{ BYTES("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"), "<0 *2 .$GET .$k >20" },
	{ BYTES("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"), "<0 *2 .$ECHO .$ >20" },
	{ BYTES("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\nPING\r\n"),
	  "<0 *1 .$PING >14 <14 *1 .$PING >28 <28 .$PING >34" },
	{ BYTES("*2\r\n$4\r\nECHO\r\n$70\r\n"
		"0123456789012345678901234567890123456789012345678901234567890123456789\r\n"),
	  "<0 *2 .$ECHO .$0123456789012345678901234567890123456789012345678901234567890123+6 >91" },
	{ BYTES("\r\n\nPING\r\n"), "<3 .$PING >9" },
	{ BYTES("  \r\nSET a 'b c'\n"), "<0 >4 <4 .$SET .$a .$b c >16" },
	/* Redis ignores them. */
	{ BYTES("*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n"), "<0 *0 >4 <4 *0 >9 <9 *1 .$PING >23" },
	{ BYTES("*1\r\n:4\r\n"), "<0 *1 lost:unparsable" },
	{ BYTES("*1\r\n$-1\r\n"), "<0 *1 lost:unparsable" },
	{ BYTES("*1\r\n$4\r\nPINGxx"), "<0 *1 .$PING lost:unparsable" },
	{ BYTES("*1\r\n$4\r\nPING\rx"), "<0 *1 .$PING lost:unparsable" },
	{ BYTES("*x\r\n"), "<0 lost:unparsable" },
	{ BYTES("*\r\n"), "<0 lost:unparsable" },
	{ BYTES("*1\rx"), "<0 lost:unparsable" },
	{ BYTES("*1\r\n$536870913\r\n"), "<0 *1 lost:unparsable" },
	{ BYTES("*1\r\n$18446744073709551616\r\n"), "<0 *1 lost:unparsable" },
	{ BYTES("SET k \"open\r\n"), "<0 .$SET .$k lost:unparsable" },
};

static const struct resp_case replies[] = {
	{ BYTES("+OK\r\n"), "<0 +OK >5" },
	{ BYTES("+\r\n"), "<0 + >3" },
	{ BYTES("-ERR unknown command\r\n"), "<0 -ERR unknown command >22" },
	{ BYTES(":1000\r\n:-5\r\n:+7\r\n"), "<0 :1000 >7 <7 :-5 >12 <12 :7 >17" },
	{ BYTES("$5\r\nhello\r\n"), "<0 $hello >11" },
	{ BYTES("$0\r\n\r\n"), "<0 $ >6" },
	{ BYTES("$-1\r\n*-1\r\n_\r\n"), "<0 $null >5 <5 *null >10 <10 _null >13" },
	{ BYTES("*0\r\n"), "<0 *0 >4" },
	{ BYTES("*3\r\n:1\r\n$1\r\na\r\n-E\r\n"), "<0 *3 .:1 .$a .-E >19" },
	{ BYTES("*2\r\n*2\r\n:1\r\n:2\r\n+x\r\n"), "<0 *2 .*2 .+x >20" },
	{ BYTES("*2\r\n*0\r\n*-1\r\n"), "<0 *2 .*0 .*null >13" },
	/* RESP3 */
	{ BYTES("#t\r\n#f\r\n"), "<0 #1 >4 <4 #0 >8" },
	{ BYTES(",1.23\r\n,inf\r\n"), "<0 ,1.23 >7 <7 ,inf >13" },
	{ BYTES("(3492890328409238509324850943850943825024385\r\n"),
	  "<0 (3492890328409238509324850943850943825024385 >46" },
	{ BYTES("!21\r\nSYNTAX invalid syntax\r\n"), "<0 !SYNTAX invalid syntax >28" },
	{ BYTES("=15\r\ntxt:Some string\r\n"), "<0 =txt:Some string >22" },
	{ BYTES("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n"), "<0 %4 .+a .:1 .+b .:2 >20" },
	{ BYTES("~2\r\n+a\r\n+b\r\n"), "<0 ~2 .+a .+b >12" },
	{ BYTES(">2\r\n+message\r\n+hi\r\n"), "<0 >2 .+message .+hi >19" },
	/* An attribute belongs to what follows, at any depth. */
	{ BYTES("|1\r\n+ttl\r\n:5\r\n:7\r\n"), "<0 :7 >18" },
	{ BYTES("|0\r\n|1\r\n+a\r\n%1\r\n+b\r\n*1\r\n:1\r\n+OK\r\n"), "<0 +OK >33" },
	{ BYTES("*3\r\n:1\r\n|1\r\n+ttl\r\n:3600\r\n:2\r\n:3\r\n"), "<0 *3 .:1 .:2 .:3 >33" },
	{ BYTES("*1\r\n|1\r\n+a\r\n+b\r\n*1\r\n:9\r\n:5\r\n"), "<0 *1 .*1 >24 <24 :5 >28" },
	{ BYTES("$?\r\n"), "<0 lost:unparsable" },
	{ BYTES("#x\r\n"), "<0 lost:unparsable" },
	{ BYTES("_x\r\n"), "<0 lost:unparsable" },
	{ BYTES("\r\n"), "lost:unparsable" },
	{ BYTES("HTTP/1.1 400\r\n"), "lost:unparsable" },
	{ BYTES("$-2\r\n"), "<0 lost:unparsable" },
	{ BYTES("*-2\r\n"), "<0 lost:unparsable" },
	{ BYTES("%-1\r\n"), "<0 lost:unparsable" },
	{ BYTES("%4611686018427387904\r\n"), "<0 lost:unparsable" },
	{ BYTES("*4611686018427387903\r\n"), "<0 *4611686018427387903" },
};

static void feed(struct resp_reader *reader, uint64_t position, struct slice piece)
{
	char *copy = guard_copy(piece.data, piece.length);

	resp_reader_bytes(reader, position, slice_of(copy, piece.length));
	guard_free(copy, piece.length);
}

static void read_case(enum resp_side side, const struct resp_case *test, size_t piece)
{
	struct resp_reader reader;
	struct log log = { 0 };

	resp_reader_init(&reader, side, &events, &log);
	for (size_t from = 0; from < test->input.length; from += piece)
		feed(&reader, from, slice_head(slice_from(test->input, from), piece));
	assert_string_equal(log.text, test->expected);
}

static void reads_whole_and_in_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 130; piece += piece < 8 ? 1 : 60) {
		for (size_t i = 0; i < COUNT(commands); i++)
			read_case(RESP_COMMANDS, &commands[i], piece);
		for (size_t i = 0; i < COUNT(replies); i++)
			read_case(RESP_REPLIES, &replies[i], piece);
	}
}

static void nests_to_a_maximum(void **state)
{
	struct resp_reader reader;
	struct log log = { 0 };

	(void)state;
	resp_reader_init(&reader, RESP_REPLIES, &events, &log);
	for (unsigned int i = 0; i < RESP_DEPTH_MAX; i++)
		feed(&reader, 4 * i, SLICE_LITERAL("*1\r\n"));
	assert_string_equal(log.text, "<0 *1 .*1");
	feed(&reader, 64, SLICE_LITERAL(":1\r\n"));
	assert_string_equal(log.text, "<0 *1 .*1 >68");
	for (unsigned int i = 0; i <= RESP_DEPTH_MAX; i++)
		feed(&reader, 68 + 4 * i, SLICE_LITERAL("*1\r\n"));
	assert_string_equal(log.text, "<0 *1 .*1 >68 <68 *1 .*1 lost:unparsable");
	assert_true(resp_reader_is_lost(&reader));
}

static void passes_over_the_middle_of_a_bulk(void **state)
{
	struct resp_reader reader;
	struct log log = { 0 };

	(void)state;
	resp_reader_init(&reader, RESP_REPLIES, &events, &log);
	feed(&reader, 0, SLICE_LITERAL("*2\r\n$1000\r\nabc"));
	assert_false(resp_reader_can_skip(&reader, 998));
	assert_true(resp_reader_can_skip(&reader, 997));
	resp_reader_hole(&reader, 997);
	feed(&reader, 1011, SLICE_LITERAL("\r\n:1\r\n"));
	assert_string_equal(log.text, "<0 *2 .$abc+997 .:1 >1017");
	assert_true(resp_reader_idle(&reader));
}

static void loses_sight_at_any_other_hole(void **state)
{
	static const char *const before[] = { "", "*", "*2\r", "*2\r\n$3\r\n", "*2\r\n$3\r\nab", "*2\r\n$3\r\nabc\r",
					      "*2\r\n+abc" };

	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		struct resp_reader reader;
		struct log log = { 0 };

		resp_reader_init(&reader, RESP_REPLIES, &events, &log);
		feed(&reader, 0, slice_of_string(before[i]));
		resp_reader_hole(&reader, 100);
		assert_true(resp_reader_is_lost(&reader));
		assert_non_null(strstr(log.text, "lost:hole"));
		feed(&reader, 200, SLICE_LITERAL("+OK\r\n"));
		log.text[0] = '\0';
		resp_reader_resync(&reader);
		feed(&reader, 300, SLICE_LITERAL("+OK\r\n"));
		assert_string_equal(log.text, "<300 +OK >305");
	}
}

static void tells_of_many_items_the_first_and_the_errors(void **state)
{
	struct resp_reader reader;
	struct log log = { 0 };

	(void)state;
	resp_reader_init(&reader, RESP_REPLIES, &events, &log);
	feed(&reader, 0, SLICE_LITERAL("*200\r\n"));
	for (unsigned int i = 0; i < 199; i++)
		feed(&reader, 6 + 4 * i, SLICE_LITERAL(":1\r\n"));
	feed(&reader, 802, SLICE_LITERAL("-E\r\n"));
	assert_int_equal(strlen(log.text), strlen("<0 *200") + RESP_ITEMS_TOLD * strlen(" .:1") + strlen(" .-E >806"));
	assert_true(resp_reader_idle(&reader));
}

static void limits_lines(void **state)
{
	static char line[RESP_LINE_MAX + 8];

	(void)state;
	memset(line, 'a', sizeof(line));
	for (int side = RESP_COMMANDS; side <= RESP_REPLIES; side++) {
		struct resp_reader reader;
		struct log log = { 0 };

		line[0] = side == RESP_REPLIES ? '+' : 'a';
		resp_reader_init(&reader, side, &events, &log);
		resp_reader_bytes(&reader, 0, slice_of(line, RESP_LINE_MAX));
		assert_false(resp_reader_is_lost(&reader));
		resp_reader_bytes(&reader, RESP_LINE_MAX, slice_of(line + 1, 2));
		assert_true(resp_reader_is_lost(&reader));
	}
}

static void stops_when_told(void **state)
{
	struct resp_reader reader;
	struct log log = { .stopped = &reader };

	(void)state;
	resp_reader_init(&reader, RESP_REPLIES, &events, &log);
	feed(&reader, 0, SLICE_LITERAL("+CONTINUE\r\n+OK\r\nanything"));
	assert_string_equal(log.text, "<0 +CONTINUE >11");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_whole_and_in_pieces),
		cmocka_unit_test(nests_to_a_maximum),
		cmocka_unit_test(passes_over_the_middle_of_a_bulk),
		cmocka_unit_test(loses_sight_at_any_other_hole),
		cmocka_unit_test(tells_of_many_items_the_first_and_the_errors),
		cmocka_unit_test(limits_lines),
		cmocka_unit_test(stops_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
