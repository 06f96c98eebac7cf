/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes whose environment says that they export spans of their own, until they show
 * themselves: most programs that inherit such an environment never speak HTTP, and
 * nothing is to be said of them. And what has been said, once per service.
 */
#ifndef WIRESPAN_AGENT_PROCESS_INSTRUMENTED_H
#define WIRESPAN_AGENT_PROCESS_INSTRUMENTED_H

#include <stdbool.h>
#include <stdint.h>

#include "correlate/engine.h"

#define INSTRUMENTED_TEXT_MAX 255     /* kept of a service's name, and of a destination */
#define INSTRUMENTED_SERVICES_MAX 256 /* told by name; after them, that there are more */

struct instrumented;

/* NULL when out of memory. */
struct instrumented *instrumented_new(void);
/* Accepts NULL. */
void instrumented_free(struct instrumented *instrumented);

/* Keeps what is known of a process, in place of what was known of that pid. 0, -ENOSPC (PROCESSES_MAX) or -ENOMEM. */
int instrumented_add(struct instrumented *instrumented, const struct instrumented_process *process);
/* The same of a child as of its parent, where that is known. */
int instrumented_inherit(struct instrumented *instrumented, uint32_t parent, uint32_t child);
/* What is known of the process; false where nothing is. The views live until it is removed. */
bool instrumented_find(const struct instrumented *instrumented, uint32_t pid, struct instrumented_process *ret_process);
void instrumented_remove(struct instrumented *instrumented, uint32_t pid);

/* Warns that the process is left out; once per service. Whether it did. */
bool instrumented_say(struct instrumented *instrumented, const struct instrumented_process *process);

#endif
