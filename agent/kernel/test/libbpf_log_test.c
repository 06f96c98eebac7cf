// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/libbpf_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define LINES_MAX 400

/* What reached standard error, and its lines. */
struct said {
	char text[1 << 16];
	const char *lines[LINES_MAX];
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void tell(enum libbpf_print_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	assert_int_equal(libbpf_log(level, format, arguments), 0);
	va_end(arguments);
}

/* Has libbpf say `message` while standard error is a file. */
static void listen(struct said *said, enum libbpf_print_level level, const char *message)
{
	FILE *file = tmpfile();
	int standard_error = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	tell(level, "%s", message);
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	rewind(file);
	length = fread(said->text, 1, sizeof(said->text) - 1, file);
	fclose(file);
	said->text[length] = '\0';
	said->count = 0;
	for (char *line = strtok(said->text, "\n"); line && said->count < LINES_MAX; line = strtok(NULL, "\n"))
		said->lines[said->count++] = line;
}

static void each_line_is_a_message(void **state)
{
	static struct said said;

	(void)state;
	log_set_level(LOG_LEVEL_DEBUG);
	listen(&said, LIBBPF_WARN, "one\ntwo\n");
	assert_int_equal(said.count, 2);
	assert_string_equal(said.lines[0], "wirespan: debug: one");
	assert_string_equal(said.lines[1], "wirespan: debug: two");
	listen(&said, LIBBPF_INFO, "without an end");
	assert_int_equal(said.count, 1);
	assert_string_equal(said.lines[0], "wirespan: debug: without an end");
	listen(&said, LIBBPF_WARN, "");
	assert_int_equal(said.count, 0);
}

static void of_a_long_message_the_end_is_kept(void **state)
{
	static struct said said;
	char message[8192] = "";
	char expected[64];
	size_t length = 0;

	(void)state;
	log_set_level(LOG_LEVEL_DEBUG);
	for (int i = 1; i <= LIBBPF_LOG_LINES_MAX + 50; i++)
		length += (size_t)snprintf(message + length, sizeof(message) - length, "%d\n", i);
	listen(&said, LIBBPF_WARN, message);
	assert_int_equal(said.count, LIBBPF_LOG_LINES_MAX);
	assert_string_equal(said.lines[0], "wirespan: debug: 51");
	snprintf(expected, sizeof(expected), "wirespan: debug: %d", LIBBPF_LOG_LINES_MAX + 50);
	assert_string_equal(said.lines[LIBBPF_LOG_LINES_MAX - 1], expected);
}

static void nobody_hears_what_was_not_asked_for(void **state)
{
	static struct said said;

	(void)state;
	log_set_level(LOG_LEVEL_DEBUG);
	listen(&said, LIBBPF_DEBUG, "detail\n");
	assert_int_equal(said.count, 0);
	log_set_level(LOG_LEVEL_WARNING);
	listen(&said, LIBBPF_WARN, "refused\n");
	assert_int_equal(said.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_message),
		cmocka_unit_test(of_a_long_message_the_end_is_kept),
		cmocka_unit_test(nobody_hears_what_was_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
