// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/namespace.h"

#include <sys/stat.h>

#define INITIAL_PID_NAMESPACE 0xEFFFFFFC /* the kernel's PROC_PID_INIT_INO */

bool namespace_sees_all_pids(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == INITIAL_PID_NAMESPACE;
}
