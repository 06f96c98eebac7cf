// SPDX-License-Identifier: Apache-2.0
#include "agent/options/choice.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As a command would: one option, given `argument`. */
static int give(struct span_choice *choice, const char *name, const char *argument)
{
	struct option_row rows[CHOICE_ROWS];

	choice_rows(choice, rows);
	for (size_t i = 0; i < CHOICE_ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].set(name, argument, rows[i].target);
	}
	fail_msg("no option --%s", name);
	return -EINVAL;
}

static void options_are_set(void **state)
{
	struct span_choice choice = { 0 };

	(void)state;
	assert_int_equal(give(&choice, "exclude-path", "/health*"), 0);
	assert_int_equal(give(&choice, "exclude-path", "/ready"), 0);
	assert_int_equal(choice.excluded_paths.count, 2);
	assert_int_equal(give(&choice, "exclude-path", "/[a-"), -EINVAL);
	assert_int_equal(give(&choice, "exclude-path", ""), -EINVAL);
	assert_int_equal(give(&choice, "exclude-path", "health"), -EINVAL);
	assert_int_equal(give(&choice, "exclude-path", "http://shop/health"), -EINVAL);
	assert_int_equal(choice.excluded_paths.count, 2);
	assert_int_equal(give(&choice, "kind", "server"), 0);
	assert_int_equal(choice.kind, SPAN_KIND_SERVER);
	assert_int_equal(give(&choice, "kind", "client"), 0);
	assert_int_equal(choice.kind, SPAN_KIND_CLIENT);
	assert_int_equal(give(&choice, "kind", "both"), -EINVAL);
	assert_int_equal(give(&choice, "errors-only", NULL), 0);
	assert_true(choice.errors_only);
}

static void durations_have_units(void **state)
{
	static const struct {
		const char *text;
		int64_t nanoseconds; /* -1: refused */
	} rows[] = {
		{ "5ms", 5000000 },
		{ "1.5s", 1500000000 },
		{ "200us", 200000 },
		{ "200\u00b5s", 200000 },
		{ "200\u03bcs", 200000 },
		{ "0.25", 250000000 },
		{ "2", 2000000000 },
		{ "1m", 60000000000 },
		{ "1h", 3600000000000 },
		{ ".5ms", 500000 },
		{ "0", 0 },
		{ "", -1 },
		{ "ms", -1 },
		{ ".ms", -1 },
		{ "5 ms", -1 },
		{ " 5ms", -1 },
		{ "-5ms", -1 },
		{ "+5ms", -1 },
		{ "5msx", -1 },
		{ "1.2.3", -1 },
		{ "5ns", -1 },
		{ "5MS", -1 },
		{ "1e3", -1 },
		{ "0x10", -1 },
		{ "nan", -1 },
		{ "inf", -1 },
		{ "25h", -1 },
		{ "99999999999999999999999999", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span_choice choice = { .min_duration = 1 };
		int result = give(&choice, "min-duration", rows[i].text);

		if (result != (rows[i].nanoseconds < 0 ? -EINVAL : 0))
			fail_msg("'%s'", rows[i].text);
		assert_true(choice.min_duration == (result ? 1 : (uint64_t)rows[i].nanoseconds));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_set),
		cmocka_unit_test(durations_have_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
