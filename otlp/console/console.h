/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An output for people: each trace as a tree once it is quiet (unless only the tables are wanted), the
 * latency per endpoint at intervals and at the end, and the losses.
 */
#ifndef WIRESPAN_OTLP_CONSOLE_CONSOLE_H
#define WIRESPAN_OTLP_CONSOLE_CONSOLE_H

#include "otlp/console/latency.h"
#include "otlp/export/output.h"
#include "otlp/export/writer.h"

struct console_options {
	struct writer *writer; /* stays the caller's, and outlives the output */
	bool color; /* see terminal_wants_color; how wide the terminal is is asked each time */
	bool summary; /* no traces */
	enum latency_sort sort;
	uint64_t interval; /* ns between two tables, each of the spans since the one before; 0: only at the end */
	bool orphans; /* spans may have parents that never come: none is waited for long */
	size_t spans_max; /* held at once; 0: TRACES_SPANS_MAX */
};

/*
 * Its counters: "console_trace_cut" (traces shown before their last span, see
 * traces.h), "console_write_failed" (spans that could not be shown) and "output_unread" (spans that were
 * not shown as the writer's timeout was over: no error). A failed write is reported by the next advance or
 * flush. 0 or negative errno.
 */
int output_console_new(const struct console_options *options, struct output **ret_output);

#endif
