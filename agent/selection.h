/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes and connections the user selected. Nothing selected: all. */
#ifndef WIRESPAN_AGENT_SELECTION_H
#define WIRESPAN_AGENT_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/option.h"
#include "base/glob.h"
#include "base/slice.h"

#define SELECTION_PIDS_MAX 1024
#define SELECTION_PORTS_MAX 64 /* looked through for each socket that is older than the agent */

/* Zero-initialised, it selects everything but what would be traced twice. */
struct selection {
	struct globs executables;
	struct globs excluded;
	uint32_t pids[SELECTION_PIDS_MAX];
	size_t pid_count;
	uint16_t ports[SELECTION_PORTS_MAX]; /* no duplicates */
	size_t port_count;
	bool include_instrumented; /* processes that export spans of their own, too */
	bool include_telemetry;    /* exchanges with telemetry back ends, too */
};

#define SELECTION_ROWS 6
/* Fills the rows that set `selection`, for a part of a command's option table. */
void selection_rows(struct selection *selection, struct option_row rows[SELECTION_ROWS]);

/* 0; -EINVAL where an --exe cannot select anything, as an --exclude-exe leaves all of it out: said. */
int selection_check(const struct selection *selection);

/*
 * Whether a process is selected, by --pid, --exe and --exclude-exe; ports are a
 * connection's matter. A glob matches the whole path or its last component, of the
 * executable or of `alias`: another name by which users know the process, such as
 * its argv[0] or the script that an interpreter runs; may be empty. Several --exe
 * and --pid select what any of them does; an exclusion always wins.
 */
bool selection_wants_process(const struct selection *selection, uint32_t pid, struct slice executable,
			     struct slice alias);

/*
 * The same of a process of which only the id is known. Not where anything is excluded: it
 * may be that, and a missing span is better than one that was not to be.
 */
bool selection_wants_unknown(const struct selection *selection, uint32_t pid);

/* Whether a connection with these ports is selected: either end matches, or no port was given. */
bool selection_wants_ports(const struct selection *selection, uint16_t local_port, uint16_t remote_port);

#endif
