// SPDX-License-Identifier: Apache-2.0
#include "agent/summary.h"

#include <inttypes.h>
#include <stdio.h>

static void summary_add(struct summary *summary, const char *name, uint64_t value)
{
	if (summary->count < SUMMARY_MAX)
		summary->counters[summary->count++] = (struct counter){ name, value };
}

void summary_add_capture(struct summary *summary, const struct capture *capture)
{
	uint64_t counts[COUNTER_COUNT];

	if (capture_counters(capture, counts) == 0) {
		for (size_t i = 0; i < COUNTER_LOSSES; i++)
			summary_add(summary, kernel_counter_name(i), counts[i]);
	}
	summary_add(summary, "hook_skipped", capture_recursion_misses(capture));
}

void summary_add_engine(struct summary *summary, const struct losses *losses)
{
	for (size_t i = 0; i < LOSS_COUNT; i++)
		summary_add(summary, loss_name(i), losses->count[i]);
}

void summary_add_discovery(struct summary *summary, const struct discovery *discovery)
{
	summary_add(summary, "process_unknown", discovery_unknown(discovery));
	summary_add(summary, "process_judgement_untold", discovery_untold(discovery));
}

void summary_add_exporter(struct summary *summary, const struct exporter *exporter, const struct output *output)
{
	summary->count += exporter_counters(exporter, summary->counters + summary->count, SUMMARY_MAX - summary->count);
	summary->count += output_counters(output, summary->counters + summary->count, SUMMARY_MAX - summary->count);
}

void summary_print(const struct summary *summary, const struct capture *capture)
{
	uint64_t counts[COUNTER_COUNT];

	for (size_t i = 0; i < summary->count; i++) {
		if (summary->counters[i].value)
			fprintf(stderr, "wirespan: loss: %s %" PRIu64 "\n", summary->counters[i].name,
				summary->counters[i].value);
	}
	if (capture_counters(capture, counts) != 0)
		return;
	for (size_t i = COUNTER_LOSSES; i < COUNTER_COUNT; i++) {
		if (counts[i])
			fprintf(stderr, "wirespan: ignored: %s %" PRIu64 "\n", kernel_counter_name(i), counts[i]);
	}
}
