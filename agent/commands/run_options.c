// SPDX-License-Identifier: Apache-2.0
#include "agent/commands/run_options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/options/option.h"
#include "agent/options/selection.h"
#include "bpf/config.h"
#include "otlp/spool/spool.h"

#define RING_SIZE_MIN (4u << 10)
#define RING_SIZE_MAX (1u << 30)
#define SPOOL_SIZE_MIN (UINT64_C(1) << 20)
#define SPOOL_SIZE_MAX (UINT64_C(1) << 50)
#define SECONDS_MIN 0.001
#define SUMMARY_INTERVAL 10 /* seconds */
#define SECONDS_MAX (10.0 * 365 * 24 * 3600)

static const char *const formats[] = {
	[OUTPUTS_CONSOLE] = "console", [OUTPUTS_SUMMARY] = "summary", [OUTPUTS_JSON] = "json", [OUTPUTS_NONE] = "none",
	NULL
};
/* That by service is the default of --format console, and has no name. */
static const char *const sorts[] = { "rate", "errors", "p99", NULL };
#define SORT_FIRST LATENCY_BY_RATE
static const char *const hooks_choices[] = {
	[HOOKS_AUTO] = "auto", [HOOKS_SOCKET] = "socket", [HOOKS_SYSCALL] = "syscall", NULL
};

static int set_seconds(const char *name, const char *argument, void *target)
{
	return option_seconds(name, argument, SECONDS_MIN, SECONDS_MAX, target);
}

/* Bytes, with a suffix K, M or G, up to `max`; false on anything else. */
static bool read_bytes(const char *argument, uint64_t max, uint64_t *ret_value)
{
	static const char suffixes[] = "KMG";
	struct slice text = slice_of_string(argument);
	unsigned int shift = 0;
	uint64_t value;

	for (size_t i = 0; i < strlen(suffixes) && text.length; i++) {
		if ((text.data[text.length - 1] & ~0x20) == suffixes[i]) {
			shift = 10 * (unsigned int)(i + 1);
			text.length--;
			break;
		}
	}
	if (!slice_to_u64(text, &value) || value > max >> shift)
		return false;
	*ret_value = value << shift;
	return true;
}

/* A power of two, as the kernel wants it. */
static int set_ring_size(const char *name, const char *argument, void *target)
{
	uint64_t value;

	if (!read_bytes(argument, RING_SIZE_MAX, &value) || value < RING_SIZE_MIN || (value & (value - 1)) != 0) {
		option_error("--%s: '%s' is not a power of two from 4K to 1024M", name, argument);
		return -EINVAL;
	}
	*(uint64_t *)target = value;
	return 0;
}

static int set_spool_size(const char *name, const char *argument, void *target)
{
	uint64_t value;

	if (!read_bytes(argument, SPOOL_SIZE_MAX, &value) || value < SPOOL_SIZE_MIN) {
		option_error("--%s: '%s' is not a number of bytes from 1M to 1048576G", name, argument);
		return -EINVAL;
	}
	*(uint64_t *)target = value;
	return 0;
}

static const char *const log_formats[] = { [LOG_PLAIN] = "plain", [LOG_TEXT] = "text", [LOG_JSON] = "json", NULL };

struct choices {
	struct option_choice_target format, sort, hooks, log_format;
};

struct command_line {
	struct option_usage usage;
	bool takes_file; /* the recording, as its argument */
};

static const struct command_line command_lines[] = {
	[RUN_LIVE] = { {
		.command = "run",
		.synopsis = "[options]",
		.description =
			"Traces what the selected processes say on their sockets, until a signal or --duration.\n"
			"Prints \"wirespan: ready\" on standard error once it sees everything.",
	} },
	[RUN_RECORD] = { {
		.command = "record",
		.synopsis = "FILE [options]",
		.description =
			"Records what the selected processes say on their sockets, until a signal or --duration, so that\n"
			"'wirespan replay FILE' can trace it. Prints \"wirespan: ready\" on standard error once it sees\n"
			"everything. Unlike spans, the file holds credentials, cookies and beginnings of bodies.",
	}, .takes_file = true },
	[RUN_REPLAY] = { {
		.command = "replay",
		.synopsis = "FILE [options]",
		.description = "Traces what was recorded, as fast as it can be read. Needs no privileges.",
	}, .takes_file = true },
};

static int refuse(const struct command_line *line)
{
	fprintf(stderr, "Try 'wirespan %s --help'.\n", line->usage.command);
	return -EINVAL;
}

#define LIVE (1u << RUN_LIVE)
#define RECORD (1u << RUN_RECORD)
#define REPLAY (1u << RUN_REPLAY)

/* An option, and the commands that have it. */
struct command_row {
	unsigned int commands;
	struct option_row row;
};

#define ROWS_MAX 32
#define PARTS_MAX 6

/* The rows that the command has, as a part. */
static struct option_part choose(const char *title, const struct command_row *rows, size_t count,
				 enum run_command command, struct option_row ret_rows[ROWS_MAX])
{
	size_t chosen = 0;

	for (size_t i = 0; i < count && chosen < ROWS_MAX; i++)
		if (rows[i].commands & 1u << command)
			ret_rows[chosen++] = rows[i].row;
	return (struct option_part){ title, ret_rows, chosen };
}

/* What is left of the command line: the recording, or nothing. */
static int take_arguments(const struct command_line *line, int argc, char **argv, int first,
			  struct run_options *options)
{
	if (line->takes_file && first == argc) {
		option_error("%s needs a file: %s %s", line->usage.command, line->usage.command, line->usage.synopsis);
		return refuse(line);
	}
	if (line->takes_file)
		options->recording = argv[first++];
	if (first < argc) {
		option_error("unexpected argument '%s'", argv[first]);
		return refuse(line);
	}
	return 0;
}

static int parse_table(int argc, char **argv, struct run_options *options, struct choices *choices)
{
	const struct command_line *line = &command_lines[options->command];
	struct option_row selection[SELECTION_ROWS], choice[CHOICE_ROWS], headers[HEADER_ROWS];
	struct option_row databases[DATABASE_ROWS], chosen[2][ROWS_MAX];
	const struct command_row output[] = {
		{ LIVE | REPLAY, { "endpoint", "URL",
		  "send spans to this collector by OTLP/HTTP, http://HOST:4318 or unix:/SOCKET\n"
		  "(default: OTEL_EXPORTER_OTLP_ENDPOINT, if that is set)",
		  option_set_string, &options->endpoint } },
		{ LIVE | REPLAY, { "spool", "DIR", "keep on disk what the collector does not take in time",
		  option_set_string, &options->spool } },
		{ LIVE | REPLAY, { "spool-size", "BYTES", "at most so much, suffix K, M or G (default: 1G)",
		  set_spool_size, &options->spool_size } },
		{ LIVE | REPLAY, { "format", "console|summary|json|none",
		  "print this way, also with an endpoint (default without: console):\n"
		  "traces and a table of latencies; only the table; OTLP/JSON; nothing",
		  option_set_choice, &choices->format } },
		{ LIVE, { "interval", "SECONDS",
		  "print the table of latencies this often, too (default with summary: 10)", set_seconds,
		  &options->interval } },
		{ LIVE | REPLAY, { "sort", "rate|errors|p99",
		  "what the table begins with (default with summary: rate, else by service)", option_set_choice,
		  &choices->sort } },
		{ LIVE | REPLAY, { "output", "FILE", "print to this file (default: standard output)",
		  option_set_string, &options->output_path } },
		{ LIVE, { "record", "FILE", "record, too, what 'wirespan replay FILE' can trace again",
		  option_set_string, &options->recording } },
		{ LIVE | RECORD, { "duration", "SECONDS", "end after this time", set_seconds, &options->duration } },
		{ LIVE | REPLAY, { "request-timeout", "SECONDS",
		  "end a request as an error whose response has not begun so long\n"
		  "after the request's first byte (default: with its connection)",
		  set_seconds, &options->request_timeout } },
		{ LIVE | REPLAY, { "no-route-inference", NULL, "no http.route guessed from paths",
		  option_clear_flag, &options->infer_routes } },
		{ REPLAY, { "seed", "N", "trace and span ids follow from this number (default: random)",
		  option_set_number, &options->seed } },
		{ LIVE | RECORD, { "stats", "SECONDS",
		  "tell this often what the agent does and costs, on standard error", set_seconds, &options->stats } },
		{ LIVE | RECORD | REPLAY, { "verbose", NULL, "tell what is decided, on standard error",
		  option_set_flag, &options->verbose } },
		{ LIVE | RECORD | REPLAY, { "log-format", "plain|text|json",
		  "lines on standard error: as they are (default), with time and level, as JSON",
		  option_set_choice, &choices->log_format } },
	};
	const struct command_row capture[] = {
		{ LIVE | RECORD, { "ring-size", "BYTES",
		  "the kernel's ring buffer, a power of two, suffix K or M (default: 4M)", set_ring_size,
		  &options->ring_size } },
		{ LIVE | RECORD, { "hooks", "auto|socket|syscall",
		  "what to attach to (default: the best that this kernel has)", option_set_choice, &choices->hooks } },
	};
	struct option_part parts[PARTS_MAX + 1] = { 0 }, *part = parts;
	int first;
	int result;

	selection_rows(&options->selection, selection);
	choice_rows(&options->choice, choice);
	header_rows(&options->headers, headers);
	database_rows(&options->databases, databases);
	if (options->command != RUN_REPLAY)
		*part++ = (struct option_part){ "Selection (default: every process but wirespan)", selection,
						SELECTION_ROWS };
	*part++ = choose("Output", output, sizeof(output) / sizeof(output[0]), options->command, chosen[0]);
	if (options->command != RUN_RECORD) {
		*part++ = (struct option_part){ "Spans (default: all; the rest is counted)", choice, CHOICE_ROWS };
		*part++ = (struct option_part){ "Header fields and URLs", headers, HEADER_ROWS };
		*part++ = (struct option_part){ "Databases", databases, DATABASE_ROWS };
	}
	if (options->command != RUN_REPLAY)
		*part = choose("Capture", capture, sizeof(capture) / sizeof(capture[0]), options->command, chosen[1]);
	result = option_parse(&line->usage, parts, argc, argv, &first);
	return result == 0 ? take_arguments(line, argc, argv, first, options) : result;
}

static enum run_command command_named(const char *name)
{
	for (enum run_command command = RUN_LIVE; command <= RUN_REPLAY; command++)
		if (strcmp(command_lines[command].usage.command, name) == 0)
			return command;
	return RUN_LIVE;
}

/* What --format says of the others. */
static int apply_format(const struct choices *choices, struct run_options *options)
{
	bool given = choices->format.value <= OUTPUTS_NONE;

	options->print_given = given || options->output_path;
	options->format = given ? choices->format.value : OUTPUTS_CONSOLE;
	if (options->format > OUTPUTS_SUMMARY && (options->interval || choices->sort.choices[choices->sort.value])) {
		option_error("--interval and --sort are for the table of --format console and summary");
		return -EINVAL;
	}
	if (choices->sort.choices[choices->sort.value])
		options->sort = SORT_FIRST + choices->sort.value;
	else
		options->sort = options->format == OUTPUTS_SUMMARY ? LATENCY_BY_RATE : LATENCY_BY_SERVICE;
	if (options->format == OUTPUTS_SUMMARY && options->command == RUN_LIVE && !options->interval)
		options->interval = SUMMARY_INTERVAL;
	return 0;
}

int run_options_parse(int argc, char **argv, struct run_options *ret_options)
{
	struct run_options options = {
		.command = command_named(argv[0]),
		.ring_size = RING_SIZE_DEFAULT,
		.seed = { .max = UINT64_MAX },
		.infer_routes = true,
	};
	/* Past its choices: not given. */
	struct choices choices = { .format = { formats, OUTPUTS_NONE + 1 },
				   .sort = { sorts, sizeof(sorts) / sizeof(sorts[0]) - 1 },
				   .hooks = { hooks_choices, HOOKS_AUTO },
				   .log_format = { log_formats, LOG_PLAIN } };
	int result = parse_table(argc, argv, &options, &choices);

	if (result != 0)
		return result;
	if (options.spool_size && !options.spool) {
		option_error("--spool-size needs --spool DIR");
		return refuse(&command_lines[options.command]);
	}
	if (apply_format(&choices, &options) != 0 || selection_check(&options.selection) != 0)
		return refuse(&command_lines[options.command]);
	options.hooks = choices.hooks.value;
	options.log_format = choices.log_format.value;
	if (!options.spool_size)
		options.spool_size = SPOOL_SIZE_DEFAULT;
	*ret_options = options;
	return 0;
}
