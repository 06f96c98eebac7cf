// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/stats_print.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/observe/unread_text.h"
#include "base/clock.h"
#include "base/log.h"
#include "otlp/console/text.h"

#define PREFIX "stats: "

/* What lies between two moments. */
struct period {
	const struct stats *before, *now;
	double seconds;
	struct buffer *buffer;
	int error;
};

__attribute__((format(printf, 2, 3))) static void say(struct period *period, const char *format, ...)
{
	char text[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!period->error && length > 0)
		period->error = buffer_append(period->buffer, text,
					      (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

static double rate(const struct period *period, uint64_t before, uint64_t now)
{
	return period->seconds > 0 && now > before ? (double)(now - before) / period->seconds : 0;
}

#define BYTES_TEXT_MAX 32

static const char *bytes_text(uint64_t bytes, char text[BYTES_TEXT_MAX])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;
	double value = (double)bytes;

	while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	snprintf(text, BYTES_TEXT_MAX, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return text;
}

/* "mean 1.02 ms, max 2.31 ms" of what was measured `count` times. */
static void say_latency(struct period *period, uint64_t sum, uint64_t count, uint64_t max)
{
	char mean_text[DURATION_TEXT_MAX], max_text[DURATION_TEXT_MAX];

	duration_format(sum / count, mean_text);
	duration_format(max, max_text);
	say(period, "mean %s, max %s", mean_text, max_text);
}

static void say_events(struct period *period)
{
	const struct traffic *before = &period->before->traffic, *now = &period->now->traffic;
	size_t shown = 0;

	say(period, PREFIX "%.1f s: events %.0f/s", period->seconds,
	    rate(period, traffic_total(before), traffic_total(now)));
	for (size_t i = 0; i < TRAFFIC_KINDS; i++) {
		if (now->records[i] == before->records[i])
			continue;
		say(period, "%s%s %.1f", shown++ ? ", " : " (", traffic_kind_name(i),
		    rate(period, before->records[i], now->records[i]));
	}
	say(period, "%s; exchanges %.1f/s\n", shown ? ")" : "",
	    rate(period, stats_exchanges(period->before), stats_exchanges(period->now)));
}

static void say_ring(struct period *period)
{
	const struct stats *now = period->now;
	uint64_t drained = traffic_total(&now->traffic) - traffic_total(&period->before->traffic);
	char text[BYTES_TEXT_MAX];

	say(period, PREFIX "ring at most %.1f %% of %s full; ",
	    now->ring_size ? 100.0 * (double)now->peaks.ring_used / (double)now->ring_size : 0,
	    bytes_text(now->ring_size, text));
	if (!drained) {
		say(period, "nothing drained\n");
		return;
	}
	say(period, "drained after ");
	say_latency(period, now->traffic.latency_sum - period->before->traffic.latency_sum, drained,
		    now->peaks.drain_latency);
	say(period, "\n");
}

static void say_queue(struct period *period)
{
	const struct stats *now = period->now;

	say(period, PREFIX "queue %" PRIu64 " of %zu spans", stats_queued(now), now->queue_capacity);
	if (now->sampled_out)
		say(period, "; sampled out %.1f spans/s", rate(period, period->before->sampled_out, now->sampled_out));
	if (now->filtered)
		say(period, "; filtered %.1f spans/s", rate(period, period->before->filtered, now->filtered));
	say(period, "\n");
}

static void say_delivery(struct period *period)
{
	const struct delivery_stats *before = &period->before->delivery, *now = &period->now->delivery;
	uint64_t answers = now->answers - before->answers;
	char sent_text[BYTES_TEXT_MAX], queue_text[BYTES_TEXT_MAX];

	say(period, PREFIX "export %.1f spans/s: %" PRIu64 " requests (%" PRIu64 " retries), %s; ",
	    rate(period, before->spans_delivered, now->spans_delivered), now->requests - before->requests,
	    now->retries - before->retries, bytes_text(now->bytes - before->bytes, sent_text));
	if (answers) {
		say(period, "answered after ");
		say_latency(period, now->latency_sum - before->latency_sum, answers, period->now->peaks.answer_latency);
	} else {
		say(period, "no answers");
	}
	say(period, "; %" PRIu64 " spans wait in memory (%s)", now->queue_spans,
	    bytes_text(now->queue_bytes, queue_text));
	if (now->spool_files)
		say(period, ", %" PRIu64 " in the spool (%s)", now->spool_spans,
		    bytes_text(now->spool_bytes, queue_text));
	say(period, "\n");
}

static void say_cost(struct period *period)
{
	const struct stats *before = period->before, *now = period->now;
	double share = rate(period, before->user_time + before->system_time, now->user_time + now->system_time);
	char resident_text[BYTES_TEXT_MAX], map_text[BYTES_TEXT_MAX];

	say(period, PREFIX "cpu %.2f %% of a core; memory %s, maps in the kernel %s\n",
	    share * 100 / (double)NSEC_PER_SEC, bytes_text(now->resident_bytes, resident_text),
	    bytes_text(now->map_bytes, map_text));
}

/* Since the beginning, with what came in this time behind. */
static void say_losses(struct period *period)
{
	const struct summary *before = &period->before->summary, *now = &period->now->summary;
	size_t shown = 0;

	say(period, PREFIX "losses:");
	for (size_t i = 0; i < now->loss_count; i++) {
		uint64_t value = now->losses[i].value;
		uint64_t old = i < before->loss_count ? before->losses[i].value : 0;

		if (!value)
			continue;
		say(period, "%s%s %" PRIu64, shown++ ? ", " : " ", now->losses[i].name, value);
		if (value > old)
			say(period, " (+%" PRIu64 ")", value - old);
	}
	say(period, "%s\n", shown ? "" : " none");
}

#define UNREAD_SHOWN 5

/* Whose connections are not read where there are new ones, the most first. */
static void say_unread(struct period *period)
{
	const struct unread_row *rows[UNREAD_ROWS_MAX];
	const struct unread *unread = period->now->summary.unread;
	size_t count = unread ? unread_sort(unread, rows) : 0, shown = 0, more = 0;
	char text[UNREAD_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		size_t row = (size_t)(rows[i] - unread->rows);
		uint64_t value = period->now->unread[row], old = period->before->unread[row];

		if (value <= old)
			continue;
		if (shown == UNREAD_SHOWN || period->buffer->length >= STATS_TEXT_MAX - 2 * UNREAD_TEXT_MAX) {
			more++;
			continue;
		}
		unread_row_format(rows[i], value - old, text);
		say(period, PREFIX "not read: %s\n", text);
		shown++;
	}
	if (more)
		say(period, PREFIX "not read: %zu more services or ports\n", more);
}

int stats_format(struct buffer *buffer, const struct stats *before, const struct stats *now)
{
	struct period period = {
		.before = before,
		.now = now,
		.seconds = (double)(now->time - before->time) / (double)NSEC_PER_SEC,
		.buffer = buffer,
	};

	say_events(&period);
	say_ring(&period);
	say_queue(&period);
	if (now->delivers)
		say_delivery(&period);
	say_cost(&period);
	say_losses(&period);
	say_unread(&period);
	return period.error;
}

int stats_print(const struct stats *before, const struct stats *now)
{
	struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };
	struct buffer buffer;
	int error;

	buffer_init(&buffer, STATS_TEXT_MAX);
	error = stats_format(&buffer, before, now);
	if (!error && poll(&file, 1, 0) <= 0)
		error = -EAGAIN;
	if (!error)
		log_block(LOG_LEVEL_NOTICE, buffer_slice(&buffer));
	buffer_done(&buffer);
	return error;
}
