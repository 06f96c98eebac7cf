/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to know of a runtime. */
#ifndef WIRESPAN_AGENT_PROCESS_RUNTIME_FACTS_H
#define WIRESPAN_AGENT_PROCESS_RUNTIME_FACTS_H

#include <stdbool.h>

#define RUNTIME_NAME_MAX 32
#define RUNTIME_VERSION_MAX 64

struct runtime {
	bool shares_threads;               /* goroutines, which move between threads */
	bool may_tell_more;                /* to runtime_look(), once it runs */
	char name[RUNTIME_NAME_MAX];       /* process.runtime.name; empty where the files do not tell */
	char version[RUNTIME_VERSION_MAX]; /* process.runtime.version; likewise */
};

#endif
