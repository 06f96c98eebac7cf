/* SPDX-License-Identifier: Apache-2.0 */
/* What the running kernel consists of. */
#ifndef WIRESPAN_AGENT_KERNEL_SYMBOL_H
#define WIRESPAN_AGENT_KERNEL_SYMBOL_H

#include <stdbool.h>

/* Whether the kernel has a variable or function of that name; true, too, where its list can't be read. */
bool kernel_may_have_symbol(const char *name);

#endif
