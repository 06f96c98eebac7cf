/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the OTEL_* variables of a process say that it exports spans of its own. */
#ifndef WIRESPAN_CORRELATE_INSTRUMENTATION_H
#define WIRESPAN_CORRELATE_INSTRUMENTATION_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * `environment`: as in a process record. True where the variables configure an exporter of
 * spans and do not switch it off again. Those that only name a service prove nothing:
 * operators set them for us. *ret_destination then is "host:port" of where
 * the spans go, without userinfo, or empty; a view into `environment`.
 */
bool environment_exports_spans(struct slice environment, struct slice *ret_destination);

#endif
