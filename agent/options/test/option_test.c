// SPDX-License-Identifier: Apache-2.0
#include "agent/options/option.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 16

static const char *const choices[] = { "console", "json", "none", NULL };

struct targets {
	bool flag;
	bool on;
	const char *text;
	struct option_number_target number;
	struct option_choice_target choice;
	int first;
};

/* Splits `line` (in place) at blanks and parses it. */
static int parse(struct targets *targets, char *line)
{
	const struct option_row switches[] = {
		{ "flag", NULL, "a flag", option_set_flag, &targets->flag },
		{ "verbose", NULL, "another", option_clear_flag, &targets->on },
	};
	const struct option_row values[] = {
		{ "text", "TEXT", "a text", option_set_string, &targets->text },
		{ "number", "N", "a number\nof two lines", option_set_number, &targets->number },
		{ "format", "console|json|none", "a choice", option_set_choice, &targets->choice },
	};
	const struct option_part parts[] = { { "Switches", switches, 2 }, { NULL, values, 3 }, { 0 } };
	const struct option_usage usage = { "test", "[options]", "Tests." };
	char *arguments[ARGUMENTS_MAX] = { (char[]){ "test" } };
	int count = 1;

	*targets = (struct targets){
		.on = true,
		.number = { .min = 5, .max = 100 },
		.choice = { choices, 0 },
		.first = -1,
	};
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		arguments[count++] = word;
	return option_parse(&usage, parts, count, arguments, &targets->first);
}

#define PARSE(targets, line) parse(targets, (char[]){ line })

static void options_are_set(void **state)
{
	struct targets targets;

	(void)state;
	assert_int_equal(PARSE(&targets, "--flag --verbose --text=a --number 7 --format json"), 0);
	assert_true(targets.flag);
	assert_false(targets.on);
	assert_string_equal(targets.text, "a");
	assert_true(targets.number.given);
	assert_int_equal(targets.number.value, 7);
	assert_int_equal(targets.choice.value, 1);
	assert_int_equal(PARSE(&targets, "--text a --text b"), 0);
	assert_string_equal(targets.text, "b");
	assert_false(targets.number.given);
}

static void arguments_remain(void **state)
{
	struct targets targets;

	(void)state;
	assert_int_equal(PARSE(&targets, "file --flag"), 0);
	assert_true(targets.flag);
	assert_int_equal(targets.first, 2);
	assert_int_equal(PARSE(&targets, "--flag -- --text"), 0);
	assert_int_equal(targets.first, 3);
}

static void wrong_usage_is_refused(void **state)
{
	struct targets targets;

	(void)state;
	assert_int_equal(PARSE(&targets, "--unknown"), -EINVAL);
	assert_int_equal(PARSE(&targets, "-x"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--flag=1"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--help=1"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--text"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--text="), -EINVAL);
	assert_int_equal(PARSE(&targets, "--number x"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--number 4"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--number 101"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--number 99999999999999999999999"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--number=-7"), -EINVAL);
	assert_int_equal(PARSE(&targets, "--format xml"), -EINVAL);
	assert_int_equal(targets.first, -1);
}

/* What `run` prints on `stream`, whose descriptor is `fd`. */
static const char *printed(FILE *stream, int fd, int *ret_result, char *line)
{
	static char text[4096];
	struct targets targets;
	int ends[2], saved = dup(fd);
	ssize_t length;

	assert_int_equal(pipe(ends), 0);
	fflush(stream);
	dup2(ends[1], fd);
	*ret_result = parse(&targets, line);
	fflush(stream);
	dup2(saved, fd);
	close(saved);
	close(ends[1]);
	length = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	text[length > 0 ? length : 0] = '\0';
	return text;
}

static void help_comes_from_the_table(void **state)
{
	int result;
	const char *text = printed(stdout, STDOUT_FILENO, &result, (char[]){ "--help" });

	(void)state;
	assert_int_equal(result, 1);
	assert_string_equal(text, "Usage: wirespan test [options]\n\nTests.\n\n"
				  "Switches:\n"
				  "      --flag                      a flag\n"
				  "  -v, --verbose                   another\n\n"
				  "      --text TEXT                 a text\n"
				  "      --number N                  a number\n"
				  "                                  of two lines\n"
				  "      --format console|json|none  a choice\n\n"
				  "  -h, --help                      print this and exit\n"
				  "  -V, --version                   print the version and exit\n");
}

static void letters_stand_for_options(void **state)
{
	struct targets targets;
	int result;

	(void)state;
	assert_int_equal(PARSE(&targets, "-v file"), 0);
	assert_false(targets.on);
	assert_int_equal(targets.first, 2);
	assert_non_null(strstr(printed(stdout, STDOUT_FILENO, &result, (char[]){ "--flag -h" }), "Usage: "));
	assert_int_equal(result, 1);
	assert_string_equal(printed(stdout, STDOUT_FILENO, &result, (char[]){ "-V" }), "wirespan " WIRESPAN_VERSION "\n");
	assert_int_equal(result, 1);
	assert_string_equal(printed(stdout, STDOUT_FILENO, &result, (char[]){ "--version" }), "wirespan " WIRESPAN_VERSION "\n");
	assert_string_equal(printed(stderr, STDERR_FILENO, &result, (char[]){ "-vx" }),
			    "wirespan: error: unknown option '-x'\nTry 'wirespan test --help'.\n");
}

static void messages_say_what_is_right(void **state)
{
	int result;

	(void)state;
	assert_string_equal(printed(stderr, STDERR_FILENO, &result, (char[]){ "--number 700" }),
			    "wirespan: error: --number: 700 is out of range: give a number from 5 to 100\n"
			    "Try 'wirespan test --help'.\n");
	assert_string_equal(printed(stderr, STDERR_FILENO, &result, (char[]){ "--format xml" }),
			    "wirespan: error: --format: 'xml' is not one of: console, json, none\n"
			    "Try 'wirespan test --help'.\n");
	assert_string_equal(printed(stderr, STDERR_FILENO, &result, (char[]){ "--flag --prot 80" }),
			    "wirespan: error: unknown option '--prot'\nTry 'wirespan test --help'.\n");
	assert_string_equal(printed(stderr, STDERR_FILENO, &result, (char[]){ "--text" }),
			    "wirespan: error: --text needs a value: --text TEXT\nTry 'wirespan test --help'.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_set),
		cmocka_unit_test(arguments_remain),
		cmocka_unit_test(wrong_usage_is_refused),
		cmocka_unit_test(help_comes_from_the_table),
		cmocka_unit_test(letters_stand_for_options),
		cmocka_unit_test(messages_say_what_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
