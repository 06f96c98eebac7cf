// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int saved_stderr, reading_end;

static int redirect(void **state)
{
	int ends[2];

	(void)state;
	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		return -1;
	saved_stderr = dup(STDERR_FILENO);
	reading_end = ends[0];
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	return 0;
}

static int restore(void **state)
{
	(void)state;
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(reading_end);
	log_set_level(LOG_LEVEL_WARNING);
	log_set_format(LOG_PLAIN);
	return 0;
}

static const char *logged(void)
{
	static char text[8192];
	ssize_t length = read(reading_end, text, sizeof(text) - 1);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

static void lines_have_the_level(void **state)
{
	(void)state;
	log_error("port %d", 70000);
	assert_string_equal(logged(), "wirespan: error: port 70000\n");
	log_warning("ends itself\n");
	assert_string_equal(logged(), "wirespan: warning: ends itself\n");
}

static void levels_filter(void **state)
{
	(void)state;
	assert_int_equal(log_get_level(), LOG_LEVEL_WARNING);
	log_info("unseen");
	assert_string_equal(logged(), "");
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("seen");
	assert_string_equal(logged(), "wirespan: debug: seen\n");
	log_set_level(LOG_LEVEL_ERROR);
	log_warning("unseen");
	assert_string_equal(logged(), "");
}

static void long_lines_are_cut(void **state)
{
	const char *text;

	(void)state;
	log_error("%05000d", 1);
	text = logged();
	assert_int_equal(strlen(text), 4096);
	assert_int_equal(text[4095], '\n');
}

static void terminals_are_not_told_what_to_do(void **state)
{
	(void)state;
	log_error("%s", "a\x1b[2Jb\x7f\tc\nd \xc2\x9b \xc2\xa9 \xc3\x9b");
	assert_string_equal(logged(), "wirespan: error: a?[2Jb?\tc\nd ?? \xc2\xa9 \xc3\x9b\n");
}

/* A time, then what is expected. */
static void assert_timed(const char *text, const char *before, const char *behind)
{
	unsigned int year, rest[6];
	int begin = (int)strlen(before), end = 0;

	assert_memory_equal(text, before, strlen(before));
	assert_int_equal(sscanf(text + begin, "%4u-%2u-%2uT%2u:%2u:%2u.%3uZ%n", &year, rest, rest + 1, rest + 2, rest + 3,
				rest + 4, rest + 5, &end), 7);
	assert_int_equal(end, 24);
	assert_string_equal(text + begin + end, behind);
}

static void lines_have_the_time_on_request(void **state)
{
	(void)state;
	log_notice("ready");
	assert_string_equal(logged(), "wirespan: ready\n");
	log_set_format(LOG_TEXT);
	log_notice("ready");
	assert_timed(logged(), "", " info wirespan: ready\n");
	log_warning("two\nlines\x1b");
	assert_timed(logged(), "", " warning wirespan: two lines?\n");
	log_set_level(LOG_LEVEL_ERROR);
	log_notice("whatever the level");
	assert_timed(logged(), "", " info wirespan: whatever the level\n");
}

static void json_holds_any_bytes(void **state)
{
	(void)state;
	log_set_format(LOG_JSON);
	log_error("%s", "say \"a\\b\"\n\x1b[2J\x7f \xc2\x9b \xc2\xa9 \xff \xed\xa0\x80 \xf0\x9f\x92\xa9 cut \xe2\x82");
	assert_timed(logged(), "{\"time\":\"",
		     "\",\"level\":\"error\",\"message\":\"say \\\"a\\\\b\\\"\\u000a\\u001b[2J\\u007f \\u009b \xc2\xa9 "
		     "\\ufffd \\ufffd\\ufffd\\ufffd \xf0\x9f\x92\xa9 cut \\ufffd\"}\n");
}

static void json_that_is_cut_is_whole(void **state)
{
	char text[5000];
	const char *line;

	(void)state;
	log_set_format(LOG_JSON);
	memset(text, '"', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_error("%s", text);
	line = logged();
	assert_in_range(strlen(line), 4090, 4096);
	assert_string_equal(line + strlen(line) - 5, "\\\"\"}\n");
}

static void lines_come_together(void **state)
{
	(void)state;
	log_block(LOG_LEVEL_NOTICE, SLICE_LITERAL("one\ntwo\n"));
	assert_string_equal(logged(), "wirespan: one\nwirespan: two\n");
	log_block(LOG_LEVEL_DEBUG, SLICE_LITERAL("one\n"));
	assert_string_equal(logged(), "");
}

static void fill_pipe(void)
{
	static const char filler[4096];
	int end = dup(STDERR_FILENO), flags = fcntl(end, F_GETFL);

	assert_int_equal(fcntl(end, F_SETFL, flags | O_NONBLOCK), 0);
	while (write(end, filler, sizeof(filler)) > 0)
		;
	assert_int_equal(fcntl(end, F_SETFL, flags), 0);
	close(end);
}

static void nobody_waits_for_a_reader(void **state)
{
	char bytes[4096];

	(void)state;
	fill_pipe();
	/* A write that waits here waits for ever: the test's time-out ends it. */
	log_error("lost");
	log_error("lost, too");
	while (read(reading_end, bytes, sizeof(bytes)) > 0)
		assert_int_equal(bytes[0], '\0');
	log_error("read again");
	assert_string_equal(logged(), "wirespan: error: read again\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_have_the_level, redirect, restore),
		cmocka_unit_test_setup_teardown(levels_filter, redirect, restore),
		cmocka_unit_test_setup_teardown(long_lines_are_cut, redirect, restore),
		cmocka_unit_test_setup_teardown(terminals_are_not_told_what_to_do, redirect, restore),
		cmocka_unit_test_setup_teardown(lines_have_the_time_on_request, redirect, restore),
		cmocka_unit_test_setup_teardown(json_holds_any_bytes, redirect, restore),
		cmocka_unit_test_setup_teardown(json_that_is_cut_is_whole, redirect, restore),
		cmocka_unit_test_setup_teardown(lines_come_together, redirect, restore),
		cmocka_unit_test_setup_teardown(nobody_waits_for_a_reader, redirect, restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
