/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
#include <linux/types.h>
#include <stdbool.h>

#include "bpf/trace/protocol/redis_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal) literal, sizeof(literal) - 1

/* Walks all of it; how many bytes are not copied. */
static size_t walk_all(struct redis_walk *walk, const char *text, size_t length)
{
	size_t at = 0, hidden = 0;

	while (at < length && walk->phase != REDIS_LOST) {
		if (redis_hides(walk)) {
			__u32 skipped = redis_skip(walk, length - at);

			hidden += skipped;
			at += skipped;
		} else if (walk->phase == REDIS_DATA) {
			at += redis_show(walk, length - at);
		} else {
			redis_byte(walk, text[at++]);
		}
	}
	return hidden;
}

/* Redis serialization protocol specification, the examples of each type; and commands as they are sent. */
static void values_are_walked(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		unsigned int commands;
	} values[] = {
		{ TEXT("+OK\r\n"), 0 },
		{ TEXT("-ERR unknown command 'asdf'\r\n"), 0 },
		{ TEXT(":-1000\r\n"), 0 },
		{ TEXT("$5\r\nhello\r\n"), 0 },
		{ TEXT("$0\r\n\r\n"), 0 },
		{ TEXT("$-1\r\n"), 0 },
		{ TEXT("$7\r\na\r\n*1\r\n\r\n"), 0 },
		{ TEXT("*0\r\n"), 1 },
		{ TEXT("*-1\r\n"), 1 },
		{ TEXT("*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n*2\r\n+Hello\r\n-World\r\n"), 3 },
		{ TEXT("_\r\n"), 0 },
		{ TEXT("#t\r\n"), 0 },
		{ TEXT(",1.23\r\n,-inf\r\n"), 0 },
		{ TEXT("(3492890328409238509324850943850943825024385\r\n"), 0 },
		{ TEXT("!21\r\nSYNTAX invalid syntax\r\n"), 0 },
		{ TEXT("=15\r\ntxt:Some string\r\n"), 0 },
		{ TEXT("%2\r\n+first\r\n:1\r\n+second\r\n:2\r\n"), 0 },
		{ TEXT("|1\r\n+key-popularity\r\n%1\r\n$1\r\na\r\n,0.1923\r\n*1\r\n:2039123\r\n"), 1 },
		{ TEXT("~2\r\n+a\r\n#f\r\n"), 0 },
		{ TEXT(">3\r\n+message\r\n+channel\r\n$5\r\nhello\r\n"), 0 },
		{ TEXT("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n*1\r\n$4\r\nPING\r\n"), 2 },
		{ TEXT("PING\r\nset a b\r\n\r\nGET a\n"), 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct redis_walk walk = { 0 };

		assert_int_equal(walk_all(&walk, values[i].text, values[i].length), 0);
		assert_int_equal(walk.phase, REDIS_TYPE);
		assert_int_equal(walk.commands, values[i].commands);
		/* However it is cut. */
		for (size_t at = 0; at < values[i].length; at++) {
			walk = (struct redis_walk){ 0 };
			walk_all(&walk, values[i].text, at);
			walk_all(&walk, values[i].text + at, values[i].length - at);
			assert_int_equal(walk.phase, REDIS_TYPE);
			assert_int_equal(walk.commands, values[i].commands);
		}
	}
}

/* What began before the walk did is a line of text to it. */
static void a_walk_may_begin_within_the_first_line(void **state)
{
	static const char command[] = "*12\r\n$4\r\nPING\r\n";

	(void)state;
	for (size_t at = 1; at <= 5; at++) {
		struct redis_walk walk = { 0 };

		walk_all(&walk, command + at, sizeof(command) - 1 - at);
		assert_int_equal(walk.phase, REDIS_TYPE);
		assert_int_equal(walk.commands, 0);
	}
}

static void what_is_not_understood_is_lost(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} texts[] = {
		{ TEXT("$?\r\n;4\r\nHell\r\n;0\r\n") }, /* a string in chunks */
		{ TEXT(";4\r\nHell") },
		{ TEXT("$\r\n") },
		{ TEXT("$-\r\n") },
		{ TEXT("$1-\r\n") },
		{ TEXT("$5x\r\n") },
		{ TEXT("$1234567890123456\r\n") },
		{ TEXT("$3\r\nfour\r\n") },
		{ TEXT("$EOF:0123456789012345678901234567890123456789\r\n") }, /* a replica is sent a copy */
		{ TEXT("\0\0") },
		{ TEXT("\x80\1") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct redis_walk walk = { 0 };

		walk_all(&walk, texts[i].text, texts[i].length);
		assert_int_equal(walk.phase, REDIS_LOST);
		assert_true(redis_hides(&walk));
	}
}

static void of_strings_the_beginning_is_shown(void **state)
{
	static char text[4096];

	(void)state;
	for (unsigned int length = 0; length < 1000; length++) {
		int head = snprintf(text, sizeof(text), "$%u\r\n", length);
		size_t total = head + length + 2;

		memset(text + head, 'a', length);
		memcpy(text + head + length, "\r\n", 2);
		for (size_t at = 0; at < total; at += 1 + length / 8) {
			struct redis_walk walk = { 0 };
			size_t hidden = walk_all(&walk, text, at);

			hidden += walk_all(&walk, text + at, total - at);
			assert_int_equal(hidden, length > REDIS_SHOWN ? length - REDIS_SHOWN : 0);
			assert_int_equal(walk.phase, REDIS_TYPE);
		}
	}
}

/* Bytes that nobody saw are passed over within a string, and nowhere else. */
static void unseen_bytes_are_skipped(void **state)
{
	struct redis_walk walk = { 0 };

	(void)state;
	assert_int_equal(redis_skip(&walk, 1), 0);
	walk_all(&walk, TEXT("$100\r\n0123456789"));
	assert_int_equal(redis_skip(&walk, 10), 10);
	assert_int_equal(walk.show, REDIS_SHOWN - 20);
	assert_int_equal(redis_skip(&walk, 60), 60);
	assert_true(redis_hides(&walk));
	assert_int_equal(redis_skip(&walk, 30), 20);
	assert_int_equal(walk.phase, REDIS_DATA_END);
	assert_int_equal(redis_skip(&walk, 10), 0);
}

static void a_lost_direction_begins_with_a_value(void **state)
{
	static const struct {
		const char *text;
		bool command, reply;
	} beginnings[] = {
		{ "*3\r\n$3\r\n", true, true }, { "*12\r\n$3\r\n", true, true }, { "*-1\r\n", false, true },
		{ "+OK\r\n", false, true },     { "$5\r\n", false, true },       { "_\r\n", false, true },
		{ "%1\r\n", false, true },      { "value", false, false },       { "\r\n*1\r\n", false, false },
		{ "* 1", false, true },         { ";4\r\n", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		const __u8 *bytes = (const __u8 *)beginnings[i].text;

		assert_int_equal(redis_begins(bytes, strlen(beginnings[i].text), true), beginnings[i].command);
		assert_int_equal(redis_begins(bytes, strlen(beginnings[i].text), false), beginnings[i].reply);
		assert_false(redis_begins(bytes, 2, true) || redis_begins(bytes, 2, false));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_walked),
		cmocka_unit_test(a_walk_may_begin_within_the_first_line),
		cmocka_unit_test(what_is_not_understood_is_lost),
		cmocka_unit_test(of_strings_the_beginning_is_shown),
		cmocka_unit_test(unseen_bytes_are_skipped),
		cmocka_unit_test(a_lost_direction_begins_with_a_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
