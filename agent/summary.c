// SPDX-License-Identifier: Apache-2.0
#include "agent/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

#define PRINT_TIMEOUT_MS 1000 /* nobody may read what we print; that must not keep us from ending */

static void summary_add(struct summary *summary, const char *name, uint64_t value)
{
	if (summary->loss_count < SUMMARY_MAX)
		summary->losses[summary->loss_count++] = (struct counter){ name, value };
}

static void summary_add_capture(struct summary *summary, const struct capture *capture)
{
	uint64_t counts[COUNTER_COUNT];

	if (capture_counters(capture, counts) != 0)
		memset(counts, 0, sizeof(counts));
	for (size_t i = 0; i < COUNTER_LOSSES; i++)
		summary_add(summary, kernel_counter_name(i), counts[i]);
	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++)
		summary->connections[i] =
			(struct counter){ kernel_counter_name(COUNTER_LOSSES + i), counts[COUNTER_LOSSES + i] };
	summary_add(summary, "hook_skipped", capture_recursion_misses(capture));
}

static void summary_add_engine(struct summary *summary, const struct engine *engine)
{
	const struct losses *losses = engine_losses(engine);
	const struct engine_ignored *ignored = engine_ignored(engine);

	for (size_t i = 0; i < LOSS_COUNT; i++)
		summary_add(summary, loss_name(i), losses->count[i]);
	summary->exchanges[0] = (struct counter){ "telemetry", ignored->telemetry };
	summary->exchanges[1] = (struct counter){ "instrumented", ignored->instrumented };
	summary->exchanges[2] = (struct counter){ "unsolicited", ignored->unsolicited };
	summary->exchanges[3] = (struct counter){ "incomplete_request", ignored->incomplete_request };
}

static void summary_add_discovery(struct summary *summary, const struct discovery *discovery)
{
	summary->processes = (struct counter){ "instrumented_process", discovery_left_out(discovery) };
	summary_add(summary, "process_unknown", discovery_unknown(discovery));
	summary_add(summary, "process_judgement_untold", discovery_untold(discovery));
}

static void summary_add_filter(struct summary *summary, const struct span_filter *filter)
{
	summary->spans[0] = (struct counter){ "unsampled", filter->sampled_out };
	for (enum span_reason reason = 0; reason < SPAN_REASONS; reason++)
		summary->spans[1 + reason] = (struct counter){ span_reason_name(reason), filter->left_out[reason] };
}

void summary_collect(struct summary *summary, const struct summary_sources *sources)
{
	*summary = (struct summary){ 0 };
	if (sources->capture) {
		summary_add_capture(summary, sources->capture);
		summary_add_discovery(summary, sources->discovery);
	}
	for (size_t i = 0; i < sources->captured_count; i++)
		summary_add(summary, sources->captured[i].name, sources->captured[i].value);
	summary->captured_count = summary->loss_count;
	summary_add_engine(summary, sources->engine);
	summary_add(summary, "recording_failed", recorder_lost(sources->recorder));
	summary_add_filter(summary, sources->filter);
	summary->loss_count += exporter_counters(sources->exporter, summary->losses + summary->loss_count,
						 SUMMARY_MAX - summary->loss_count);
	summary->loss_count += output_counters(sources->output, summary->losses + summary->loss_count,
					       SUMMARY_MAX - summary->loss_count);
}

static int summary_print_lines(const char *kind, const struct counter *counters, size_t count)
{
	struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };

	for (size_t i = 0; i < count; i++) {
		if (counters[i].value == 0)
			continue;
		if (poll(&file, 1, PRINT_TIMEOUT_MS) == 0)
			return -ETIMEDOUT;
		log_notice("%s: %s %" PRIu64, kind, counters[i].name, counters[i].value);
	}
	return 0;
}

int summary_print(const struct summary *summary)
{
	int error = summary_print_lines("loss", summary->losses, summary->loss_count);

	if (!error)
		error = summary_print_lines("ignored", summary->connections, SUMMARY_CONNECTIONS);
	if (!error)
		error = summary_print_lines("ignored", summary->exchanges, SUMMARY_EXCHANGES);
	if (!error)
		error = summary_print_lines("ignored", &summary->processes, 1);
	if (!error)
		error = summary_print_lines("ignored", summary->spans, SUMMARY_SPANS);
	return error;
}
