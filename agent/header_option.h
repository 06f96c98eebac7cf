/* SPDX-License-Identifier: Apache-2.0 */
/* What of fields is shown on spans, and what of URLs is not: options that commands share. */
#ifndef WIRESPAN_AGENT_HEADER_OPTION_H
#define WIRESPAN_AGENT_HEADER_OPTION_H

#include "agent/option.h"
#include "correlate/header_capture.h"
#include "correlate/http1_query.h"

/* All zero: no field, and the parameters that are known to be secret. For engine_options. */
struct header_options {
	struct header_capture headers;
	struct query_secrets secrets;
};

#define HEADER_ROWS 3
/* Fills the rows that set `options`, for a part of a command's option table. */
void header_rows(struct header_options *options, struct option_row rows[HEADER_ROWS]);

#endif
