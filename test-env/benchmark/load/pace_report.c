// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "test-env/benchmark/load/pace.h"

static double microseconds(uint64_t nanoseconds)
{
	return (double)nanoseconds / 1000;
}

static void intervals_report(const struct pace_options *options, const struct pace_result *result)
{
	uint64_t count = options->interval ? result->elapsed / options->interval : 0;

	printf(", \"intervals\": [");
	for (uint64_t i = 0; i < count && i < PACE_INTERVALS_MAX; i++) {
		printf("%s[%" PRIu64 ", %.1f]", i ? ", " : "", result->intervals[i].answered,
		       microseconds(result->intervals[i].slowest));
	}
	printf("]");
}

static void windows_report(const struct windows *windows)
{
	printf(", \"windows\": [");
	for (uint64_t i = 0; i < windows->count; i++)
		printf("%s%.1f", i ? ", " : "", microseconds(windows->p99[i]));
	printf("]");
}

void pace_report(const struct pace_options *options, const struct pace_result *result)
{
	static const struct {
		const char *name;
		double share;
	} quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 } };

	printf("{\"begin_ns\": %" PRIu64 ", \"seconds\": %.6f, \"sent\": %" PRIu64 ", \"answered\": %" PRIu64
	       ", \"failed\": %" PRIu64 ", \"measured\": %" PRIu64,
	       result->begin, (double)result->elapsed / (double)NSEC_PER_SEC, result->sent, result->answered,
	       result->failed, result->latency.total);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		printf(", \"%s\": %.1f", quantiles[i].name,
		       microseconds(histogram_quantile(&result->latency, quantiles[i].share)));
	printf(", \"max\": %.1f", microseconds(result->latency.max));
	windows_report(&result->windows);
	intervals_report(options, result);
	printf("}\n");
}
