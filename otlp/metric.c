// SPDX-License-Identifier: Apache-2.0
#include "otlp/metric.h"

#include <stdlib.h>

/* The set as it is handed out, and its room. */
struct room {
	struct metric_set set;
	size_t metrics_max, points_max, points_used;
	struct metric_point *points;
};

struct metric_set *metric_set_new(struct resource *resource, size_t metrics_max, size_t points_max)
{
	struct metric *metrics = calloc(metrics_max, sizeof(*metrics));
	struct metric_point *points = calloc(points_max, sizeof(*points));
	struct room *room = calloc(1, sizeof(*room));

	if (!metrics || !points || !room) {
		free(metrics);
		free(points);
		free(room);
		return NULL;
	}
	*room = (struct room){
		.set = { .resource = resource_ref(resource), .metrics = metrics },
		.metrics_max = metrics_max,
		.points_max = points_max,
		.points = points,
	};
	return (struct metric_set *)room;
}

void metric_set_free(struct metric_set *set)
{
	struct room *room = (struct room *)set;

	if (!room)
		return;
	resource_unref(set->resource);
	free(set->metrics);
	free(room->points);
	free(room);
}

struct metric *metric_set_add(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
			      const char *description, size_t points)
{
	struct room *room = (struct room *)set;
	struct metric *metric;

	if (set->metric_count == room->metrics_max || points > room->points_max - room->points_used)
		return NULL;
	metric = &set->metrics[set->metric_count++];
	*metric = (struct metric){
		.name = name,
		.description = description,
		.unit = unit,
		.kind = kind,
		.point_count = points,
		.points = room->points + room->points_used,
	};
	room->points_used += points;
	return metric;
}

void metric_histogram_record(struct metric_histogram *histogram, double value)
{
	size_t bucket = 0;

	while (bucket < histogram->bound_count && value > histogram->bounds[bucket])
		bucket++;
	histogram->buckets[bucket]++;
	histogram->count++;
	histogram->sum += value;
}
