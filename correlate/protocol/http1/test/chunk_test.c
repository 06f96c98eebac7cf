// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/protocol/http1/chunk.h"

static const struct {
	const char *input;
	enum http1_chunk_result result;
	size_t left_over; /* bytes after the end */
	uint64_t body;
} cases[] = {
	{ "5\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 5 },
	{ "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nHTTP/1.1", HTTP1_CHUNK_DONE, 8, 11 },
	{ "0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 0 },
	{ "A\r\n0123456789\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 10 },
	{ "a\r\n0123456789\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 10 },
	{ "1F\r\n0123456789abcdef0123456789abcde\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 31 },
	{ "00000000000000000000000003\r\nabc\r\n000\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3;name=value\r\nabc\r\n0;last\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3;q=\"a;\\\"b\\\" c\";x\r\nabc\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3 ; a = b\r\nabc\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3  \r\nabc\r\n0\t\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3\nabc\n0\n\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\nrest", HTTP1_CHUNK_DONE, 4, 3 },
	{ "0\r\nX: \r y\r\n\r\n", HTTP1_CHUNK_DONE, 0, 0 },
	{ "0\r\n\rX\r\n\r\n", HTTP1_CHUNK_DONE, 0, 0 },
	{ "3\r\n\r\n\r\r\n0\r\n\r\n", HTTP1_CHUNK_DONE, 0, 3 },
	{ "3\r\nab", HTTP1_CHUNK_MORE, 0, 2 },
	{ "3\r\nabc\r\n0\r\n", HTTP1_CHUNK_MORE, 0, 3 },
	{ "ffffffffffffffff\r\n", HTTP1_CHUNK_MORE, 0, 0 },
	{ "10000000000000000\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "fffffffffffffffff\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "x\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "-1\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "0x5\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ ";a\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ " 3\r\nabc\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "3 3\r\nabc\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "3\rabc\r\n", HTTP1_CHUNK_ERROR, 0, 0 },
	{ "3\r\nabcd\r\n", HTTP1_CHUNK_ERROR, 0, 3 },
	{ "3\r\nabc\rx", HTTP1_CHUNK_ERROR, 0, 3 },
};

/* Pieces end at `cut`; 0: every byte is one. */
static enum http1_chunk_result feed(struct http1_chunk *chunk, struct slice input, size_t cut, size_t *ret_consumed)
{
	enum http1_chunk_result result = HTTP1_CHUNK_MORE;
	size_t from = 0;

	while (from < input.length && result == HTTP1_CHUNK_MORE) {
		size_t length = cut == 0 ? 1 : from < cut ? cut : input.length - from, consumed;
		struct slice piece = slice_head(slice_from(input, from), length);
		char *copy = guard_copy(piece.data, piece.length);

		result = http1_chunk_feed(chunk, slice_of(copy, piece.length), &consumed);
		if (result == HTTP1_CHUNK_MORE)
			assert_int_equal(consumed, piece.length);
		guard_free(copy, piece.length);
		from += consumed;
	}
	*ret_consumed = from;
	return result;
}

static void coding_ends_where_it_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice input = slice_of_string(cases[i].input);

		for (size_t cut = 0; cut <= input.length; cut++) {
			struct http1_chunk chunk;
			size_t consumed;

			http1_chunk_init(&chunk);
			assert_int_equal(feed(&chunk, input, cut, &consumed), cases[i].result);
			assert_int_equal(chunk.body, cases[i].body);
			if (cases[i].result == HTTP1_CHUNK_DONE)
				assert_int_equal(input.length - consumed, cases[i].left_over);
		}
	}
}

/* Feeds `text` once and `filler` until an error or `limit` bytes; returns the bytes taken. */
static size_t feed_without_end(const char *text, const char *filler, size_t limit)
{
	struct http1_chunk chunk;
	size_t consumed, total;

	http1_chunk_init(&chunk);
	http1_chunk_feed(&chunk, slice_of_string(text), &total);
	while (total < limit) {
		enum http1_chunk_result result = http1_chunk_feed(&chunk, slice_of_string(filler), &consumed);

		total += consumed;
		if (result == HTTP1_CHUNK_ERROR)
			return total;
		assert_int_equal(result, HTTP1_CHUNK_MORE);
	}
	return total;
}

static void lines_and_trailers_have_a_maximum(void **state)
{
	size_t trailer = feed_without_end("0\r\n", "a: b\r\n", 1 << 20);

	(void)state;
	assert_int_equal(feed_without_end("", "0", 1 << 20), HTTP1_CHUNK_LINE_MAX + 1);
	assert_int_equal(feed_without_end("5;", "x", 1 << 20), HTTP1_CHUNK_LINE_MAX + 1);
	assert_int_equal(trailer, HTTP1_CHUNK_TRAILER_MAX + 1 + 3);
	/* Many chunks are no long line. */
	assert_true(feed_without_end("", "1;a=b\r\nx\r\n", 1 << 20) >= 1 << 20);
}

static void only_data_may_be_unknown(void **state)
{
	static const char size_line[] = "64\r\n", end[] = "\r\n0\r\n\r\n";
	struct http1_chunk chunk;
	size_t consumed;

	(void)state;
	http1_chunk_init(&chunk);
	assert_false(http1_chunk_can_skip(&chunk, 1));
	assert_int_equal(http1_chunk_feed(&chunk, slice_of_string(size_line), &consumed), HTTP1_CHUNK_MORE);
	assert_true(http1_chunk_can_skip(&chunk, 100));
	assert_false(http1_chunk_can_skip(&chunk, 101));
	http1_chunk_skip(&chunk, 40);
	assert_true(http1_chunk_can_skip(&chunk, 60));
	assert_false(http1_chunk_can_skip(&chunk, 61));
	http1_chunk_skip(&chunk, 60);
	assert_false(http1_chunk_can_skip(&chunk, 1));
	assert_int_equal(http1_chunk_feed(&chunk, slice_of_string(end), &consumed), HTTP1_CHUNK_DONE);
	assert_int_equal(chunk.body, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coding_ends_where_it_ends),
		cmocka_unit_test(lines_and_trailers_have_a_maximum),
		cmocka_unit_test(only_data_may_be_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
