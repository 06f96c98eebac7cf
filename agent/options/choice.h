/* SPDX-License-Identifier: Apache-2.0 */
/* Which spans are shown and sent: options that commands share. */
#ifndef WIRESPAN_AGENT_OPTIONS_CHOICE_H
#define WIRESPAN_AGENT_OPTIONS_CHOICE_H

#include "agent/options/option.h"
#include "otlp/export/span_choice.h"

#define CHOICE_ROWS 4
/* Fills the rows that set `choice`, for a part of a command's option table. */
void choice_rows(struct span_choice *choice, struct option_row rows[CHOICE_ROWS]);

#endif
