// SPDX-License-Identifier: Apache-2.0
#include "agent/observer.h"

#include "agent/self_metrics.h"
#include "agent/stats_print.h"
#include "base/clock.h"

/* Asking takes the latest maximum away: it is kept until it is printed. */
static void observer_collect(struct observer *observer)
{
	stats_collect(&observer->now, &observer->options.sources);
	if (observer->now.delivery.latency_max > observer->latency_max)
		observer->latency_max = observer->now.delivery.latency_max;
	observer->now.delivery.latency_max = observer->latency_max;
}

/* A block that nobody reads is left out; the next one tells of its time, too. */
static void observer_print(struct observer *observer)
{
	observer_collect(observer);
	if (stats_print(&observer->printed, &observer->now) != 0)
		return;
	observer->printed = observer->now;
	observer->traffic->latency_max = 0;
	observer->latency_max = 0;
}

/* Where memory is missing, the next set tells it all: the counts go on. */
static void observer_send(struct observer *observer)
{
	struct metric_set *metrics;

	observer_collect(observer);
	metrics =
		self_metrics_make(observer->options.self, &observer->now, observer->start, observer->options.encoding);
	if (metrics)
		exporter_metrics(observer->options.exporter, metrics);
}

/* The next time on the grid: what was missed is not made up for. */
static uint64_t next_due(uint64_t due, uint64_t interval, uint64_t now)
{
	return due + ((now - due) / interval + 1) * interval;
}

void observer_init(struct observer *observer, const struct observer_options *options, struct traffic *traffic)
{
	uint64_t now = clock_monotonic();

	*observer = (struct observer){
		.options = *options,
		.traffic = traffic,
		.start = clock_wall(),
		.print_due = options->print_interval ? now + options->print_interval : UINT64_MAX,
		.metrics_due = options->metrics_interval ? now + options->metrics_interval : UINT64_MAX,
	};
	if (options->self)
		resource_ref(options->self);
	if (options->print_interval) {
		observer_collect(observer);
		observer->printed = observer->now;
	}
}

void observer_done(struct observer *observer)
{
	resource_unref(observer->options.self);
	observer->options.self = NULL;
}

uint64_t observer_step(struct observer *observer, uint64_t now)
{
	if (now >= observer->print_due) {
		observer_print(observer);
		observer->print_due = next_due(observer->print_due, observer->options.print_interval, now);
	}
	if (now >= observer->metrics_due) {
		observer_send(observer);
		observer->metrics_due = next_due(observer->metrics_due, observer->options.metrics_interval, now);
	}
	return observer->print_due < observer->metrics_due ? observer->print_due : observer->metrics_due;
}

void observer_finish(struct observer *observer)
{
	if (observer->options.print_interval)
		observer_print(observer);
	if (observer->options.metrics_interval)
		observer_send(observer);
}
