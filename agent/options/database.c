// SPDX-License-Identifier: Apache-2.0
#include "agent/options/database.h"

#include <string.h>

void database_rows(struct database_options *options, struct option_row rows[DATABASE_ROWS])
{
	const struct option_row filled[DATABASE_ROWS] = {
		{ "show-db-keys", NULL,
		  "show keys in db.query.text, where a '?' stands for them otherwise,\n"
		  "as it does for values in any case",
		  option_set_flag, &options->show_keys },
		{ "ignore-db-pings", NULL, "not the pings that keep connections alive, as pools send them",
		  option_set_flag, &options->ignore_pings },
	};

	memcpy(rows, filled, sizeof(filled));
}
