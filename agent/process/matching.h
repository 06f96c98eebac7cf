/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares processes with the selection, by the names that users know them by, and remembers which of the
 * options have selected something: of one that is mistyped, nothing else would tell.
 * --pid is not among them, as it is known at once whether such a process runs.
 */
#ifndef WIRESPAN_AGENT_PROCESS_MATCHING_H
#define WIRESPAN_AGENT_PROCESS_MATCHING_H

#include "agent/kernel/selection.h"
#include "correlate/process/process.h"

struct matching {
	const struct selection *selection;
	bool executables[GLOBS_MAX], services[GLOBS_MAX], ports[SELECTION_PORTS_MAX]; /* those that have */
	size_t names_missing, ports_missing; /* how many have not */
};

/* `selection` outlives it. */
void matching_init(struct matching *matching, const struct selection *selection);

/* Whether a process is selected, by what its record tells. */
bool matching_judge(struct matching *matching, const struct process_info *info);
/* A selected process has a socket with these ports. */
void matching_note_ports(struct matching *matching, uint16_t local_port, uint16_t remote_port);

/* Warns of each option that has selected nothing; `waiting`: it still may. */
void matching_say(const struct matching *matching, bool waiting);

#endif
