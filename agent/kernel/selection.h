/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes and connections the user selected. Nothing selected: all. */
#ifndef WIRESPAN_AGENT_KERNEL_SELECTION_H
#define WIRESPAN_AGENT_KERNEL_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/glob.h"
#include "base/slice.h"

#define SELECTION_PIDS_MAX 1024
#define SELECTION_PORTS_MAX 64 /* looked through for each socket that is older than the agent */

/* Zero-initialised, it selects everything but what would be traced twice. */
struct selection {
	struct globs executables;
	struct globs services;
	struct globs excluded;
	uint32_t pids[SELECTION_PIDS_MAX];
	size_t pid_count;
	uint16_t ports[SELECTION_PORTS_MAX]; /* no duplicates */
	size_t port_count;
	bool include_instrumented; /* processes that export spans of their own, too */
	bool include_telemetry;    /* exchanges with telemetry back ends, too */
};

/* By what users know a process; any may be empty. */
struct selection_names {
	struct slice executable; /* its path */
	struct slice command;    /* the script that an interpreter runs, else argv[0] */
	struct slice title;      /* the program that its title begins with */
	struct slice service;    /* as its spans show it; only needed where selection.services has any */
};

/* Whether it names processes, so that not all but the excluded ones are selected. */
bool selection_names_processes(const struct selection *selection);

/* Whether the pattern of an --exe or --exclude-exe matches one of the first three: all of it, or its last component. */
bool selection_program_matches(const char *pattern, const struct selection_names *names);

/*
 * Whether a process is selected, by --pid, --exe, --service and --exclude-exe; ports are a
 * connection's matter. Several of the first three select what any of them does; an exclusion
 * always wins.
 */
bool selection_wants_process(const struct selection *selection, uint32_t pid, const struct selection_names *names);

/*
 * The same of a process of which only the id is known. Not where anything is excluded: it
 * may be that, and a missing span is better than one that was not to be.
 */
bool selection_wants_unknown(const struct selection *selection, uint32_t pid);

/* Whether it is one of those that were given. */
bool selection_has_port(const struct selection *selection, uint16_t port);

/* Whether a connection with these ports is selected: either end matches, or no port was given. */
bool selection_wants_ports(const struct selection *selection, uint16_t local_port, uint16_t remote_port);

#endif
