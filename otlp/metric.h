/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent measures of itself, ready to be encoded: OpenTelemetry metrics data model, cumulative temporality. */
#ifndef WIRESPAN_OTLP_METRIC_H
#define WIRESPAN_OTLP_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/span/span.h"

enum metric_kind {
	METRIC_GAUGE,           /* Gauge */
	METRIC_COUNTER,         /* Sum, monotonic */
	METRIC_UP_DOWN_COUNTER, /* Sum, not monotonic */
	METRIC_HISTOGRAM,       /* Histogram, explicit bounds */
};

#define METRIC_BOUNDS_MAX 16
#define METRIC_ATTRIBUTES_MAX 4

struct metric_histogram {
	const double *bounds; /* ascending, static */
	size_t bound_count;   /* <= METRIC_BOUNDS_MAX */
	uint64_t buckets[METRIC_BOUNDS_MAX + 1];
	uint64_t count;
	double sum;
};

struct metric_point {
	struct attribute attributes[METRIC_ATTRIBUTES_MAX];
	size_t attribute_count;
	bool is_integer; /* which of the two values; histograms: neither */
	int64_t integer;
	double number;
	struct metric_histogram histogram;
};

/* Texts are static. */
struct metric {
	const char *name, *description, *unit;
	enum metric_kind kind;
	size_t point_count; /* > 0 */
	struct metric_point *points;
};

/* All of one moment. */
struct metric_set {
	struct resource *resource; /* the agent's own; counted reference */
	uint64_t start, time;      /* wall clock ns: since when sums count, and now */
	size_t metric_count;
	struct metric *metrics;
};

/* Room for so much, all zero; metric_set_free'd. Takes a reference to `resource`. NULL: out of memory. */
struct metric_set *metric_set_new(struct resource *resource, size_t metrics_max, size_t points_max);
/* Accepts NULL. */
void metric_set_free(struct metric_set *set);
/* The next metric with `points` points (cleared), or NULL where the room given to metric_set_new is used up. */
struct metric *metric_set_add(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
			      const char *description, size_t points);
/* Counts a value; bounds are upper-inclusive. */
void metric_histogram_record(struct metric_histogram *histogram, double value);

#endif
