/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_AGENT_KERNEL_CAPABILITY_H
#define WIRESPAN_AGENT_KERNEL_CAPABILITY_H

#include <stdbool.h>

/* Whether this process has the capability (CAP_* of <linux/capability.h>) in effect. */
bool capability_have(unsigned int capability);

#endif
