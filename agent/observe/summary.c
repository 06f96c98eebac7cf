// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/observe/unread_text.h"
#include "base/log.h"

#define PRINT_TIMEOUT_MS 1000 /* nobody may read what we print; that must not keep us from ending */

/* Before the name of what was ignored, among what a recording says was lost. */
#define IGNORED_PREFIX "ignored_"

#define UNREAD_LINES_MAX 10

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

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
		summary->connections[i].value = counts[COUNTER_LOSSES + i];
	summary_add(summary, "hook_skipped", capture_recursion_misses(capture));
}

static void summary_add_engine(struct summary *summary, const struct engine *engine)
{
	const struct losses *losses = engine_losses(engine);
	const struct engine_ignored *ignored = engine_ignored(engine);
	const struct counter exchanges[SUMMARY_EXCHANGES] = {
		{ "telemetry", ignored->telemetry },
		{ "instrumented", ignored->instrumented },
		{ "db_pings", ignored->db_pings },
		{ "unsolicited", ignored->unsolicited },
		{ "incomplete_request", ignored->incomplete_request },
	};

	for (size_t i = 0; i < LOSS_COUNT; i++)
		summary_add(summary, loss_name(i), losses->count[i]);
	memcpy(summary->exchanges, exchanges, sizeof(exchanges));
}

static void summary_add_discovery(struct summary *summary, const struct discovery *discovery)
{
	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++)
		summary->connections[i].value -= smaller(summary->connections[i].value,
							 discovery_ignored(discovery, RECOGNISED_TLS + i));
	summary->processes.value = discovery_left_out(discovery);
	summary_add(summary, "process_unknown", discovery_unknown(discovery));
	summary_add(summary, "process_judgement_untold", discovery_untold(discovery));
}

static void summary_add_filter(struct summary *summary, const struct span_filter *filter)
{
	summary->spans[0] = (struct counter){ "unsampled", filter->sampled_out };
	for (enum span_reason reason = 0; reason < SPAN_REASONS; reason++)
		summary->spans[1 + reason] = (struct counter){ span_reason_name(reason), filter->left_out[reason] };
}

/* The counter of what was ignored before the engine; NULL where there is none of that name. */
static struct counter *summary_ignored(struct summary *summary, const char *name)
{
	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++)
		if (strcmp(summary->connections[i].name, name) == 0)
			return &summary->connections[i];
	return strcmp(summary->processes.name, name) == 0 ? &summary->processes : NULL;
}

static void summary_add_captured(struct summary *summary, const struct counter *counter)
{
	struct counter *ignored = NULL;

	if (strncmp(counter->name, IGNORED_PREFIX, sizeof(IGNORED_PREFIX) - 1) == 0)
		ignored = summary_ignored(summary, counter->name + sizeof(IGNORED_PREFIX) - 1);
	if (ignored)
		ignored->value = counter->value;
	else
		summary_add(summary, counter->name, counter->value);
}

/* Of a recording without end, what the records tell has to do. */
static void summary_add_unread(struct summary *summary, const struct unread *unread)
{
	summary->unread = unread;
	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++) {
		uint64_t told = unread->connections[RECOGNISED_TLS + i];

		if (summary->connections[i].value < told)
			summary->connections[i].value = told;
		summary->unread_untold += summary->connections[i].value - told;
	}
}

void summary_collect(struct summary *summary, const struct summary_sources *sources)
{
	*summary = (struct summary){ .processes = { .name = "instrumented_process" } };
	for (size_t i = 0; i < SUMMARY_CONNECTIONS; i++)
		summary->connections[i].name = recognised_name(RECOGNISED_TLS + i);
	if (sources->capture) {
		summary_add_capture(summary, sources->capture);
		summary_add_discovery(summary, sources->discovery);
	}
	for (size_t i = 0; i < sources->captured_count; i++)
		summary_add_captured(summary, &sources->captured[i]);
	summary->captured_count = summary->loss_count;
	summary_add_engine(summary, sources->engine);
	summary_add_unread(summary, engine_unread(sources->engine));
	summary_add(summary, "recording_failed", recorder_lost(sources->recorder));
	summary_add_filter(summary, sources->filter);
	summary->loss_count += exporter_counters(sources->exporter, summary->losses + summary->loss_count,
						 SUMMARY_MAX - summary->loss_count);
	summary->loss_count += output_counters(sources->output, summary->losses + summary->loss_count,
					       SUMMARY_MAX - summary->loss_count);
}

size_t summary_record(const struct summary *summary, struct summary_recorded *ret_recorded)
{
	size_t count = 0;

	for (size_t i = 0; i < summary->captured_count && count < RECORDING_COUNTERS_MAX; i++)
		ret_recorded->counters[count++] = summary->losses[i];
	for (size_t i = 0; i <= SUMMARY_CONNECTIONS && count < RECORDING_COUNTERS_MAX; i++, count++) {
		const struct counter *ignored = i < SUMMARY_CONNECTIONS ? &summary->connections[i] :
									  &summary->processes;
		char *name = ret_recorded->names[i];

		snprintf(name, sizeof(ret_recorded->names[i]), IGNORED_PREFIX "%s", ignored->name);
		ret_recorded->counters[count] = (struct counter){ name, ignored->value };
	}
	return count;
}

__attribute__((format(printf, 1, 2))) static int summary_say(const char *format, ...)
{
	struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };
	va_list arguments;

	if (poll(&file, 1, PRINT_TIMEOUT_MS) == 0)
		return -ETIMEDOUT;
	va_start(arguments, format);
	log_message_va(LOG_LEVEL_NOTICE, format, arguments);
	va_end(arguments);
	return 0;
}

static int summary_print_lines(const char *kind, const struct counter *counters, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		if (counters[i].value)
			error = summary_say("%s: %s %" PRIu64, kind, counters[i].name, counters[i].value);
	return error;
}

static int summary_print_rows(const struct unread *unread)
{
	const struct unread_row *rows[UNREAD_ROWS_MAX];
	size_t count = unread_sort(unread, rows);
	uint64_t rest = unread->rowless;
	char text[UNREAD_TEXT_MAX];
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		if (i >= UNREAD_LINES_MAX) {
			rest += rows[i]->connections;
			continue;
		}
		unread_row_format(rows[i], 0, text);
		error = summary_say("not read: %s", text);
	}
	if (!error && rest)
		error = summary_say("not read: %" PRIu64 " connections of other services or ports", rest);
	return error;
}

/* Whose the connections are that are counted as ignored. */
static int summary_print_unread(const struct summary *summary)
{
	int error = summary_print_rows(summary->unread);

	if (!error && summary->unread_untold)
		error = summary_say("not read: %" PRIu64 " connections of which it is not known whose they are",
				    summary->unread_untold);
	if (!error && summary->unread->count)
		error = summary_say("not read: so far Wirespan reads HTTP/1 and Redis in plain text only");
	return error;
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
	return error ? error : summary_print_unread(summary);
}
