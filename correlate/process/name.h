/* SPDX-License-Identifier: Apache-2.0 */
/* What a process's command says of it; see process_service_name() for the rules. */
#ifndef WIRESPAN_CORRELATE_PROCESS_NAME_H
#define WIRESPAN_CORRELATE_PROCESS_NAME_H

#include "correlate/process/info.h"

enum command_kind {
	COMMAND_PROGRAM,     /* the executable is what runs; or nothing is known */
	COMMAND_APPLICATION, /* a script, module, jar or the like that a runtime runs */
	COMMAND_RUNTIME,     /* a runtime, and what it runs is not known */
};

/* What the command runs, and the name of it, a view into `info`; empty where unknown. */
enum command_kind process_command_name(const struct process_info *info, struct slice *ret_name);

/* The application in a title: "gunicorn: worker [shop]"; empty where it is none, or names none. A view into `info`. */
struct slice process_title_application(const struct process_info *info);

/* The script (as given) or module that an interpreter runs; empty where there is none. A view into `info`. */
struct slice process_script(const struct process_info *info);

/* process.runtime.name where the executable leaves no doubt ("cpython"), else empty. */
struct slice process_runtime_name(const struct process_info *info);

#endif
