// SPDX-License-Identifier: Apache-2.0
#include "agent/options/pid.h"

#include <errno.h>
#include <stdio.h>

#include "agent/options/option.h"

#define NAME_MAX_KERNEL 16 /* TASK_COMM_LEN */

/* The lines "Name:" and "Tgid:" of /proc/PID/status (proc(5)); false where there is no such process or thread. */
static bool status_read(uint32_t pid, char ret_name[4 * NAME_MAX_KERNEL], uint32_t *ret_tgid)
{
	char path[64], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	ret_name[0] = '\0';
	while (!found && fgets(line, sizeof(line), file)) {
		/* What is no letter is escaped there, by up to four characters. */
		(void)sscanf(line, "Name:\t%63[^\n]", ret_name);
		found = sscanf(line, "Tgid:\t%u", ret_tgid) == 1;
	}
	fclose(file);
	return found;
}

int pid_option_check(const struct selection *selection)
{
	char name[4 * NAME_MAX_KERNEL];

	for (size_t i = 0; i < selection->pid_count; i++) {
		uint32_t pid = selection->pids[i], process;

		if (!status_read(pid, name, &process) || process == pid)
			continue;
		if (!status_read(process, name, &process))
			name[0] = '\0';
		option_error("--pid: %u is a thread of process %u (%s): give --pid %u", pid, process, name, process);
		return -EINVAL;
	}
	return 0;
}
