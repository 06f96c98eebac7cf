/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_AGENT_KERNEL_NAMESPACE_H
#define WIRESPAN_AGENT_KERNEL_NAMESPACE_H

#include <stdbool.h>

/*
 * Whether this process is in the initial pid namespace and /proc shows it. Only there do
 * the process ids that the kernel's programs tell mean the same in /proc.
 */
bool namespace_sees_all_pids(void);

#endif
