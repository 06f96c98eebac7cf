/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
#include <linux/types.h>
#include <stdbool.h>

#include "bpf/trace/protocol/http1_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Bytes up to and including the last that the head's end took; 0: it goes on. */
static size_t walk_head(struct http1_walk *walk, const char *text)
{
	for (size_t i = 0; text[i]; i++) {
		if (walk_head_byte(walk, text[i]))
			return i + 1;
	}
	return 0;
}

/* Bytes of the size line, as far as it goes. */
static size_t walk_line(struct http1_walk *walk, const char *text)
{
	size_t length = 0;

	while (text[length] && walk_size_byte(walk, text[length]))
		length++;
	return text[length] ? length + 1 : length;
}

static void heads_end_with_an_empty_line(void **state)
{
	static const struct {
		const char *text;
		size_t end;
	} heads[] = {
		{ "GET / HTTP/1.1\r\n\r\nbody", 18 },
		{ "GET / HTTP/1.1\n\nbody", 16 },
		{ "GET / HTTP/1.1\r\n\nbody", 17 },
		{ "GET / HTTP/1.1\n\r\nbody", 17 },
		{ "\r\nGET / HTTP/1.1\r\n\r\n", 20 },
		{ "GET / HTTP/1.1\r\nA: b\r\n\r\n", 24 },
		{ "GET / HTTP/1.1\r\nA: \r\r\n \r\n", 0 },
		{ "GET / HTTP/1.1\r\n\r\r\n", 0 },
		{ "GET / HTTP/1.1\r\n\r", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct http1_walk walk = { 0 };

		assert_int_equal(walk_head(&walk, heads[i].text), heads[i].end);
		assert_int_equal(walk.phase, heads[i].end ? WALK_SIZE : WALK_HEAD);
	}
}

static void size_lines_are_read(void **state)
{
	static const struct {
		const char *line;
		uint64_t size;
	} lines[] = {
		{ "5\r\n", 5 },
		{ "5\n", 5 },
		{ "aF\r\n", 0xaf },
		{ "00010\r\n", 16 },
		{ "10 \r\n", 16 },
		{ "10\t\r\n", 16 },
		{ "10;name\r\n", 16 },
		{ "10 ; name=\"a;b 5\"\r\n", 16 },
		{ "fffffffffffffff\r\n", UINT64_C(0xfffffffffffffff) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct http1_walk walk = { .phase = WALK_SIZE };

		assert_int_equal(walk_line(&walk, lines[i].line), strlen(lines[i].line));
		assert_int_equal(walk.phase, WALK_DATA);
		assert_true(walk.left == lines[i].size);
	}
}

static void what_is_no_size_line_is_a_body(void **state)
{
	static const char *const texts[] = { "{\"a\": 1}", "\r\n",   ";name\r\n", "DELETE / HTTP/1.1\r\n",
					     "5x\r\n",     "-1\r\n", "0x10\r\n",  "1000000000000000\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct http1_walk walk = { .phase = WALK_SIZE };

		walk_line(&walk, texts[i]);
		assert_int_equal(walk.phase, WALK_BODY);
	}
}

static void data_is_skipped(void **state)
{
	struct http1_walk walk = { .phase = WALK_SIZE };

	(void)state;
	walk_line(&walk, "10\r\n");
	assert_int_equal(walk_skip(&walk, 0), 0);
	assert_int_equal(walk_skip(&walk, 10), 10);
	assert_int_equal(walk.phase, WALK_DATA);
	assert_int_equal(walk_skip(&walk, 10), 6);
	assert_int_equal(walk.phase, WALK_DATA_END);
	assert_int_equal(walk_line(&walk, "\r\n3\r\n"), 5);
	assert_int_equal(walk.phase, WALK_DATA);
	assert_int_equal(walk.left, 3);
}

/* Data that does not end where its size says: not what we took it for. */
static void data_without_an_end_is_a_body(void **state)
{
	struct http1_walk walk = { .phase = WALK_SIZE };

	(void)state;
	walk_line(&walk, "2\r\n");
	walk_skip(&walk, 2);
	walk_line(&walk, "x\r\n");
	assert_int_equal(walk.phase, WALK_BODY);
}

static void the_last_chunk_ends_the_message(void **state)
{
	static const char *const trailers[] = { "\r\n", "\n", "A: b\r\n\r\n", "A: b\r\nC: d\n\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(trailers) / sizeof(trailers[0]); i++) {
		struct http1_walk walk = { .phase = WALK_SIZE };

		walk_line(&walk, "0\r\n");
		assert_int_equal(walk.phase, WALK_HEAD);
		assert_int_equal(walk.trailer, 1);
		assert_int_equal(walk_head(&walk, trailers[i]), strlen(trailers[i]));
		assert_int_equal(walk.phase, WALK_HEAD);
		assert_int_equal(walk.trailer, 0);
		/* The next message's head is read as a head. */
		assert_int_equal(walk_head(&walk, "HTTP/1.1 200 OK\r\n\r\n"), 19);
		assert_int_equal(walk.phase, WALK_SIZE);
	}
}

/*
 * Every eight bytes of these, before every two of them and before nothing: a word tells what byte by
 * byte tells, but for a field that is suspected in vain.
 */
static void words_are_walked_as_bytes_are(void **state)
{
	static const char bytes[] = { 'T', '\r', '\n', '\n' + 1 };
	unsigned int ends = 0, coded = 0;

	(void)state;
	for (unsigned int number = 0; number < 17 * 65536; number++) {
		struct http1_walk by_word = { 0 }, by_byte = { 0 };
		char text[17] = "";
		__u64 words[2];
		__u32 end;

		for (unsigned int i = 0; i < 8 + (number >> 20 ? 0 : 2); i++)
			text[i] = bytes[number >> (2 * i) & 3];
		memcpy(words, text, sizeof(words));
		end = walk_head_word(&by_word, words[0], words[1]);
		ends += end > 0;
		coded += by_word.coded;
		if (end) {
			assert_int_equal(walk_head(&by_byte, text), end);
		} else {
			text[8] = '\0';
			assert_int_equal(walk_head(&by_byte, text), 0);
			walk_head_pause(&by_word, text[6], text[7]);
		}
		assert_true(by_word.coded >= by_byte.coded);
		by_byte.coded = by_word.coded;
		assert_memory_equal(&by_word, &by_byte, sizeof(by_word));
	}
	assert_in_range(ends, 65536, 16 * 65536);
	assert_in_range(coded, 65536, 16 * 65536);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_end_with_an_empty_line),   cmocka_unit_test(size_lines_are_read),
		cmocka_unit_test(what_is_no_size_line_is_a_body), cmocka_unit_test(data_is_skipped),
		cmocka_unit_test(data_without_an_end_is_a_body),  cmocka_unit_test(the_last_chunk_ends_the_message),
		cmocka_unit_test(words_are_walked_as_bytes_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
