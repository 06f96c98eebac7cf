// SPDX-License-Identifier: Apache-2.0
#include "agent/options/selection.h"

#include <errno.h>
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

/* As a command would: one option, given `argument`. */
static int give(struct selection *selection, const char *name, const char *argument)
{
	struct option_row rows[SELECTION_ROWS];

	selection_rows(selection, rows);
	for (size_t i = 0; i < SELECTION_ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].set(name, argument, rows[i].target);
	}
	fail_msg("no option --%s", name);
	return -EINVAL;
}

static bool wants(const struct selection *selection, uint32_t pid, const char *executable, const char *command)
{
	const struct selection_names names = {
		.executable = slice_of_string(executable),
		.command = slice_of_string(command),
	};

	return selection_wants_process(selection, pid, &names);
}

static void nothing_selected_is_everything(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_true(wants(&selection, 1, "/sbin/init", NULL));
	assert_true(wants(&selection, 1, NULL, NULL));
	assert_true(selection_wants_ports(&selection, 80, 40000));
}

static void globs_match_path_or_last_component(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "exe", "nginx"), 0);
	assert_int_equal(give(&selection, "exe", "/opt/*/python3*"), 0);
	assert_true(wants(&selection, 1, "/usr/sbin/nginx", NULL));
	assert_true(wants(&selection, 1, "nginx", NULL));
	assert_false(wants(&selection, 1, "/usr/sbin/nginx-debug", NULL));
	assert_true(wants(&selection, 1, "/opt/app/bin/python3.11", NULL));
	assert_false(wants(&selection, 1, "/usr/bin/python3.11", NULL));
	assert_true(wants(&selection, 1, "/usr/bin/perl", "/srv/nginx"));
	assert_false(wants(&selection, 1, NULL, NULL));
}

static void exclusion_wins(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "exclude-exe", "curl"), 0);
	assert_false(wants(&selection, 1, "/usr/bin/curl", NULL));
	assert_true(wants(&selection, 1, "/usr/bin/wget", NULL));
	assert_int_equal(give(&selection, "exe", "*"), 0);
	assert_int_equal(give(&selection, "pid", "7"), 0);
	assert_false(wants(&selection, 7, "/usr/bin/curl", NULL));
	assert_false(wants(&selection, 1, "/bin/sh", "curl"));
}

static void what_excludes_itself_is_refused(void **state)
{
	static const struct {
		const char *exe, *exclude;
		int result;
	} rows[] = {
		{ "nginx", "nginx", -EINVAL },
		{ "ngi*", "ngi*", -EINVAL },
		{ "nginx", "ngi*", -EINVAL },
		{ "/usr/sbin/nginx", "nginx", -EINVAL },
		{ "ngi*", "*", -EINVAL },
		{ "nginx", "/usr/sbin/nginx", 0 },
		{ "ngi*", "nginx", 0 },
		{ "nginx", "apache*", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct selection selection = { 0 };

		assert_int_equal(give(&selection, "exe", "caddy*"), 0);
		assert_int_equal(give(&selection, "exe", rows[i].exe), 0);
		assert_int_equal(give(&selection, "exclude-exe", rows[i].exclude), 0);
		if (selection_check(&selection) != rows[i].result)
			fail_msg("--exe %s --exclude-exe %s", rows[i].exe, rows[i].exclude);
	}
}

static void leaving_everything_out_is_refused(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "exclude-exe", "*?"), 0);
	assert_int_equal(selection_check(&selection), 0);
	assert_int_equal(give(&selection, "exclude-exe", "**"), 0);
	assert_int_equal(selection_check(&selection), -EINVAL);
}

static void unfinished_sets_are_refused(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "exe", "ngin[x"), -EINVAL);
	assert_int_equal(give(&selection, "exclude-exe", "["), -EINVAL);
	assert_int_equal(give(&selection, "exe", "ngin[x]"), 0);
	assert_int_equal(selection.executables.count + selection.excluded.count, 1);
}

static void titles_are_programs_too(void **state)
{
	const struct selection_names names = {
		.executable = SLICE_LITERAL("/usr/bin/python3.11"),
		.command = SLICE_LITERAL("gunicorn: master [shop]"),
		.title = SLICE_LITERAL("gunicorn"),
	};
	struct selection selection = { 0 }, excluding = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "exe", "gunicorn"), 0);
	assert_true(selection_wants_process(&selection, 1, &names));
	assert_int_equal(give(&excluding, "exclude-exe", "gunicorn"), 0);
	assert_false(selection_wants_process(&excluding, 1, &names));
}

static void services_add_to_the_others(void **state)
{
	struct selection_names names = {
		.executable = SLICE_LITERAL("/usr/bin/python3.11"),
		.service = SLICE_LITERAL("shop/cart"),
	};
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "service", "shop*"), 0);
	assert_int_equal(give(&selection, "service", "sho[p"), -EINVAL);
	assert_true(selection_wants_process(&selection, 1, &names));
	/* All of the name: it is no path. */
	names.service = SLICE_LITERAL("my/shop");
	assert_false(selection_wants_process(&selection, 1, &names));
	assert_false(selection_wants_unknown(&selection, 1));
	assert_int_equal(give(&selection, "pid", "1"), 0);
	assert_true(selection_wants_process(&selection, 1, &names));
	assert_int_equal(give(&selection, "exe", "python*"), 0);
	assert_true(selection_wants_process(&selection, 2, &names));
	/* One whose name is not known has none, not an empty one. */
	selection = (struct selection){ 0 };
	assert_int_equal(give(&selection, "service", "*"), 0);
	assert_false(wants(&selection, 1, "/bin/sh", NULL));
}

static void the_unknown_is_not_what_may_be_excluded(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_true(selection_wants_unknown(&selection, 7));
	selection.pids[selection.pid_count++] = 7;
	assert_true(selection_wants_unknown(&selection, 7));
	assert_false(selection_wants_unknown(&selection, 8));
	selection.excluded.patterns[selection.excluded.count++] = "secret";
	assert_false(selection_wants_unknown(&selection, 7));
}

static void pids_add_to_globs(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "pid", "7"), 0);
	assert_true(wants(&selection, 7, "/bin/a", NULL));
	assert_false(wants(&selection, 8, "/bin/a", NULL));
	assert_int_equal(give(&selection, "exe", "b"), 0);
	assert_true(wants(&selection, 8, "/bin/b", NULL));
	assert_int_equal(give(&selection, "pid", "0"), -EINVAL);
	assert_int_equal(give(&selection, "pid", "4194305"), -EINVAL);
	assert_int_equal(give(&selection, "pid", "x"), -EINVAL);
	assert_int_equal(selection.pid_count, 1);
}

static void a_path_at_the_guard_page(void **state)
{
	struct selection selection = { 0 };
	char path[5000];
	char *copy;

	(void)state;
	memset(path, 'a', sizeof(path));
	assert_int_equal(give(&selection, "exe", "aaa*"), 0);
	copy = guard_copy(path, sizeof(path));
	assert_true(selection_wants_process(&selection, 1,
					    &(struct selection_names){ .title = slice_of(copy, sizeof(path)) }));
	guard_free(copy, sizeof(path));
}

static void ports_are_lists(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_int_equal(give(&selection, "port", "80,443"), 0);
	assert_int_equal(give(&selection, "port", "65535"), 0);
	assert_int_equal(give(&selection, "port", "80"), 0);
	assert_int_equal(selection.port_count, 3);
	assert_true(selection_wants_ports(&selection, 80, 50000));
	assert_true(selection_wants_ports(&selection, 50000, 443));
	assert_false(selection_wants_ports(&selection, 50000, 50001));
}

static void wrong_ports_are_refused(void **state)
{
	static const char *const wrong[] = { "",       "0",    "70000", "80,", ",80",
					     "80,,81", "http", "-1",    "80 ", "99999999999" };
	struct selection selection = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(give(&selection, "port", wrong[i]), -EINVAL);
}

static void maxima_hold(void **state)
{
	struct selection selection = { 0 };
	char text[16];

	(void)state;
	for (int i = 1; i <= SELECTION_PORTS_MAX; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(give(&selection, "port", text), 0);
	}
	assert_int_equal(give(&selection, "port", "1"), 0);
	assert_int_equal(give(&selection, "port", "9999"), -EINVAL);
	for (int i = 0; i < GLOBS_MAX; i++)
		assert_int_equal(give(&selection, "exe", "x"), 0);
	assert_int_equal(give(&selection, "exe", "x"), -EINVAL);
	assert_int_equal(give(&selection, "exclude-exe", ""), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_selected_is_everything),
		cmocka_unit_test(globs_match_path_or_last_component),
		cmocka_unit_test(exclusion_wins),
		cmocka_unit_test(what_excludes_itself_is_refused),
		cmocka_unit_test(leaving_everything_out_is_refused),
		cmocka_unit_test(unfinished_sets_are_refused),
		cmocka_unit_test(titles_are_programs_too),
		cmocka_unit_test(services_add_to_the_others),
		cmocka_unit_test(the_unknown_is_not_what_may_be_excluded),
		cmocka_unit_test(pids_add_to_globs),
		cmocka_unit_test(a_path_at_the_guard_page),
		cmocka_unit_test(ports_are_lists),
		cmocka_unit_test(wrong_ports_are_refused),
		cmocka_unit_test(maxima_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
