/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the OTEL_* variables of a process say that it exports spans of its own. */
#ifndef WIRESPAN_CORRELATE_PROCESS_INSTRUMENTATION_H
#define WIRESPAN_CORRELATE_PROCESS_INSTRUMENTATION_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether a process with those OTEL_* variables (as in its record) exports spans from its start on, and
 * does not switch it off again. `starts_sdk`: it is known to start an SDK with the program, which
 * exports unless told otherwise. Else an exporter must be configured and the service be named beside it:
 * a host may set an endpoint for everybody, for whom it may concern, but not a name. Alone a name
 * proves nothing either: operators set it for us. *ret_destination then is "host:port" of where the
 * spans go, without userinfo, or empty; a view into `environment`.
 */
bool environment_exports_spans(struct slice environment, bool starts_sdk, struct slice *ret_destination);

#endif
