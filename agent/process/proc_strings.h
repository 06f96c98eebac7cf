/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a process's record, as /proc has them. What can't be read, or finds no room, is left out. */
#ifndef WIRESPAN_AGENT_PROCESS_PROC_STRINGS_H
#define WIRESPAN_AGENT_PROCESS_PROC_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/record.h"

struct proc_strings {
	char executable[RECORD_EXECUTABLE_MAX]; /* terminated, too */
	char arguments[RECORD_ARGUMENTS_MAX];
	char cgroup[RECORD_CGROUP_MAX];
	char environment[RECORD_ENVIRONMENT_MAX];
	char facts[RECORD_FACTS_MAX];
	uint16_t executable_length, arguments_length, cgroup_length, environment_length, facts_length;
	bool starts_sdk; /* RECORD_PROCESS_SDK */
	bool supervised; /* it has supervisord's variables */
};

/* 0 or negative errno. */
int proc_executable_read(uint32_t pid, struct proc_strings *strings);
void proc_cgroup_read(uint32_t pid, struct proc_strings *strings);
/* Its OTEL_* variables, and what others tell. After executable and arguments, which say what they mean. 0 or -ENOMEM. */
int proc_environment_read(uint32_t pid, struct proc_strings *strings);
/* Each adds its fact. */
void proc_directory_read(uint32_t pid, struct proc_strings *strings);
void proc_name_read(uint32_t pid, struct proc_strings *strings);

/* Parent and start time. 0 or negative errno. */
int proc_stat_read(uint32_t pid, struct record_process *process);

#endif
