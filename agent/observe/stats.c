// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/stats.h"

uint64_t stats_exchanges(const struct stats *stats)
{
	return stats->spans.given + stats->sampled_out + stats->filtered;
}

/* The counts are read one after the other while another thread moves them. */
uint64_t stats_queued(const struct stats *stats)
{
	const struct exporter_counts *spans = &stats->spans;
	uint64_t gone = spans->exported + spans->queue_full + spans->out_of_memory + spans->failed + spans->abandoned;

	return spans->given > gone ? spans->given - gone : 0;
}

void stats_peaks_add(struct stats_peaks *peaks, const struct stats_peaks *more)
{
	if (more->ring_used > peaks->ring_used)
		peaks->ring_used = more->ring_used;
	if (more->drain_latency > peaks->drain_latency)
		peaks->drain_latency = more->drain_latency;
	if (more->answer_latency > peaks->answer_latency)
		peaks->answer_latency = more->answer_latency;
}
