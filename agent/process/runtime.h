/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that a process runs tell of its runtime. */
#ifndef WIRESPAN_AGENT_PROCESS_RUNTIME_H
#define WIRESPAN_AGENT_PROCESS_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#define RUNTIME_NAME_MAX 32
#define RUNTIME_VERSION_MAX 64

struct runtime {
	bool shares_threads;               /* goroutines, which move between threads */
	bool may_tell_more;                /* to runtime_look(), once it runs */
	char name[RUNTIME_NAME_MAX];       /* process.runtime.name; empty where the files do not tell */
	char version[RUNTIME_VERSION_MAX]; /* process.runtime.version; likewise */
};

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
