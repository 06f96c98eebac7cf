/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes a manager of services started. */
#ifndef WIRESPAN_AGENT_PROCESS_PROC_MANAGED_H
#define WIRESPAN_AGENT_PROCESS_PROC_MANAGED_H

#include "agent/process/proc_strings.h"

/* RECORD_PROCESS_MANAGED, of a process with that parent; `strings` are there. */
bool proc_is_managed(uint32_t parent, const struct proc_strings *strings);

#endif
