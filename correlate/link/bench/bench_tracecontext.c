// SPDX-License-Identifier: Apache-2.0
/* What it costs to read a propagated context. */
#include "base/bench/harness.h"
#include "correlate/link/tracecontext.h"

static struct slice traceparent = SLICE_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
static struct slice tracestate = SLICE_LITERAL("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,ot=th:8;rv:0123456789abcd");

static void traceparent_step(void *context)
{
	struct trace_context parsed;

	bench_require(traceparent_parse(*(struct slice *)context, &parsed), "traceparent_parse");
	bench_keep(&parsed);
}

static void tracestate_step(void *context)
{
	bench_require(tracestate_valid(*(struct slice *)context), "tracestate_valid");
}

int main(int argc, char **argv)
{
	const struct bench_case cases[] = {
		{ "tracecontext/traceparent", traceparent_step, &traceparent, 1, traceparent.length },
		{ "tracecontext/tracestate", tracestate_step, &tracestate, 1, tracestate.length },
	};

	return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
