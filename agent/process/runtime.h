/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that a process runs tell of its runtime. */
#ifndef WIRESPAN_AGENT_PROCESS_RUNTIME_H
#define WIRESPAN_AGENT_PROCESS_RUNTIME_H

#include <stdint.h>

#include "agent/process/runtime_facts.h"

/*
 * Of what process `pid` runs now, by what is read quickly; nothing where files can't be read. Answers for
 * the last executables are remembered.
 */
void runtime_describe(uint32_t pid, struct runtime *ret_runtime);

/*
 * The same by what takes longer (once per executable), or must have been loaded: constants of large
 * files, libraries.
 */
void runtime_look(uint32_t pid, struct runtime *ret_runtime);

#endif
