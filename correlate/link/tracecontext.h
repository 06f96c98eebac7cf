/* SPDX-License-Identifier: Apache-2.0 */
/* W3C Trace Context (level 2): traceparent and tracestate. */
#ifndef WIRESPAN_CORRELATE_LINK_TRACECONTEXT_H
#define WIRESPAN_CORRELATE_LINK_TRACECONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct trace_context {
	uint8_t trace_id[16];
	uint8_t parent_id[8];
	uint8_t flags;
};

/* What a request carries of the trace that it belongs to. */
struct propagated {
	bool has_remote; /* exactly one context, and a valid one */
	struct trace_context remote;
	struct slice trace_state; /* valid and joined, empty if none; only with has_remote; whose, says the owner */
};

/* False (and *ret_context untouched) on anything but a valid value; section 3.2. */
bool traceparent_parse(struct slice value, struct trace_context *ret_context);
/* Whether `value` is a valid tracestate (at most 32 members); section 3.3. Empty is not. */
bool tracestate_valid(struct slice value);

#endif
