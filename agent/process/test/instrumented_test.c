// SPDX-License-Identifier: Apache-2.0
#include "agent/process/instrumented.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct instrumented_process named(uint32_t pid, const char *service, const char *destination)
{
	return (struct instrumented_process){
		.pid = pid,
		.service = slice_of_string(service),
		.destination = slice_of_string(destination),
	};
}

static int set_up(void **state)
{
	*state = instrumented_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	instrumented_free(*state);
	return 0;
}

/* Runs instrumented_say() and returns what it wrote to standard error. */
static bool say(struct instrumented *instrumented, const struct instrumented_process *process, char text[512])
{
	int pipe_ends[2], kept = dup(STDERR_FILENO);
	ssize_t length;
	bool said;

	assert_int_equal(pipe(pipe_ends), 0);
	assert_true(kept >= 0 && dup2(pipe_ends[1], STDERR_FILENO) >= 0);
	said = instrumented_say(instrumented, process);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	close(pipe_ends[1]);
	length = read(pipe_ends[0], text, 511);
	close(pipe_ends[0]);
	assert_true(length >= 0);
	text[length] = '\0';
	return said;
}

static void a_service_is_spoken_of_once(void **state)
{
	struct instrumented_process process = named(7, "shop", "collector:4318");
	char text[512];

	assert_true(say(*state, &process, text));
	assert_string_equal(text, "wirespan: warning: shop (pid 7) exports spans of its own (to collector:4318): "
				  "left out; --include-instrumented traces it all the same\n");
	process.pid = 8;
	assert_false(say(*state, &process, text));
	assert_string_equal(text, "");
	process.service = SLICE_LITERAL("bank");
	process.destination = SLICE_LITERAL("");
	process.reason = INSTRUMENTED_SDK;
	assert_true(say(*state, &process, text));
	assert_non_null(strstr(text, "bank (pid 8) is started with an OpenTelemetry SDK: left out"));
	process.service = SLICE_LITERAL("post");
	process.reason = INSTRUMENTED_CONFIGURED;
	assert_true(say(*state, &process, text));
	assert_non_null(strstr(text, "post (pid 8) is named and told by its environment to export spans of its own: "));
}

static void what_it_says_is_harmless(void **state)
{
	struct instrumented_process process = named(7, "a\x1b[31m\n", "b\xc3\x07");
	char text[512];

	assert_true(say(*state, &process, text));
	assert_non_null(strstr(text, "a?[31m? (pid 7) exports spans of its own (to b?"));
}

static void there_is_a_maximum_of_what_is_said(void **state)
{
	char name[32] = "", text[512];
	struct instrumented_process process = named(7, name, "");

	for (int i = 0; i < INSTRUMENTED_SERVICES_MAX; i++) {
		process.service = slice_of(name, (size_t)snprintf(name, sizeof(name), "service-%d", i));
		assert_true(say(*state, &process, text));
	}
	process.service = SLICE_LITERAL("one more");
	assert_false(say(*state, &process, text));
	assert_non_null(strstr(text, "further ones are left out unsaid"));
	process.service = SLICE_LITERAL("yet another");
	assert_false(say(*state, &process, text));
	assert_string_equal(text, "");
}

static void processes_are_kept_until_they_are_removed(void **state)
{
	struct instrumented_process process = named(7, "shop", "a:1"), found;

	process.reason = INSTRUMENTED_SDK;
	assert_int_equal(instrumented_add(*state, &process), 0);
	assert_int_equal(instrumented_inherit(*state, 7, 8), 0);
	assert_int_equal(instrumented_inherit(*state, 7, 7), 0);
	assert_int_equal(instrumented_inherit(*state, 1, 2), 0);
	instrumented_remove(*state, 7);
	assert_false(instrumented_find(*state, 7, &found));
	assert_false(instrumented_find(*state, 2, &found));
	assert_true(instrumented_find(*state, 8, &found));
	assert_int_equal(found.pid, 8);
	assert_int_equal(found.reason, INSTRUMENTED_SDK);
	assert_true(slice_equal(found.service, process.service));
	assert_true(slice_equal(found.destination, process.destination));
}

static void long_texts_are_cut(void **state)
{
	char text[2 * INSTRUMENTED_TEXT_MAX + 1];
	struct instrumented_process process, found;

	memset(text, 'n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	process = named(7, text, text);
	assert_int_equal(instrumented_add(*state, &process), 0);
	assert_true(instrumented_find(*state, 7, &found));
	assert_int_equal(found.service.length, INSTRUMENTED_TEXT_MAX);
	assert_int_equal(found.destination.length, INSTRUMENTED_TEXT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_service_is_spoken_of_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_it_says_is_harmless, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_is_a_maximum_of_what_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(processes_are_kept_until_they_are_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_texts_are_cut, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
