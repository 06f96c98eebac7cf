/* SPDX-License-Identifier: Apache-2.0 */
/* What a record tells of a process. */
#ifndef WIRESPAN_CORRELATE_PROCESS_INFO_H
#define WIRESPAN_CORRELATE_PROCESS_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Views into a validated process record. */
struct process_info {
	uint32_t pid;
	uint32_t parent_pid;
	struct slice boot_id;    /* of this run of the host; empty unknown */
	uint64_t start_time;     /* process start, ns since the host's; 0 unknown */
	uint64_t start_wall;     /* process start, ns since the epoch; 0 unknown */
	struct slice executable; /* path */
	struct slice arguments;  /* each ended by NUL; the last may be cut */
	struct slice cgroup;
	struct slice environment; /* OTEL_* variables, each ended by NUL */
	struct slice facts;       /* likewise: what the agent found out (docs/records.md) */
	bool managed;             /* RECORD_PROCESS_MANAGED */
};

#endif
