/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of bench_pace is to do, and what came of it. */
#ifndef WIRESPAN_BENCHMARK_PACE_H
#define WIRESPAN_BENCHMARK_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "test-env/benchmark/load/histogram.h"
#include "test-env/benchmark/load/windows.h"

#define PACE_CONNECTIONS_MAX 4096
#define PACE_INTERVALS_MAX 10000

struct pace_options {
	uint16_t port;
	const char *path;
	double rate;           /* requests a second; 0: each connection's next as soon as it may */
	uint64_t duration;     /* ns that requests are made for, warm-up included */
	uint64_t warm_up;      /* ns; requests scheduled in it are made, not measured */
	uint64_t interval;     /* ns; 0: no intervals */
	uint64_t requests_max; /* ends the run, too; 0: no such end */
	unsigned int connections;
	bool distinct; /* the path ends in each request's number */
};

/* What was answered in one interval, by the time of the answer. */
struct pace_interval {
	uint64_t answered, slowest;
};

struct pace_result {
	struct histogram latency; /* ns from a request's scheduled time to the end of its answer */
	struct windows windows;   /* of the same */
	uint64_t begin;           /* CLOCK_MONOTONIC ns of the schedule's begin */
	uint64_t elapsed;         /* ns from there to the last answer */
	uint64_t sent, answered;  /* warm-up included */
	uint64_t failed;          /* answers other than 200 */
	struct pace_interval intervals[PACE_INTERVALS_MAX];
};

/* False, with a message printed, where they make no sense. */
bool pace_options_read(int argc, char **argv, struct pace_options *ret_options);
/* A line of JSON on standard output; times in µs. */
void pace_report(const struct pace_options *options, const struct pace_result *result);

#endif
