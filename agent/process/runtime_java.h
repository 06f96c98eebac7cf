/* SPDX-License-Identifier: Apache-2.0 */
/* Which Java runs. */
#ifndef WIRESPAN_AGENT_PROCESS_RUNTIME_JAVA_H
#define WIRESPAN_AGENT_PROCESS_RUNTIME_JAVA_H

#include <stdint.h>

#include "agent/process/runtime_facts.h"
#include "base/slice.h"

/* By the file "release" of the directory in which `executable` ("…/bin/java") lies for process `pid`. */
void java_describe(uint32_t pid, struct slice executable, struct runtime *runtime);

/* By such a file's text. */
void java_read_release(struct slice text, struct runtime *runtime);

#endif
