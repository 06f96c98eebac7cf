/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_CORRELATE_HTTP_ROUTE_SEGMENT_H
#define WIRESPAN_CORRELATE_HTTP_ROUTE_SEGMENT_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether one segment of a path (raw, without slashes) looks like an identifier
 * rather than like a name that the application's routes know.
 */
bool route_segment_is_identifier(struct slice segment);

#endif
