/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `wirespan run`. */
#ifndef WIRESPAN_AGENT_COMMANDS_RUN_OPTIONS_H
#define WIRESPAN_AGENT_COMMANDS_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/header_option.h"
#include "agent/outputs.h"
#include "agent/selection.h"

enum run_hooks { HOOKS_AUTO, HOOKS_SOCKET, HOOKS_SYSCALL };

struct run_options {
	struct selection selection;
	struct header_options headers;
	enum outputs_format format;
	bool print_given; /* --format or --output */
	const char *output_path;
	const char *endpoint;
	const char *spool;
	uint64_t spool_size; /* bytes; 0: not given */
	/* Seconds; 0: not given. */
	double duration, request_timeout, stats;
	uint64_t ring_size;
	enum run_hooks hooks;
	bool infer_routes;
	bool verbose;
};

/* 0; > 0: help was asked for and printed; -EINVAL: wrong usage, said; -ENOMEM. */
int run_options_parse(int argc, char **argv, struct run_options *ret_options);

#endif
