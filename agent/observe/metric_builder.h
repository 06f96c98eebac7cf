/* SPDX-License-Identifier: Apache-2.0 */
/* Short ways to fill a metric_set. All texts are static; what a set has no room for is left out. */
#ifndef WIRESPAN_AGENT_OBSERVE_METRIC_BUILDER_H
#define WIRESPAN_AGENT_OBSERVE_METRIC_BUILDER_H

#include "otlp/counter.h"
#include "otlp/metric.h"

/* Of one point. Values past INT64_MAX become that. */
void point_set_integer(struct metric_point *point, uint64_t value);
void point_set_number(struct metric_point *point, double value);
/* `buckets` has one more than `bounds`, at most METRIC_BOUNDS_MAX. */
void point_set_histogram(struct metric_point *point, const double *bounds, size_t bound_count, const uint64_t *buckets,
			 double sum);
void point_add_number(struct metric_point *point, const char *key, int64_t value);
void point_add_text(struct metric_point *point, const char *key, const char *value);
/* `value` outlives the set. */
void point_add_slice(struct metric_point *point, const char *key, struct slice value);

/* Metrics of one point without attributes. */
void metric_add_integer(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
			const char *description, uint64_t value);
void metric_add_number(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
		       const char *description, double value);
/* A counter with a point for each of `counters`, whose name is the attribute `key`. */
void metric_add_counters(struct metric_set *set, const char *name, const char *unit, const char *description,
			 const char *key, const struct counter *counters, size_t count);

#endif
