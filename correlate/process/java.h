/* SPDX-License-Identifier: Apache-2.0 */
/* What java is told to run. */
#ifndef WIRESPAN_CORRELATE_PROCESS_JAVA_H
#define WIRESPAN_CORRELATE_PROCESS_JAVA_H

#include "correlate/process/arguments.h"

/* What java runs: a jar's name without version, or the main class; empty where unknown. */
struct slice java_application_name(const struct argument_list *list, size_t from);

#endif
