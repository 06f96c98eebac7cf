// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/check/report.h"
#include "agent/commands/command.h"
#include "agent/kernel/namespace.h"
#include "agent/options/option.h"
#include "base/log.h"

enum { FORMAT_TEXT, FORMAT_JSON };
static const char *const formats[] = { [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", NULL };

/* 0: go on, *ret_format is set; otherwise as option_parse(). */
static int parse(int argc, char **argv, size_t *ret_format)
{
	static const struct option_usage usage = {
		.command = "check",
		.synopsis = "[options]",
		.description = "Tells what this system has and lacks, each with its consequence and remedy.\n"
			       "Ends with 0 where 'wirespan run' can capture, with 3 where it cannot.",
	};
	struct option_choice_target format = { formats, FORMAT_TEXT };
	const struct option_row rows[] = {
		{ "format", "text|json", "how to print it (default: text)", option_set_choice, &format },
	};
	const struct option_part parts[] = { { "Options", rows, 1 }, { 0 } };
	int first;
	int result = option_parse(&usage, parts, argc, argv, &first);

	if (result == 0 && first < argc) {
		option_error("unexpected argument '%s'", argv[first]);
		fprintf(stderr, "Try 'wirespan check --help'.\n");
		return -EINVAL;
	}
	*ret_format = format.value;
	return result;
}

int command_check(int argc, char **argv)
{
	struct check_report report = { 0 };
	struct features features;
	size_t format;
	int result = parse(argc, argv, &format);

	if (result != 0)
		return result > 0 ? EXIT_DONE : result == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
	result = features_probe(&features);
	if (result == 0) {
		report.mode = namespace_sees_all_pids() ? features_capture_mode(&features) : CAPTURE_IMPOSSIBLE;
		check_system(&report);
		check_capabilities(&report);
		check_bpf(&report, &features);
		check_libraries(&report);
		result = format == FORMAT_JSON ? check_report_write_json(&report, stdout)
					       : check_report_write_text(&report, stdout);
	}
	if (result != 0) {
		log_error("cannot write the report: %s", strerror(-result));
		return EXIT_FAILED;
	}
	return report.mode == CAPTURE_IMPOSSIBLE ? EXIT_LACKING : EXIT_DONE;
}
