// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/metric_builder.h"

#include "base/slice.h"

void point_set_integer(struct metric_point *point, uint64_t value)
{
	point->is_integer = true;
	point->integer = value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

void point_set_number(struct metric_point *point, double value)
{
	point->is_integer = false;
	point->number = value;
}

void point_set_histogram(struct metric_point *point, const double *bounds, size_t bound_count, const uint64_t *buckets,
			 double sum)
{
	struct metric_histogram *histogram = &point->histogram;

	histogram->bounds = bounds;
	histogram->bound_count = bound_count;
	histogram->sum = sum;
	for (size_t i = 0; i <= bound_count; i++) {
		histogram->buckets[i] = buckets[i];
		histogram->count += buckets[i];
	}
}

static void point_add(struct metric_point *point, struct attribute attribute)
{
	if (point->attribute_count < METRIC_ATTRIBUTES_MAX)
		point->attributes[point->attribute_count++] = attribute;
}

void point_add_number(struct metric_point *point, const char *key, int64_t value)
{
	point_add(point, (struct attribute){ slice_of_string(key), ATTRIBUTE_INTEGER, { .integer = value } });
}

void point_add_text(struct metric_point *point, const char *key, const char *value)
{
	point_add_slice(point, key, slice_of_string(value));
}

void point_add_slice(struct metric_point *point, const char *key, struct slice value)
{
	point_add(point, (struct attribute){ slice_of_string(key), ATTRIBUTE_STRING, { .string = value } });
}

void metric_add_integer(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
			const char *description, uint64_t value)
{
	struct metric *metric = metric_set_add(set, name, kind, unit, description, 1);

	if (metric)
		point_set_integer(&metric->points[0], value);
}

void metric_add_number(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
		       const char *description, double value)
{
	struct metric *metric = metric_set_add(set, name, kind, unit, description, 1);

	if (metric)
		point_set_number(&metric->points[0], value);
}

void metric_add_counters(struct metric_set *set, const char *name, const char *unit, const char *description,
			 const char *key, const struct counter *counters, size_t count)
{
	struct metric *metric = count ? metric_set_add(set, name, METRIC_COUNTER, unit, description, count) : NULL;

	for (size_t i = 0; metric && i < count; i++) {
		point_set_integer(&metric->points[i], counters[i].value);
		point_add_text(&metric->points[i], key, counters[i].name);
	}
}
