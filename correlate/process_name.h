/* SPDX-License-Identifier: Apache-2.0 */
/* What a process's command says of it; see process_service_name() for the rules. */
#ifndef WIRESPAN_CORRELATE_PROCESS_NAME_H
#define WIRESPAN_CORRELATE_PROCESS_NAME_H

#include "correlate/process.h"
#include "correlate/process_arguments.h"

/* `path` without directory and without the " (deleted)" that the kernel appends. */
struct slice process_executable_name(struct slice path);

/* The script, module, application or executable; empty where nothing is known. A view into `info`. */
struct slice process_command_name(const struct process_info *info);

/* The script (as given) or module that an interpreter runs; empty where there is none. A view into `info`. */
struct slice process_script(const struct process_info *info);

/* process.runtime.name where the executable leaves no doubt ("cpython"), else empty. */
struct slice process_runtime_name(const struct process_info *info);

/*
 * Base name of a script without its extension. A name that says nothing ("index",
 * "main", "manage") gives way to the directory's where that says more.
 */
struct slice script_name(struct slice path);

/* What java runs: a jar's name without version, or the main class; empty where unknown. */
struct slice java_application_name(const struct argument_list *list, size_t from);

#endif
