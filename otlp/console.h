/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An output for people: each trace as a tree once it is quiet, and at the end
 * the latency per endpoint and the losses.
 */
#ifndef WIRESPAN_OTLP_CONSOLE_H
#define WIRESPAN_OTLP_CONSOLE_H

#include "otlp/output.h"

struct console_options {
	int fd; /* stays the caller's */
	bool color; /* see terminal_wants_color */
	size_t spans_max; /* held at once; 0: TRACES_SPANS_MAX */
};

/*
 * Its counters: "console_trace_cut" (traces shown before their last span, see
 * traces.h) and "console_write_failed" (spans that could not be shown). A failed
 * write is reported by the next advance or flush. 0 or negative errno.
 */
int output_console_new(const struct console_options *options, struct output **ret_output);

#endif
