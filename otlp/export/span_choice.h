/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which spans the user wants to see, of those that are sampled. Each is judged by itself: one whose parent
 * is left out still names it, and what is left out is counted by the first of these reasons.
 */
#ifndef WIRESPAN_OTLP_EXPORT_SPAN_CHOICE_H
#define WIRESPAN_OTLP_EXPORT_SPAN_CHOICE_H

#include "base/glob.h"
#include "correlate/span/span.h"

/* All zero: every span. */
struct span_choice {
	struct globs excluded_paths; /* of a server's url.path, and of a client's url.full the path */
	enum span_kind kind;         /* the only one; 0: both */
	bool errors_only;
	uint64_t min_duration; /* ns */
};

enum span_reason { SPAN_EXCLUDED_PATH, SPAN_OTHER_KIND, SPAN_NO_ERROR, SPAN_TOO_SHORT, SPAN_REASONS };

/* Why the span is not wanted; SPAN_REASONS: it is. */
enum span_reason span_choice_judge(const struct span_choice *choice, const struct span *span);

/* Whether a span that is wanted can have a parent that is not. */
bool span_choice_orphans(const struct span_choice *choice);

/* As users see it, among what was ignored: "filtered_path". */
const char *span_reason_name(enum span_reason reason);

#endif
