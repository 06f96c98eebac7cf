// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* SCHED_BATCH */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "agent/commands/command.h"
#include "agent/commands/run_options.h"
#include "agent/kernel/capability.h"
#include "agent/kernel/namespace.h"
#include "agent/options/environment.h"
#include "agent/options/option.h"
#include "agent/options/pid.h"
#include "agent/pipeline/pipeline.h"
#include "agent/pipeline/replay.h"
#include "agent/pipeline/signals.h"
#include "agent/recording/recorder.h"
#include "base/clock.h"
#include "base/log.h"

/*
 * As much of the processors as anybody, but no thread of ours interrupts another's work by waking up;
 * it waits until that one pauses or its time is over. Who chose a policy for us knows better.
 */
static void run_behind_others(void)
{
	const struct sched_param parameters = { 0 };

	if (sched_getscheduler(0) == SCHED_OTHER && sched_setscheduler(0, SCHED_BATCH, &parameters) < 0)
		log_debug("cannot choose the scheduling policy SCHED_BATCH (%s)", strerror(errno));
}

/* Which way to capture; an exit status other than EXIT_DONE when there is none. */
static int run_choose_capture(const struct run_options *options, struct capture_options *capture)
{
	struct features features;
	enum capture_mode mode;

	if (features_probe(&features) < 0)
		return EXIT_FAILED;
	mode = features_capture_mode(&features);
	if (options->hooks == HOOKS_SOCKET)
		mode = CAPTURE_SOCKET_TRACEPOINTS;
	else if (options->hooks == HOOKS_SYSCALL)
		mode = CAPTURE_SYSTEM_CALLS;
	if (features_require(&features, mode) < 0)
		return EXIT_LACKING;
	if (!namespace_sees_all_pids()) {
		log_error("this is not the host's pid namespace, or /proc is not its: the processes that the kernel "
			  "tells of cannot be found; run it in the host's pid namespace (--pid=host)");
		return EXIT_LACKING;
	}
	if (pid_option_check(&options->selection) != 0)
		return EXIT_USAGE;
	if (!capability_have(CAP_SYS_PTRACE))
		log_warning("the capability CAP_SYS_PTRACE is missing: other users' processes are known by their "
			    "arguments only, and --exe may not find them");
	capture->mode = mode;
	capture->send_begin = features_have(&features, FEATURE_TCP_SENDMSG_LOCKED);
	capture->socket_cookie = features_have(&features, FEATURE_SOCKET_COOKIE);
	capture->steady = features.preempts_tracepoints && features_have(&features, FEATURE_PREEMPT_DISABLE);
	if (capture->steady)
		log_debug("this kernel preempts tracepoints: programs disable preemption");
	capture->find_sockets = features_have(&features, FEATURE_TASK_FILE_ITERATOR) &&
				features_have(&features, FEATURE_SOCK_FROM_FILE);
	/* A program that is preempted makes the kernel skip those of whoever runs then: rather us than others. */
	if (!features.preempts_tracepoints)
		run_behind_others();
	capture->ring_size = options->ring_size;
	capture->ports = options->selection.ports;
	capture->port_count = options->selection.port_count;
	return EXIT_DONE;
}

/* Outputs are touched only once it is known that something can be captured. */
static int run_traced(const struct run_options *options, const struct otlp_config *config,
		      const struct outputs_options *wanted)
{
	struct pipeline_options pipeline = {
		.selection = &options->selection,
		.choice = &options->choice,
		.headers = &options->headers,
		.databases = &options->databases,
		.config = config,
		.infer_routes = options->infer_routes,
		.request_timeout = options->request_timeout * NSEC_PER_SEC,
		.duration = options->duration * NSEC_PER_SEC,
		.stats_interval = options->stats * NSEC_PER_SEC,
		.metrics_interval = wanted->choice.sends_metrics ? config->metric_interval : 0,
		.flush_limit = environment_flush_limit(config),
	};
	int status = run_choose_capture(options, &pipeline.capture);
	struct outputs outputs;
	int error, sent_error = 0, record_error, close_error;

	if (status != EXIT_DONE)
		return status;
	error = outputs_open(&outputs, wanted);
	if (error)
		return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	pipeline.outputs = &outputs;
	if (options->recording)
		error = recorder_open(options->recording, pipeline.capture.mode, &options->selection,
				      &pipeline.recorder);
	if (!error) {
		error = pipeline_run(&pipeline);
		sent_error = outputs_tell_sent(&outputs);
	}
	record_error = recorder_close(pipeline.recorder);
	close_error = outputs_close(&outputs);
	return error || sent_error || record_error || close_error ? EXIT_FAILED : EXIT_DONE;
}

static int run_replayed(const struct run_options *options, const struct otlp_config *config,
			const struct outputs_options *wanted)
{
	struct replay_options replay = {
		.choice = &options->choice,
		.headers = &options->headers,
		.databases = &options->databases,
		.config = config,
		.infer_routes = options->infer_routes,
		.request_timeout = options->request_timeout * NSEC_PER_SEC,
		.seed = options->seed.value,
		.flush_limit = environment_flush_limit(config),
	};
	struct outputs outputs;
	int error, sent_error, close_error;

	if (!options->seed.given && getrandom(&replay.seed, sizeof(replay.seed), 0) != sizeof(replay.seed))
		return EXIT_FAILED;
	if (replay_open(options->recording, &replay.file) < 0)
		return EXIT_FAILED;
	error = outputs_open(&outputs, wanted);
	if (error) {
		replay_close(replay.file);
		return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	replay.outputs = &outputs;
	error = replay_run(&replay);
	sent_error = outputs_tell_sent(&outputs);
	close_error = outputs_close(&outputs);
	replay_close(replay.file);
	return error || sent_error || close_error ? EXIT_FAILED : EXIT_DONE;
}

/* Files only: what is written to a device twice harms nobody. Of one that isn't there yet, its path is known. */
static bool is_same_file(const char *path, const char *other)
{
	struct stat status, other_status;

	if (stat(path, &status) < 0 || stat(other, &other_status) < 0)
		return strcmp(path, other) == 0;
	return S_ISREG(status.st_mode) && status.st_dev == other_status.st_dev && status.st_ino == other_status.st_ino;
}

/* Asked for or not: whoever sees nothing later shall know why. */
static void tell_nothing_is_kept(const struct run_options *options, const struct outputs_options *outputs)
{
	bool prints = outputs->choice.prints && outputs->format != OUTPUTS_NONE;

	if (!prints && !outputs->choice.sends_spans && (options->command == RUN_REPLAY || !options->recording))
		log_warning("spans are neither printed nor sent%s: nothing is kept of them",
			    options->command == RUN_REPLAY ? "" : ", and not recorded");
}

static int run_configured(const struct run_options *options, const struct otlp_config *config)
{
	const struct outputs_options outputs = {
		/* Spans of `record` go nowhere: they are made to learn which processes export spans of their own. */
		.choice = options->command == RUN_RECORD ? (struct outputs_choice){ 0 } :
							   outputs_choose(config, options->print_given),
		.format = options->format,
		.path = options->output_path,
		.sort = options->sort,
		.interval = options->interval * NSEC_PER_SEC,
		.orphans = span_choice_orphans(&options->choice),
		.spool = options->spool,
		.spool_size = options->spool_size,
		.waits_for_reader = options->command == RUN_REPLAY,
		.config = config,
	};

	if (options->recording && options->output_path && is_same_file(options->recording, options->output_path)) {
		option_error("--output %s: that is the recording", options->output_path);
		return EXIT_USAGE;
	}
	if (options->spool && !outputs.choice.sends_spans) {
		option_error("--spool: spans are sent nowhere; give --endpoint URL or set OTEL_EXPORTER_OTLP_ENDPOINT");
		return EXIT_USAGE;
	}
	if (!outputs.choice.prints && (outputs.interval || outputs.sort != LATENCY_BY_SERVICE)) {
		option_error("--interval and --sort: no table is printed; give --format summary, or console");
		return EXIT_USAGE;
	}
	tell_nothing_is_kept(options, &outputs);
	signals_begin();
	return (options->command == RUN_REPLAY ? run_replayed : run_traced)(options, config, &outputs);
}

int command_run(int argc, char **argv)
{
	struct run_options options;
	struct otlp_config config;
	int result = run_options_parse(argc, argv, &options);

	if (result != 0)
		return result > 0 ? EXIT_DONE : result == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
	log_set_format(options.log_format);
	result = environment_read(&config, options.endpoint, options.verbose);
	result = result == 0 ? run_configured(&options, &config) : result == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	config_done(&config);
	return result;
}
