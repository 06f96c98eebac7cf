/* SPDX-License-Identifier: Apache-2.0 */
/* What of fields is shown on spans, what of URLs is not, and which routes there are: options that commands share. */
#ifndef WIRESPAN_AGENT_OPTIONS_HEADER_H
#define WIRESPAN_AGENT_OPTIONS_HEADER_H

#include "agent/options/option.h"
#include "correlate/http/header_capture.h"
#include "correlate/http/query.h"
#include "correlate/http/route/pattern.h"

/* All zero: no field, the parameters that are known to be secret, and no route. For engine_options. */
struct header_options {
	struct header_capture headers;
	struct query_secrets secrets;
	struct route_patterns routes;
};

#define HEADER_ROWS 4
/* Fills the rows that set `options`, for a part of a command's option table. */
void header_rows(struct header_options *options, struct option_row rows[HEADER_ROWS]);

#endif
