/* SPDX-License-Identifier: Apache-2.0 */
/* How an executable is called. */
#ifndef WIRESPAN_CORRELATE_PROCESS_EXECUTABLE_H
#define WIRESPAN_CORRELATE_PROCESS_EXECUTABLE_H

#include "base/slice.h"

/* `path` without directory and without the " (deleted)" that the kernel appends. */
struct slice process_executable_name(struct slice path);

#endif
