// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/protobuf.h"

#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h>

#include "otlp/encode/protobuf_tree.h"

typedef Opentelemetry__Proto__Collector__Metrics__V1__ExportMetricsServiceRequest ProtoRequest;
typedef Opentelemetry__Proto__Metrics__V1__Gauge ProtoGauge;
typedef Opentelemetry__Proto__Metrics__V1__Histogram ProtoHistogram;
typedef Opentelemetry__Proto__Metrics__V1__HistogramDataPoint ProtoHistogramPoint;
typedef Opentelemetry__Proto__Metrics__V1__Metric ProtoMetric;
typedef Opentelemetry__Proto__Metrics__V1__NumberDataPoint ProtoNumberPoint;
typedef Opentelemetry__Proto__Metrics__V1__ResourceMetrics ProtoResourceMetrics;
typedef Opentelemetry__Proto__Metrics__V1__ScopeMetrics ProtoScopeMetrics;
typedef Opentelemetry__Proto__Metrics__V1__Sum ProtoSum;

#define TEMPORALITY_CUMULATIVE \
	OPENTELEMETRY__PROTO__METRICS__V1__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE

static ProtoNumberPoint **make_numbers(struct scratch *scratch, const struct metric_set *set,
				       const struct metric *metric)
{
	ProtoNumberPoint **points = protobuf_array(
		scratch, &opentelemetry__proto__metrics__v1__number_data_point__descriptor, metric->point_count);

	for (size_t i = 0; i < metric->point_count && points; i++) {
		const struct metric_point *point = &metric->points[i];

		points[i]->n_attributes = point->attribute_count;
		points[i]->attributes = protobuf_attributes(scratch, point->attributes, point->attribute_count);
		points[i]->start_time_unix_nano = metric->kind == METRIC_GAUGE ? 0 : set->start;
		points[i]->time_unix_nano = set->time;
		if (point->is_integer) {
			points[i]->value_case = OPENTELEMETRY__PROTO__METRICS__V1__NUMBER_DATA_POINT__VALUE_AS_INT;
			points[i]->as_int = point->integer;
		} else {
			points[i]->value_case = OPENTELEMETRY__PROTO__METRICS__V1__NUMBER_DATA_POINT__VALUE_AS_DOUBLE;
			points[i]->as_double = point->number;
		}
	}
	return points;
}

static void set_gauge(struct scratch *scratch, ProtoMetric *message, const struct metric_set *set,
		      const struct metric *metric)
{
	ProtoGauge *gauge = protobuf_new(scratch, &opentelemetry__proto__metrics__v1__gauge__descriptor);

	if (!gauge)
		return;
	gauge->n_data_points = metric->point_count;
	gauge->data_points = make_numbers(scratch, set, metric);
	message->data_case = OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_GAUGE;
	message->gauge = gauge;
}

static void set_sum(struct scratch *scratch, ProtoMetric *message, const struct metric_set *set,
		    const struct metric *metric)
{
	ProtoSum *sum = protobuf_new(scratch, &opentelemetry__proto__metrics__v1__sum__descriptor);

	if (!sum)
		return;
	sum->n_data_points = metric->point_count;
	sum->data_points = make_numbers(scratch, set, metric);
	sum->aggregation_temporality = TEMPORALITY_CUMULATIVE;
	sum->is_monotonic = metric->kind == METRIC_COUNTER;
	message->data_case = OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_SUM;
	message->sum = sum;
}

/* Buckets and bounds are views: protobuf-c reads them only. */
static ProtoHistogramPoint **make_histogram_points(struct scratch *scratch, const struct metric_set *set,
						   const struct metric *metric)
{
	ProtoHistogramPoint **points = protobuf_array(
		scratch, &opentelemetry__proto__metrics__v1__histogram_data_point__descriptor, metric->point_count);

	for (size_t i = 0; i < metric->point_count && points; i++) {
		struct metric_point *point = &metric->points[i];

		points[i]->n_attributes = point->attribute_count;
		points[i]->attributes = protobuf_attributes(scratch, point->attributes, point->attribute_count);
		points[i]->start_time_unix_nano = set->start;
		points[i]->time_unix_nano = set->time;
		points[i]->count = point->histogram.count;
		points[i]->_sum_case = OPENTELEMETRY__PROTO__METRICS__V1__HISTOGRAM_DATA_POINT___SUM_SUM;
		points[i]->sum = point->histogram.sum;
		points[i]->n_bucket_counts = point->histogram.bound_count + 1;
		points[i]->bucket_counts = point->histogram.buckets;
		points[i]->n_explicit_bounds = point->histogram.bound_count;
		points[i]->explicit_bounds = (double *)point->histogram.bounds;
	}
	return points;
}

static void set_histogram(struct scratch *scratch, ProtoMetric *message, const struct metric_set *set,
			  const struct metric *metric)
{
	ProtoHistogram *histogram = protobuf_new(scratch, &opentelemetry__proto__metrics__v1__histogram__descriptor);

	if (!histogram)
		return;
	histogram->n_data_points = metric->point_count;
	histogram->data_points = make_histogram_points(scratch, set, metric);
	histogram->aggregation_temporality = TEMPORALITY_CUMULATIVE;
	message->data_case = OPENTELEMETRY__PROTO__METRICS__V1__METRIC__DATA_HISTOGRAM;
	message->histogram = histogram;
}

static void (*const set_data[])(struct scratch *scratch, ProtoMetric *message, const struct metric_set *set,
				const struct metric *metric) = {
	[METRIC_GAUGE] = set_gauge,
	[METRIC_COUNTER] = set_sum,
	[METRIC_UP_DOWN_COUNTER] = set_sum,
	[METRIC_HISTOGRAM] = set_histogram,
};

static ProtoMetric **make_metrics(struct scratch *scratch, const struct metric_set *set)
{
	ProtoMetric **metrics =
		protobuf_array(scratch, &opentelemetry__proto__metrics__v1__metric__descriptor, set->metric_count);

	for (size_t i = 0; i < set->metric_count && metrics; i++) {
		const struct metric *metric = &set->metrics[i];

		metrics[i]->name = (char *)metric->name;
		metrics[i]->description = (char *)metric->description;
		metrics[i]->unit = (char *)metric->unit;
		set_data[metric->kind](scratch, metrics[i], set, metric);
	}
	return metrics;
}

int protobuf_metrics(struct encoder *encoder, const struct metric_set *set, struct slice *ret_body)
{
	struct scratch *scratch = &encoder->scratch;
	ProtoRequest request = OPENTELEMETRY__PROTO__COLLECTOR__METRICS__V1__EXPORT_METRICS_SERVICE_REQUEST__INIT;
	ProtoResourceMetrics resource = OPENTELEMETRY__PROTO__METRICS__V1__RESOURCE_METRICS__INIT;
	ProtoScopeMetrics scope = OPENTELEMETRY__PROTO__METRICS__V1__SCOPE_METRICS__INIT;
	ProtoResourceMetrics *resources[] = { &resource };
	ProtoScopeMetrics *scopes[] = { &scope };

	request.n_resource_metrics = 1;
	request.resource_metrics = resources;
	resource.resource = protobuf_resource(scratch, set->resource);
	resource.n_scope_metrics = 1;
	resource.scope_metrics = scopes;
	resource.schema_url = OTLP_SCHEMA_URL;
	scope.scope = protobuf_scope(encoder);
	scope.n_metrics = set->metric_count;
	scope.metrics = make_metrics(scratch, set);
	scope.schema_url = OTLP_SCHEMA_URL;
	return protobuf_pack(encoder, &request.base, ret_body);
}
