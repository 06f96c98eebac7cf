// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/json.h"

#include "otlp/encode/json_common.h"
#include "otlp/encode/json_print.h"

#define TEMPORALITY_CUMULATIVE 2

static const struct json_levels levels = { "resourceMetrics", "scopeMetrics", "metrics" };

static const char *const kind_names[] = {
	[METRIC_GAUGE] = "gauge",
	[METRIC_COUNTER] = "sum",
	[METRIC_UP_DOWN_COUNTER] = "sum",
	[METRIC_HISTOGRAM] = "histogram",
};

static void add_number(struct scratch *scratch, cJSON *item, const struct metric_point *point)
{
	if (point->is_integer)
		json_add_signed(scratch, item, "asInt", point->integer);
	else
		json_add_double(scratch, item, "asDouble", point->number);
}

static void add_histogram(struct scratch *scratch, cJSON *item, const struct metric_histogram *histogram)
{
	cJSON *buckets, *bounds;

	json_add_unsigned(scratch, item, "count", histogram->count);
	json_add_double(scratch, item, "sum", histogram->sum);
	buckets = json_add(scratch, item, "bucketCounts", cJSON_Array);
	for (size_t i = 0; i <= histogram->bound_count; i++)
		json_add_unsigned(scratch, buckets, NULL, histogram->buckets[i]);
	bounds = json_add(scratch, item, "explicitBounds", cJSON_Array);
	for (size_t i = 0; i < histogram->bound_count; i++)
		json_add_double(scratch, bounds, NULL, histogram->bounds[i]);
}

static void add_metric(struct scratch *scratch, cJSON *items, const struct metric_set *set, const struct metric *metric)
{
	cJSON *item = json_add(scratch, items, NULL, cJSON_Object), *data, *points;

	json_add_text(scratch, item, "name", metric->name);
	json_add_text(scratch, item, "description", metric->description);
	json_add_text(scratch, item, "unit", metric->unit);
	data = json_add(scratch, item, kind_names[metric->kind], cJSON_Object);
	points = json_add(scratch, data, "dataPoints", cJSON_Array);
	for (size_t i = 0; i < metric->point_count; i++) {
		const struct metric_point *point = &metric->points[i];
		cJSON *entry = json_add(scratch, points, NULL, cJSON_Object);

		json_add_attributes(scratch, entry, point->attributes, point->attribute_count);
		if (metric->kind != METRIC_GAUGE)
			json_add_unsigned(scratch, entry, "startTimeUnixNano", set->start);
		json_add_unsigned(scratch, entry, "timeUnixNano", set->time);
		if (metric->kind == METRIC_HISTOGRAM)
			add_histogram(scratch, entry, &point->histogram);
		else
			add_number(scratch, entry, point);
	}
	if (metric->kind == METRIC_GAUGE)
		return;
	json_add_integer(scratch, data, "aggregationTemporality", TEMPORALITY_CUMULATIVE);
	if (metric->kind == METRIC_COUNTER)
		json_add_boolean(scratch, data, "isMonotonic", true);
}

int json_metrics(struct encoder *encoder, const struct metric_set *set, struct slice *ret_body)
{
	cJSON *root, *resources = json_add_request(&encoder->scratch, &levels, &root);
	cJSON *items = json_add_resource(encoder, resources, &levels, set->resource);

	for (size_t i = 0; i < set->metric_count; i++)
		add_metric(&encoder->scratch, items, set, &set->metrics[i]);
	return json_print(encoder, root, ret_body);
}
