/* SPDX-License-Identifier: Apache-2.0 */
/* The member "ot" of W3C tracestate: OpenTelemetry specification, "TraceState: Probability Sampling". */
#ifndef WIRESPAN_OTLP_EXPORT_TRACE_STATE_H
#define WIRESPAN_OTLP_EXPORT_TRACE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Thresholds and randomness have 56 bits; a threshold of so much lets nothing pass. */
#define TRACE_THRESHOLD_MAX (UINT64_C(1) << 56)

#define TRACE_STATE_MAX 512         /* what everybody is to carry */
#define TRACE_STATE_MEMBERS_MAX 32
#define TRACE_STATE_MEMBER_MAX 256  /* the value of one */

struct trace_probability {
	bool has_threshold, has_randomness;
	uint64_t threshold;  /* ot=th: what was rejected already, of TRACE_THRESHOLD_MAX */
	uint64_t randomness; /* ot=rv: < TRACE_THRESHOLD_MAX */
};

/* What is malformed counts as absent. */
struct trace_probability trace_state_probability(struct slice trace_state);

/*
 * Writes `trace_state` with that threshold (NULL: without any) into `out`: the member "ot" at the
 * front with its other keys kept, other members as they are. False where that is past a limit above.
 */
bool trace_state_set_threshold(struct slice trace_state, const uint64_t *threshold, char out[TRACE_STATE_MAX],
			       struct slice *ret_trace_state);

#endif
