/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc tells of a process, as the record that the kernel makes when one begins. */
#ifndef WIRESPAN_AGENT_PROCESS_PROC_H
#define WIRESPAN_AGENT_PROCESS_PROC_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "bpf/record.h"

#define PROC_RECORD_MAX                                                                                     \
	(sizeof(struct record_process) + RECORD_EXECUTABLE_MAX + RECORD_ARGUMENTS_MAX + RECORD_CGROUP_MAX + \
	 RECORD_ENVIRONMENT_MAX + RECORD_FACTS_MAX + 8)

/* A process record and room for its strings. */
union proc_record {
	struct record_process process;
	char bytes[PROC_RECORD_MAX];
};

/*
 * Fills a record for running process `pid`; what may not be read of it stays empty.
 * 0; -ENOENT when it is gone, or runs no program; -ENOMEM and the like.
 */
int proc_read(uint32_t pid, union proc_record *ret_record);

/*
 * Copies the kernel's record of an execution and puts right what the kernel
 * could not know: a relative or linked executable, the cgroup's order, a
 * container that only cgroup v1 names, long OTEL_* variables. 0; -EBADMSG when it is malformed.
 */
int proc_complete(const struct record_process *record, size_t size, union proc_record *ret_record);

/* The same of what a process shows once it runs. */
union proc_detail {
	struct record_detail detail;
	char bytes[sizeof(struct record_detail) + RECORD_ARGUMENTS_MAX + RECORD_FACTS_MAX + 8];
};

/* Fills a detail with the arguments that `pid` has now, or its title. 0 or negative errno. */
int proc_read_title(uint32_t pid, union proc_detail *ret_detail);
/* Adds a fact, as proc_add_fact() does. */
void proc_add_detail(union proc_detail *detail, const char *name, struct slice value);

/* Adds a fact to a record of ours (docs/records.md), in place. What finds no room, or is empty, is left out. */
void proc_add_fact(union proc_record *record, const char *name, struct slice value);

#endif
