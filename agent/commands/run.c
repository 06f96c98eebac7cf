// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/capability.h"
#include "agent/command.h"
#include "agent/namespace.h"
#include "agent/option.h"
#include "agent/pipeline.h"
#include "base/clock.h"
#include "base/log.h"
#include "bpf/config.h"
#include "otlp/console.h"
#include "otlp/json.h"
#include "otlp/text.h"

#define RING_SIZE_MIN (4u << 10)
#define RING_SIZE_MAX (1u << 30)
#define SECONDS_MIN 0.001
#define SECONDS_MAX (10.0 * 365 * 24 * 3600)

enum { FORMAT_CONSOLE, FORMAT_JSON, FORMAT_NONE };
static const char *const formats[] = { "console", "json", "none", NULL };

enum { HOOKS_AUTO, HOOKS_SOCKET, HOOKS_SYSCALL };
static const char *const hooks_choices[] = { "auto", "socket", "syscall", NULL };

struct run_options {
	struct selection selection;
	struct option_choice_target format;
	const char *output_path;
	double duration; /* seconds, 0: until a signal */
	double request_timeout;
	size_t ring_size;
	struct option_choice_target hooks;
	bool infer_routes;
	bool verbose;
};

static volatile sig_atomic_t stop;

static void run_stop(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

/* Seconds, with a fraction if need be. */
static int run_set_seconds(const char *name, const char *argument, void *target)
{
	double value;
	int end = 0;

	if (sscanf(argument, "%lf%n", &value, &end) != 1 || argument[end] || !(value >= SECONDS_MIN && value <= SECONDS_MAX)) {
		option_error("--%s: '%s' is not a number of seconds from 0.001 to %.0f", name, argument, SECONDS_MAX);
		return -EINVAL;
	}
	*(double *)target = value;
	return 0;
}

/* Bytes, with a suffix K or M; a power of two, as the kernel wants it. */
static int run_set_ring_size(const char *name, const char *argument, void *target)
{
	unsigned long long value;
	char suffix = '\0';
	int end = 0;

	if (argument[0] >= '0' && argument[0] <= '9' && sscanf(argument, "%llu%n%c", &value, &end, &suffix) >= 1 &&
	    value <= RING_SIZE_MAX) {
		if (suffix)
			end++;
		value <<= suffix == 'K' || suffix == 'k' ? 10 : suffix == 'M' || suffix == 'm' ? 20 : 0;
		if (!argument[end] && (!suffix || strchr("KkMm", suffix)) && value >= RING_SIZE_MIN &&
		    value <= RING_SIZE_MAX && (value & (value - 1)) == 0) {
			*(size_t *)target = value;
			return 0;
		}
	}
	option_error("--%s: '%s' is not a power of two from 4K to 1024M", name, argument);
	return -EINVAL;
}

static int run_parse(int argc, char **argv, struct run_options *options)
{
	static const struct option_usage usage = {
		.command = "run",
		.synopsis = "[options]",
		.description = "Traces what the selected processes say on their sockets, until a signal or --duration.\n"
			       "Prints \"wirespan: ready\" on standard error once it sees everything.",
	};
	struct option_row selection[SELECTION_ROWS];
	const struct option_row output[] = {
		{ "format", "console|json|none", "how spans are written (default: console)", option_set_choice,
		  &options->format },
		{ "output", "FILE", "where to (default: standard output)", option_set_string, &options->output_path },
		{ "duration", "SECONDS", "end after this time", run_set_seconds, &options->duration },
		{ "request-timeout", "SECONDS",
		  "end a request without response as an error after this time\n(default: with its connection)",
		  run_set_seconds, &options->request_timeout },
		{ "no-route-inference", NULL, "no http.route guessed from the paths' shapes", option_clear_flag,
		  &options->infer_routes },
		{ "verbose", NULL, "tell what is decided, on standard error", option_set_flag, &options->verbose },
	};
	const struct option_row capture[] = {
		{ "ring-size", "BYTES", "the kernel's ring buffer, a power of two, suffix K or M (default: 4M)",
		  run_set_ring_size, &options->ring_size },
		{ "hooks", "auto|socket|syscall", "what to attach to (default: the best that this kernel has)",
		  option_set_choice, &options->hooks },
	};
	const struct option_part parts[] = {
		{ "Selection (default: every process but wirespan)", selection, SELECTION_ROWS },
		{ "Output", output, sizeof(output) / sizeof(output[0]) },
		{ "Capture", capture, sizeof(capture) / sizeof(capture[0]) },
		{ 0 },
	};
	int first;
	int result;

	selection_rows(&options->selection, selection);
	result = option_parse(&usage, parts, argc, argv, &first);
	if (result == 0 && first < argc) {
		option_error("unexpected argument '%s'", argv[first]);
		fprintf(stderr, "Try 'wirespan run --help'.\n");
		return -EINVAL;
	}
	return result;
}

/* Which way to capture; an exit status other than EXIT_DONE when there is none. */
static int run_choose_capture(const struct run_options *options, struct capture_options *capture)
{
	struct features features;
	enum capture_mode mode;

	if (features_probe(&features) < 0)
		return EXIT_FAILED;
	mode = features_capture_mode(&features);
	if (options->hooks.value == HOOKS_SOCKET)
		mode = CAPTURE_SOCKET_TRACEPOINTS;
	else if (options->hooks.value == HOOKS_SYSCALL)
		mode = CAPTURE_SYSTEM_CALLS;
	if (features_require(&features, mode) < 0)
		return EXIT_LACKING;
	if (!namespace_sees_all_pids()) {
		log_error("this is not the host's pid namespace, or /proc is not its: the processes that the kernel "
			  "tells of cannot be found; run it in the host's pid namespace (--pid=host)");
		return EXIT_LACKING;
	}
	if (!capability_have(CAP_SYS_PTRACE))
		log_warning("the capability CAP_SYS_PTRACE is missing: other users' processes are known by their "
			    "arguments only");
	capture->mode = mode;
	capture->send_begin = features_have(&features, FEATURE_TCP_SENDMSG_LOCKED);
	capture->socket_cookie = features_have(&features, FEATURE_SOCKET_COOKIE);
	capture->find_sockets = features_have(&features, FEATURE_TASK_FILE_ITERATOR) &&
				features_have(&features, FEATURE_SOCK_FROM_FILE);
	capture->ring_size = options->ring_size;
	capture->ports = options->selection.ports;
	capture->port_count = options->selection.port_count;
	return EXIT_DONE;
}

/* Standard output, or --output's file; -1 when it cannot be opened. */
static int run_open_file(const struct run_options *options)
{
	int fd = STDOUT_FILENO;

	if (options->output_path)
		fd = open(options->output_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		log_error("cannot open '%s' for writing: %s", options->output_path, strerror(errno));
	return fd;
}

static int run_close_file(const struct run_options *options, int fd)
{
	if (fd == STDOUT_FILENO || close(fd) == 0)
		return 0;
	log_error("cannot write '%s': %s", options->output_path, strerror(errno));
	return -EIO;
}

static int run_make_output(const struct run_options *options, int fd, struct output **ret_output)
{
	const struct console_options console = { .fd = fd, .color = terminal_wants_color(fd) };
	int error;

	switch (options->format.value) {
	case FORMAT_CONSOLE:
		error = output_console_new(&console, ret_output);
		break;
	case FORMAT_JSON:
		error = output_json_new(fd, WIRESPAN_VERSION, ret_output);
		break;
	default:
		*ret_output = output_none_new();
		error = *ret_output ? 0 : -ENOMEM;
	}
	if (error)
		log_error("cannot write: %s", strerror(-error));
	return error;
}

/*
 * SIGINT and SIGTERM end us in order, a second one at once: the end may wait for whoever should read
 * what we write. A reader of our output that goes away is a failed write.
 */
static void run_handle_signals(void)
{
	struct sigaction action = { .sa_handler = run_stop, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action = (struct sigaction){ .sa_handler = SIG_IGN };
	sigaction(SIGPIPE, &action, NULL);
}

/* The file is touched only once it is known that something can be captured. */
static int run_traced(const struct run_options *options)
{
	struct pipeline_options pipeline = {
		.selection = &options->selection,
		.infer_routes = options->infer_routes,
		.request_timeout = options->request_timeout * NSEC_PER_SEC,
		.duration = options->duration * NSEC_PER_SEC,
	};
	int status = run_choose_capture(options, &pipeline.capture);
	int fd, error, close_error;

	if (status != EXIT_DONE)
		return status;
	fd = run_open_file(options);
	if (fd < 0)
		return EXIT_FAILED;
	error = run_make_output(options, fd, &pipeline.output);
	if (!error) {
		run_handle_signals();
		error = pipeline_run(&pipeline, &stop);
		output_free(pipeline.output);
	}
	close_error = run_close_file(options, fd);
	return error || close_error ? EXIT_FAILED : EXIT_DONE;
}

int command_run(int argc, char **argv)
{
	struct run_options options = {
		.format = { formats, FORMAT_CONSOLE },
		.hooks = { hooks_choices, HOOKS_AUTO },
		.ring_size = RING_SIZE_DEFAULT,
		.infer_routes = true,
	};
	int result = run_parse(argc, argv, &options);

	if (result != 0)
		return result > 0 ? EXIT_DONE : result == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
	if (options.verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	return run_traced(&options);
}
