// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/observer.h"

#include "agent/observe/self_metrics.h"
#include "agent/observe/stats_print.h"
#include "base/clock.h"

/* A last block for less of the interval than one in so many tells nothing. */
#define REST_MIN 10

/* Asking takes the peaks away: each task has those since it was done itself. */
static void observer_collect(struct observer *observer, struct observer_task *task)
{
	stats_collect(&observer->now, &observer->options.sources);
	stats_peaks_add(&observer->print.peaks, &observer->now.peaks);
	stats_peaks_add(&observer->metrics.peaks, &observer->now.peaks);
	observer->now.peaks = task->peaks;
}

/* A block that nobody reads is left out; the next one tells of its time, too. */
static void observer_print(struct observer *observer)
{
	observer_collect(observer, &observer->print);
	if (stats_print(&observer->printed, &observer->now) != 0)
		return;
	observer->printed = observer->now;
	observer->print.peaks = (struct stats_peaks){ 0 };
}

/* Where memory is missing, the next set tells it all: the counts go on. */
static void observer_send(struct observer *observer)
{
	struct metric_set *metrics;

	observer_collect(observer, &observer->metrics);
	metrics =
		self_metrics_make(observer->options.self, &observer->now, observer->start, observer->options.encoding);
	if (!metrics)
		return;
	exporter_metrics(observer->options.exporter, metrics);
	observer->metrics.peaks = (struct stats_peaks){ 0 };
}

static struct observer_task make_task(uint64_t interval, uint64_t now)
{
	return (struct observer_task){ .interval = interval, .due = interval ? now + interval : UINT64_MAX };
}

/* Whether it is; then the next time is the next on the grid: what was missed is not made up for. */
static bool is_due(struct observer_task *task, uint64_t now)
{
	if (now < task->due)
		return false;
	task->due += ((now - task->due) / task->interval + 1) * task->interval;
	return true;
}

void observer_init(struct observer *observer, const struct observer_options *options)
{
	uint64_t now = clock_monotonic();

	*observer = (struct observer){
		.options = *options,
		.start = clock_wall(),
		.print = make_task(options->print_interval, now),
		.metrics = make_task(options->metrics_interval, now),
	};
	if (options->self)
		resource_ref(options->self);
	observer_collect(observer, &observer->print);
	observer->printed = observer->now;
}

void observer_done(struct observer *observer)
{
	resource_unref(observer->options.self);
	observer->options.self = NULL;
}

void observer_tell(struct observer *observer)
{
	observer_print(observer);
}

uint64_t observer_step(struct observer *observer, uint64_t now)
{
	if (is_due(&observer->print, now))
		observer_print(observer);
	if (is_due(&observer->metrics, now))
		observer_send(observer);
	return observer->print.due < observer->metrics.due ? observer->print.due : observer->metrics.due;
}

void observer_finish(struct observer *observer)
{
	uint64_t interval = observer->print.interval;

	if (interval && clock_monotonic() - observer->printed.time >= interval / REST_MIN)
		observer_print(observer);
	if (observer->metrics.interval)
		observer_send(observer);
}
