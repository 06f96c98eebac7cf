// SPDX-License-Identifier: Apache-2.0
#include "agent/commands/run_options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/option.h"
#include "bpf/config.h"
#include "otlp/spool.h"

#define RING_SIZE_MIN (4u << 10)
#define RING_SIZE_MAX (1u << 30)
#define SPOOL_SIZE_MIN (UINT64_C(1) << 20)
#define SPOOL_SIZE_MAX (UINT64_C(1) << 50)
#define SECONDS_MIN 0.001
#define SECONDS_MAX (10.0 * 365 * 24 * 3600)

static const char *const formats[] = {
	[OUTPUTS_CONSOLE] = "console", [OUTPUTS_JSON] = "json", [OUTPUTS_NONE] = "none", NULL
};
static const char *const hooks_choices[] = {
	[HOOKS_AUTO] = "auto", [HOOKS_SOCKET] = "socket", [HOOKS_SYSCALL] = "syscall", NULL
};

/* Seconds, with a fraction if need be. */
static int set_seconds(const char *name, const char *argument, void *target)
{
	double value;
	int end = 0;

	if (sscanf(argument, "%lf%n", &value, &end) != 1 || argument[end] ||
	    !(value >= SECONDS_MIN && value <= SECONDS_MAX)) {
		option_error("--%s: '%s' is not a number of seconds from 0.001 to %.0f", name, argument, SECONDS_MAX);
		return -EINVAL;
	}
	*(double *)target = value;
	return 0;
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

struct choices {
	struct option_choice_target format, hooks;
};

static int refuse(void)
{
	fprintf(stderr, "Try 'wirespan run --help'.\n");
	return -EINVAL;
}

static int parse_table(int argc, char **argv, struct run_options *options, struct choices *choices)
{
	static const struct option_usage usage = {
		.command = "run",
		.synopsis = "[options]",
		.description =
			"Traces what the selected processes say on their sockets, until a signal or --duration.\n"
			"Prints \"wirespan: ready\" on standard error once it sees everything.",
	};
	struct option_row selection[SELECTION_ROWS], headers[HEADER_ROWS];
	const struct option_row output[] = {
		{ "endpoint", "URL",
		  "send spans to this collector by OTLP/HTTP, http://HOST:4318 or unix:/SOCKET\n"
		  "(default: OTEL_EXPORTER_OTLP_ENDPOINT, if that is set)",
		  option_set_string, &options->endpoint },
		{ "spool", "DIR", "keep on disk what the collector does not take in time", option_set_string,
		  &options->spool },
		{ "spool-size", "BYTES", "at most so much, suffix K, M or G (default: 1G)", set_spool_size,
		  &options->spool_size },
		{ "format", "console|json|none",
		  "print spans this way, also with an endpoint (default without: console)", option_set_choice,
		  &choices->format },
		{ "output", "FILE", "print to this file (default: standard output)", option_set_string,
		  &options->output_path },
		{ "duration", "SECONDS", "end after this time", set_seconds, &options->duration },
		{ "request-timeout", "SECONDS",
		  "end a request without response as an error after this time\n(default: with its connection)",
		  set_seconds, &options->request_timeout },
		{ "no-route-inference", NULL, "no http.route guessed from the paths' shapes", option_clear_flag,
		  &options->infer_routes },
		{ "stats", "SECONDS", "tell this often what the agent does and costs, on standard error", set_seconds,
		  &options->stats },
		{ "verbose", NULL, "tell what is decided, on standard error", option_set_flag, &options->verbose },
	};
	const struct option_row capture[] = {
		{ "ring-size", "BYTES", "the kernel's ring buffer, a power of two, suffix K or M (default: 4M)",
		  set_ring_size, &options->ring_size },
		{ "hooks", "auto|socket|syscall", "what to attach to (default: the best that this kernel has)",
		  option_set_choice, &choices->hooks },
	};
	const struct option_part parts[] = {
		{ "Selection (default: every process but wirespan)", selection, SELECTION_ROWS },
		{ "Output", output, sizeof(output) / sizeof(output[0]) },
		{ "Header fields and URLs", headers, HEADER_ROWS },
		{ "Capture", capture, sizeof(capture) / sizeof(capture[0]) },
		{ 0 },
	};
	int first;
	int result;

	selection_rows(&options->selection, selection);
	header_rows(&options->headers, headers);
	result = option_parse(&usage, parts, argc, argv, &first);
	if (result == 0 && first < argc) {
		option_error("unexpected argument '%s'", argv[first]);
		return refuse();
	}
	return result;
}

int run_options_parse(int argc, char **argv, struct run_options *ret_options)
{
	struct run_options options = { .ring_size = RING_SIZE_DEFAULT, .infer_routes = true };
	/* Past its choices: not given. */
	struct choices choices = { .format = { formats, OUTPUTS_NONE + 1 }, .hooks = { hooks_choices, HOOKS_AUTO } };
	int result = parse_table(argc, argv, &options, &choices);

	if (result != 0)
		return result;
	if (options.spool_size && !options.spool) {
		option_error("--spool-size needs --spool DIR");
		return refuse();
	}
	options.print_given = choices.format.value <= OUTPUTS_NONE || options.output_path;
	options.format = choices.format.value <= OUTPUTS_NONE ? choices.format.value : OUTPUTS_CONSOLE;
	options.hooks = choices.hooks.value;
	if (!options.spool_size)
		options.spool_size = SPOOL_SIZE_DEFAULT;
	*ret_options = options;
	return 0;
}
