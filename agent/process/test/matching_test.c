// SPDX-License-Identifier: Apache-2.0
#include "agent/process/matching.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/* `arguments` are a literal: they hold NULs. */
#define judge(matching, executable, arguments) judge_process(matching, executable, SLICE_LITERAL(arguments))

static bool judge_process(struct matching *matching, const char *executable, struct slice arguments)
{
	const struct process_info info = {
		.pid = 7,
		.executable = slice_of_string(executable),
		.arguments = arguments,
	};

	return matching_judge(matching, &info);
}

/* What is said, on standard error. */
static const char *said(const struct matching *matching, bool waiting)
{
	static char text[4096];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t length;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	matching_say(matching, waiting);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	length = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	text[length > 0 ? length : 0] = '\0';
	return text;
}

static void what_has_matched_is_not_spoken_of(void **state)
{
	const struct selection selection = {
		.executables = { { "nginx", "caddy", "gunicorn" }, 3 },
		.services = { { "cart" }, 1 },
		.ports = { 80, 443 },
		.port_count = 2,
	};
	struct matching matching;

	(void)state;
	matching_init(&matching, &selection);
	assert_int_equal(matching.names_missing, 4);
	assert_true(judge(&matching, "/usr/sbin/nginx", "nginx: master process\0"));
	assert_true(judge(&matching, "/usr/sbin/nginx", "nginx: worker process\0"));
	assert_true(judge(&matching, "/usr/bin/python3", "gunicorn: master [shop]\0"));
	assert_true(judge(&matching, "/usr/bin/python3", "python3\0/srv/cart.py\0"));
	assert_false(judge(&matching, "/usr/bin/python3", "python3\0/srv/stock.py\0"));
	matching_note_ports(&matching, 50000, 443);
	matching_note_ports(&matching, 443, 50000);
	assert_int_equal(matching.names_missing, 1);
	assert_int_equal(matching.ports_missing, 1);
	assert_string_equal(said(&matching, true),
			    "wirespan: warning: --exe 'caddy' selects no process yet: it is compared with executable, "
			    "script and title, which 'ps -ef' lists; waiting for one\n"
			    "wirespan: warning: --port 80 selects nothing yet: no process that is traced listens there, "
			    "is connected, or has spoken there; 'ss -tnap' lists whose sockets there are; waiting\n");
	assert_true(judge(&matching, "", "/opt/caddy\0run\0"));
	matching_note_ports(&matching, 80, 50000);
	assert_string_equal(said(&matching, true), "");
}

static void all_of_them_are_told(void **state)
{
	struct selection selection = { .services = { { "cart" }, 1 }, .port_count = SELECTION_PORTS_MAX };
	struct matching matching;
	const char *text;

	(void)state;
	for (size_t i = 0; i < SELECTION_PORTS_MAX; i++)
		selection.ports[i] = (uint16_t)(UINT16_MAX - i);
	matching_init(&matching, &selection);
	text = said(&matching, false);
	assert_non_null(strstr(text, "--service 'cart' selected no process: "));
	assert_non_null(strstr(text, "--port 65535,65534,"));
	assert_non_null(strstr(text, ",65472 selected nothing: "));
	assert_null(strstr(text, "waiting"));
}

static void nothing_selected_misses_nothing(void **state)
{
	const struct selection selection = { .pids = { 1 }, .pid_count = 1 };
	struct matching matching;

	(void)state;
	matching_init(&matching, &selection);
	assert_false(judge(&matching, "/bin/sh", "sh\0"));
	matching_note_ports(&matching, 1, 2);
	assert_string_equal(said(&matching, false), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_matched_is_not_spoken_of),
		cmocka_unit_test(all_of_them_are_told),
		cmocka_unit_test(nothing_selected_misses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
