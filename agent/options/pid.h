/* SPDX-License-Identifier: Apache-2.0 */
/* The ids that users take for a process's: those of its threads. */
#ifndef WIRESPAN_AGENT_OPTIONS_PID_H
#define WIRESPAN_AGENT_OPTIONS_PID_H

#include "agent/kernel/selection.h"

/* 0; -EINVAL where a --pid is the id of a thread: said, with the process that it is of. Looks into /proc. */
int pid_option_check(const struct selection *selection);

#endif
