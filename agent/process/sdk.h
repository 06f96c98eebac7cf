/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a program is started together with an OpenTelemetry SDK, which its author need not know of. */
#ifndef WIRESPAN_AGENT_PROCESS_SDK_H
#define WIRESPAN_AGENT_PROCESS_SDK_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether a runtime's variables (PYTHONPATH, NODE_OPTIONS, JAVA_TOOL_OPTIONS, ...) or options make it
 * load OpenTelemetry. Those of other runtimes than that of `executable` (a path) count for nothing:
 * children inherit them. `arguments` and `environment`: each string ended by NUL, of which the last may be cut.
 */
bool sdk_is_started(struct slice executable, struct slice arguments, struct slice environment);

#endif
