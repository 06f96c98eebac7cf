// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/stats.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

static uint64_t nanoseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * NSEC_PER_SEC + (uint64_t)time.tv_usec * 1000;
}

/* Pages, the second number in /proc/self/statm (proc(5)). */
static uint64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long pages;
	bool found;

	if (!file)
		return 0;
	found = fscanf(file, "%*u %llu", &pages) == 1;
	fclose(file);
	return found ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void stats_collect(struct stats *stats, const struct stats_sources *sources)
{
	struct rusage usage = { 0 };
	size_t waiting;

	stats->time = clock_monotonic();
	stats->wall = clock_wall();
	stats->traffic = *sources->traffic;
	sources->source->fill(sources->source, &waiting, &stats->ring_size);
	stats->sampled_out = sources->summary.filter->sampled_out;
	stats->filtered = 0;
	for (enum span_reason reason = 0; reason < SPAN_REASONS; reason++)
		stats->filtered += sources->summary.filter->left_out[reason];
	stats->spans = exporter_counts(sources->summary.exporter);
	stats->queue_capacity = sources->queue_capacity;
	stats->delivers = sources->delivery;
	stats->delivery = sources->delivery ? delivery_stats(sources->delivery) : (struct delivery_stats){ 0 };
	(void)getrusage(RUSAGE_SELF, &usage);
	stats->user_time = nanoseconds(usage.ru_utime);
	stats->system_time = nanoseconds(usage.ru_stime);
	stats->resident_bytes = resident_bytes();
	stats->map_bytes = capture_map_bytes(sources->capture);
	summary_collect(&stats->summary, &sources->summary);
	for (size_t i = 0; i < stats->summary.unread->count; i++)
		stats->unread[i] = stats->summary.unread->rows[i].connections;
	stats->peaks = (struct stats_peaks){
		.ring_used = sources->traffic->ring_max,
		.drain_latency = sources->traffic->latency_max,
		.answer_latency = stats->delivery.latency_max,
	};
	sources->traffic->ring_max = 0;
	sources->traffic->latency_max = 0;
}
