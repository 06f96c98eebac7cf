/* SPDX-License-Identifier: Apache-2.0 */
/* The command lines of `wirespan run`, `record` and `replay`, which share most options. */
#ifndef WIRESPAN_AGENT_COMMANDS_RUN_OPTIONS_H
#define WIRESPAN_AGENT_COMMANDS_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/kernel/selection.h"
#include "agent/options/choice.h"
#include "agent/options/database.h"
#include "agent/options/header.h"
#include "agent/options/option.h"
#include "agent/pipeline/outputs.h"
#include "base/log.h"

enum run_hooks { HOOKS_AUTO, HOOKS_SOCKET, HOOKS_SYSCALL };

enum run_command { RUN_LIVE, RUN_RECORD, RUN_REPLAY };

struct run_options {
	enum run_command command;
	const char *recording; /* written by the first two, read by `replay`; NULL: none */
	struct selection selection;
	struct span_choice choice;
	struct header_options headers;
	struct database_options databases;
	enum outputs_format format;
	bool print_given; /* --format or --output */
	enum latency_sort sort;
	const char *output_path;
	const char *endpoint;
	const char *spool;
	uint64_t spool_size; /* bytes; 0: not given */
	/* Seconds; 0: not given. */
	double duration, request_timeout, stats, interval;
	struct option_number_target seed;
	uint64_t ring_size;
	enum run_hooks hooks;
	bool infer_routes;
	bool verbose;
	enum log_format log_format;
};

/* argv[0] is the command: "run", "record" or "replay". 0; > 0: help or version was asked for and printed; -EINVAL: wrong usage, said; -ENOMEM. */
int run_options_parse(int argc, char **argv, struct run_options *ret_options);

#endif
