/* SPDX-License-Identifier: Apache-2.0 */
/* What of databases is shown: options that commands share. */
#ifndef WIRESPAN_AGENT_OPTIONS_DATABASE_H
#define WIRESPAN_AGENT_OPTIONS_DATABASE_H

#include "agent/options/option.h"

/* All zero: no keys, all pings. For engine_options. */
struct database_options {
	bool show_keys;
	bool ignore_pings;
};

#define DATABASE_ROWS 2
/* Fills the rows that set `options`, for a part of a command's option table. */
void database_rows(struct database_options *options, struct option_row rows[DATABASE_ROWS]);

#endif
