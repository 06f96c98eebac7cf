// SPDX-License-Identifier: Apache-2.0
/* A tracestate from the network: the first byte decides which threshold is written into the rest. */
#include <stdlib.h>

#include "correlate/link/tracecontext.h"
#include "otlp/export/trace_state.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_from(slice_of(data, size), 1), written;
	uint64_t threshold = size && data[0] ? (uint64_t)data[0] << 48 | data[0] : 0;
	bool erased = size && data[0] == 0xff;
	struct trace_probability before = trace_state_probability(input), after;
	char out[TRACE_STATE_MAX];

	check(!before.has_threshold || before.threshold < TRACE_THRESHOLD_MAX);
	check(!before.has_randomness || before.randomness < TRACE_THRESHOLD_MAX);
	if (!trace_state_set_threshold(input, erased ? NULL : &threshold, out, &written))
		return 0;
	check(written.length <= TRACE_STATE_MAX);
	after = trace_state_probability(written);
	check(after.has_threshold == !erased && (erased || after.threshold == threshold));
	check(after.has_randomness == before.has_randomness && after.randomness == before.randomness);
	check(!tracestate_valid(input) || !written.length || tracestate_valid(written));
	return 0;
}
