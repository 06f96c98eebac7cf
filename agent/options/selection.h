/* SPDX-License-Identifier: Apache-2.0 */
/* The options that select processes and connections. */
#ifndef WIRESPAN_AGENT_OPTIONS_SELECTION_H
#define WIRESPAN_AGENT_OPTIONS_SELECTION_H

#include "agent/kernel/selection.h"
#include "agent/options/option.h"

#define SELECTION_ROWS 7
/* Fills the rows that set `selection`, for a part of a command's option table. */
void selection_rows(struct selection *selection, struct option_row rows[SELECTION_ROWS]);

/* 0; -EINVAL where an --exclude-exe leaves out all that there is, or all that an --exe can select: said. */
int selection_check(const struct selection *selection);

#endif
