/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a trace for people: columns of cells, the tree drawn before the service. */
#ifndef WIRESPAN_OTLP_CONSOLE_TRACE_ROWS_H
#define WIRESPAN_OTLP_CONSOLE_TRACE_ROWS_H

#include "otlp/console/text.h"
#include "otlp/console/tree.h"

enum trace_column { TRACE_OFFSET, TRACE_SERVICE, TRACE_KIND, TRACE_NAME, TRACE_TARGET, TRACE_STATUS, TRACE_DURATION, TRACE_NOTE, TRACE_COLUMNS };

#define TRACE_DEPTH_SHOWN 24
#define TRACE_BRANCH_MAX 9 /* bytes */

struct trace_row {
	char prefix_text[(TRACE_DEPTH_SHOWN + 1) * TRACE_BRANCH_MAX];
	struct slice prefix; /* in prefix_text */
	struct text_cell cells[TRACE_COLUMNS];
	struct slice brief_note; /* instead of the note where the page is narrow, and whole; empty: there is none */
};

/* Draws the branches to the node, for a page of so many columns. */
void trace_row_prefix(struct trace_row *row, const struct tree_node *node, size_t columns);

/*
 * Appends the rows, one line each, and an empty line. Where the page is narrow, brief notes take the place of
 * notes, and service, name, target and other notes are cut in their middle; brief notes only where nothing else
 * can be, the rest never. 0, -ENOSPC or -ENOMEM.
 */
int trace_rows_append(struct buffer *buffer, struct trace_row *rows, size_t count, const struct text_page *page);

#endif
