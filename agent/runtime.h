/* SPDX-License-Identifier: Apache-2.0 */
/* What an executable's file tells of the runtime inside. */
#ifndef WIRESPAN_AGENT_RUNTIME_H
#define WIRESPAN_AGENT_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether process `pid` runs goroutines, which move between threads: Go's linker
 * leaves a section of its own, ".go.buildinfo", in every executable. False also
 * where the file can't be read. Answers for the last files are remembered.
 */
bool runtime_shares_threads(uint32_t pid);

#endif
