// SPDX-License-Identifier: Apache-2.0
#include "agent/commands/run_options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/config.h"
#include "otlp/spool/spool.h"

#define ARGUMENTS_MAX 8

/* As `wirespan COMMAND` would; the list ends with NULL. */
static int parse_for(const char *command, struct run_options *options, const char *const *arguments)
{
	char *argv[ARGUMENTS_MAX + 2] = { (char *)command };
	int argc = 1;

	while (arguments[argc - 1] && argc <= ARGUMENTS_MAX) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	return run_options_parse(argc, argv, options);
}

static int parse(struct run_options *options, const char *const *arguments)
{
	return parse_for("run", options, arguments);
}

#define PARSE_FOR(command, options, ...) parse_for(command, options, (const char *const[]){ __VA_ARGS__, NULL })
#define PARSE(options, ...) parse(options, (const char *const[]){ __VA_ARGS__, NULL })

static void nothing_said_is_the_default(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(parse(&options, (const char *const[]){ NULL }), 0);
	assert_false(options.print_given);
	assert_int_equal(options.format, OUTPUTS_CONSOLE);
	assert_null(options.endpoint);
	assert_int_equal(options.ring_size, RING_SIZE_DEFAULT);
	assert_true(options.spool_size == SPOOL_SIZE_DEFAULT);
	assert_int_equal(options.hooks, HOOKS_AUTO);
	assert_true(options.infer_routes);
	assert_true(options.stats == 0 && options.duration == 0);
}

static void printing_is_asked_for_by_format_and_by_file(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--format", "console"), 0);
	assert_true(options.print_given);
	assert_int_equal(PARSE(&options, "--output", "file"), 0);
	assert_true(options.print_given);
	assert_int_equal(options.format, OUTPUTS_CONSOLE);
	assert_int_equal(PARSE(&options, "--format", "none", "--endpoint", "http://h"), 0);
	assert_int_equal(options.format, OUTPUTS_NONE);
	assert_string_equal(options.endpoint, "http://h");
}

static void tables_are_printed_at_intervals_and_sorted(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--format", "summary"), 0);
	assert_int_equal(options.format, OUTPUTS_SUMMARY);
	assert_int_equal(options.sort, LATENCY_BY_RATE);
	assert_true(options.interval == 10);
	assert_int_equal(PARSE(&options, "--format", "summary", "--sort", "errors", "--interval", "2.5"), 0);
	assert_int_equal(options.sort, LATENCY_BY_ERRORS);
	assert_true(options.interval == 2.5);
	assert_int_equal(PARSE(&options, "--sort", "p99"), 0);
	assert_int_equal(options.sort, LATENCY_BY_P99);
	assert_true(options.interval == 0);
	assert_int_equal(PARSE(&options, "--endpoint", "http://h"), 0);
	assert_int_equal(options.sort, LATENCY_BY_SERVICE);
	assert_int_equal(PARSE(&options, "--format", "json", "--sort", "rate"), -EINVAL);
	assert_int_equal(PARSE(&options, "--format", "none", "--interval", "1"), -EINVAL);
	assert_int_equal(PARSE(&options, "--sort", "size"), -EINVAL);
	/* As fast as it can be read: one table. */
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--format", "summary"), 0);
	assert_true(options.interval == 0);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--interval", "1"), -EINVAL);
}

static void sizes_have_suffixes(void **state)
{
	static const struct {
		const char *text;
		uint64_t size; /* 0: refused */
	} cases[] = {
		{ "1M", UINT64_C(1) << 20 },
		{ "64m", UINT64_C(64) << 20 },
		{ "3G", UINT64_C(3) << 30 },
		{ "1048576", 1048576 },
		{ "2048K", 2048 << 10 },
		{ "1048576G", UINT64_C(1) << 50 },
		{ "1048577G", 0 },
		{ "1K", 0 },
		{ "0", 0 },
		{ "-1M", 0 },
		{ "1T", 0 },
		{ "M", 0 },
		{ "", 0 },
		{ "1MM", 0 },
		{ " 1M", 0 },
		{ "18446744073709551615", 0 },
		{ "18446744073709551616G", 0 },
		{ "1.5M", 0 },
	};
	struct run_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int result = PARSE(&options, "--spool", "dir", "--spool-size", cases[i].text);

		assert_int_equal(result, cases[i].size ? 0 : -EINVAL);
		if (result == 0)
			assert_true(options.spool_size == cases[i].size);
	}
}

static void rings_are_powers_of_two(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--ring-size", "8k"), 0);
	assert_int_equal(options.ring_size, 8192);
	assert_int_equal(PARSE(&options, "--ring-size", "1G"), 0);
	assert_int_equal(PARSE(&options, "--ring-size", "2G"), -EINVAL);
	assert_int_equal(PARSE(&options, "--ring-size", "5K"), -EINVAL);
	assert_int_equal(PARSE(&options, "--ring-size", "2K"), -EINVAL);
	assert_int_equal(PARSE(&options, "--ring-size", "5Q"), -EINVAL);
}

static void a_bound_without_a_spool_is_refused(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--spool-size", "1G"), -EINVAL);
	assert_int_equal(PARSE(&options, "--spool", ""), -EINVAL);
	assert_int_equal(PARSE(&options, "--endpoint", ""), -EINVAL);
}

static void intervals_are_seconds(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--stats", "0.5"), 0);
	assert_true(options.stats == 0.5);
	assert_int_equal(PARSE(&options, "--duration", "500ms", "--request-timeout", "2m"), 0);
	assert_true(options.duration == 0.5 && options.request_timeout == 120);
	assert_int_equal(PARSE(&options, "--stats", "0"), -EINVAL);
	assert_int_equal(PARSE(&options, "--stats", "nan"), -EINVAL);
	assert_int_equal(PARSE(&options, "--stats", "1e300"), -EINVAL);
}

static void recording_is_run_s_option_and_the_others_argument(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE(&options, "--record", "file"), 0);
	assert_int_equal(options.command, RUN_LIVE);
	assert_string_equal(options.recording, "file");
	assert_int_equal(PARSE(&options, "file"), -EINVAL);
	assert_int_equal(PARSE_FOR("record", &options, "file", "--exe", "nginx", "--duration", "1"), 0);
	assert_int_equal(options.command, RUN_RECORD);
	assert_string_equal(options.recording, "file");
	assert_int_equal(options.selection.executables.count, 1);
	assert_int_equal(PARSE_FOR("replay", &options, "--format", "json", "file"), 0);
	assert_int_equal(options.command, RUN_REPLAY);
	assert_string_equal(options.recording, "file");
	assert_int_equal(options.format, OUTPUTS_JSON);
	assert_false(options.seed.given);
}

static void recording_needs_one_file(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(parse_for("record", &options, (const char *const[]){ NULL }), -EINVAL);
	assert_int_equal(parse_for("replay", &options, (const char *const[]){ NULL }), -EINVAL);
	assert_int_equal(PARSE_FOR("replay", &options, "one", "two"), -EINVAL);
}

static void commands_have_the_options_that_mean_something(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(PARSE_FOR("record", &options, "file", "--format", "json"), -EINVAL);
	assert_int_equal(PARSE_FOR("record", &options, "file", "--endpoint", "http://h"), -EINVAL);
	assert_int_equal(PARSE_FOR("record", &options, "file", "--errors-only"), -EINVAL);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--kind", "client", "--exclude-path", "/health"), 0);
	assert_int_equal(options.choice.kind, SPAN_KIND_CLIENT);
	assert_int_equal(options.choice.excluded_paths.count, 1);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--exe", "nginx"), -EINVAL);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--hooks", "socket"), -EINVAL);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--duration", "1"), -EINVAL);
	assert_int_equal(PARSE(&options, "--seed", "1"), -EINVAL);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--seed", "18446744073709551615"), 0);
	assert_true(options.seed.given && options.seed.value == UINT64_MAX);
}

static void databases_tell_as_much_as_is_asked_for(void **state)
{
	struct run_options options;

	(void)state;
	assert_int_equal(parse(&options, (const char *const[]){ NULL }), 0);
	assert_false(options.databases.show_keys);
	assert_false(options.databases.ignore_pings);
	assert_int_equal(PARSE(&options, "--show-db-keys"), 0);
	assert_true(options.databases.show_keys && !options.databases.ignore_pings);
	assert_int_equal(PARSE_FOR("replay", &options, "file", "--ignore-db-pings"), 0);
	assert_true(options.databases.ignore_pings && !options.databases.show_keys);
	assert_int_equal(PARSE_FOR("record", &options, "file", "--show-db-keys"), -EINVAL);
	assert_int_equal(PARSE_FOR("record", &options, "file", "--ignore-db-pings"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_is_the_default),
		cmocka_unit_test(printing_is_asked_for_by_format_and_by_file),
		cmocka_unit_test(tables_are_printed_at_intervals_and_sorted),
		cmocka_unit_test(sizes_have_suffixes),
		cmocka_unit_test(rings_are_powers_of_two),
		cmocka_unit_test(a_bound_without_a_spool_is_refused),
		cmocka_unit_test(intervals_are_seconds),
		cmocka_unit_test(recording_is_run_s_option_and_the_others_argument),
		cmocka_unit_test(recording_needs_one_file),
		cmocka_unit_test(commands_have_the_options_that_mean_something),
		cmocka_unit_test(databases_tell_as_much_as_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
