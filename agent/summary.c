// SPDX-License-Identifier: Apache-2.0
#include "agent/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define PRINT_TIMEOUT_MS 1000 /* nobody may read what we print; that must not keep us from ending */

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

static int summary_print_line(const char *kind, const char *name, uint64_t value)
{
	struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (value == 0)
		return 0;
	if (poll(&file, 1, PRINT_TIMEOUT_MS) == 0)
		return -ETIMEDOUT;
	fprintf(stderr, "wirespan: %s: %s %" PRIu64 "\n", kind, name, value);
	return 0;
}

int summary_print(const struct summary *summary, const struct capture *capture)
{
	uint64_t counts[COUNTER_COUNT];
	int error = 0;

	for (size_t i = 0; i < summary->count && !error; i++)
		error = summary_print_line("loss", summary->counters[i].name, summary->counters[i].value);
	if (error || capture_counters(capture, counts) != 0)
		return error;
	for (size_t i = COUNTER_LOSSES; i < COUNTER_COUNT && !error; i++)
		error = summary_print_line("ignored", kernel_counter_name(i), counts[i]);
	return error;
}
