// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/test/sample_export.h"

#include <math.h>
#include <stdlib.h>

#include "otlp/test/sample.h"

static const double bounds[] = { 0.005, 0.01, 0.025, 0.1, 1 };
static const double durations[] = { 0.004, 0.005, 0.0051, 0.7, 1, 1.5, 30 };

static void add(struct span *span, struct attribute attribute)
{
	span->attributes[span->attribute_count++] = attribute;
}

static void add_every_type(struct span *span)
{
	static const double numbers[] = { 0, -0.0, 0.1, -2.5e300, 5e-324, 4294967296.5, 1e15, INFINITY, -INFINITY };

	sample_string(span, "empty", "");
	sample_string(span, "text",
		      "\"quoted\\\" \x01\x1f\n\t/\x7f \xc2\x9b Gr\xc3\xbc\xc3\x9f"
		      "e \xf0\x9f\x98\x80");
	sample_string(span, "k\xf5", "no text: \xed\xa0\x80\xff");
	add(span, (struct attribute){
			  .key = SLICE_LITERAL("nul"), .type = ATTRIBUTE_STRING, .string = SLICE_LITERAL("a\0b") });
	sample_integer(span, "zero", 0);
	sample_integer(span, "min", INT64_MIN);
	sample_integer(span, "max", INT64_MAX);
	add(span, (struct attribute){ .key = SLICE_LITERAL("yes"), .type = ATTRIBUTE_BOOLEAN, .boolean = true });
	add(span, (struct attribute){ .key = SLICE_LITERAL("no"), .type = ATTRIBUTE_BOOLEAN });
	add(span, (struct attribute){ .key = SLICE_LITERAL("list"),
				      .type = ATTRIBUTE_STRING_ARRAY,
				      .string = SLICE_LITERAL("one\0\0thr\xff"
							      "ee") });
	add(span, (struct attribute){ .key = SLICE_LITERAL("single"), .type = ATTRIBUTE_STRING_ARRAY });
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add(span, (struct attribute){
				  .key = SLICE_LITERAL("double"), .type = ATTRIBUTE_DOUBLE, .number = numbers[i] });
}

static void init_spans(struct sample_export *sample)
{
	struct resource *shop = sample->resources[0], *stock = sample->resources[1];
	struct span *spans = sample->storage;

	spans[0] = sample_http(shop, 1, 1);
	spans[1] = sample_span(stock, 1, 2, 1, SPAN_KIND_CLIENT, "GET", 10, 100);
	spans[1].status = SPAN_STATUS_ERROR;
	spans[1].flags = 0x303;
	spans[1].trace_state = SLICE_LITERAL("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
	spans[1].dropped_attributes = 3;
	spans[2] = sample_span(shop, 2, 3, 0, SPAN_KIND_SERVER, "GET \xc0\xaf/\xe2\x82", 0, 1);
	add_every_type(&spans[2]);
	spans[3] = sample_span(shop, 3, 4, 0, SPAN_KIND_SERVER, "", 0, 0);
	spans[4] = sample_http(stock, 4, 5);
	spans[4].flags = spans[4].dropped_attributes = UINT32_MAX;
	for (size_t i = 0; i < SAMPLE_EXPORT_SPANS; i++)
		sample->spans[i] = &spans[i];
}

static struct metric *add_metric(struct metric_set *set, const char *name, enum metric_kind kind, const char *unit,
				 size_t points)
{
	struct metric *metric = metric_set_add(set, name, kind, unit, "What it counts.", points);

	if (!metric)
		abort();
	return metric;
}

static void init_metrics(struct sample_export *sample)
{
	struct metric_set *set = metric_set_new(sample->resources[0], 5, 6);
	struct metric *metric;

	if (!set)
		abort();
	sample->metrics = set;
	set->start = SAMPLE_EPOCH;
	set->time = SAMPLE_EPOCH + 1;
	metric = add_metric(set, "sample.gauge", METRIC_GAUGE, "By", 1);
	metric->points[0] = (struct metric_point){ .is_integer = true, .integer = -5 };
	metric = add_metric(set, "sample.ratio", METRIC_GAUGE, "1", 1);
	metric->points[0] = (struct metric_point){ .number = 0.25 };
	metric = add_metric(set, "sample.count", METRIC_COUNTER, "{span}", 2);
	for (size_t i = 0; i < 2; i++) {
		struct metric_point *point = &metric->points[i];

		*point =
			(struct metric_point){ .is_integer = true, .integer = i ? INT64_MAX : 0, .attribute_count = 1 };
		point->attributes[0] = (struct attribute){ .key = SLICE_LITERAL("kind"),
							   .type = ATTRIBUTE_STRING,
							   .string = SLICE_LITERAL("a\xff"
										   "b") };
	}
	metric = add_metric(set, "sample.level", METRIC_UP_DOWN_COUNTER, "", 1);
	metric->points[0] = (struct metric_point){ .number = -0.5 };
	metric = add_metric(set, "sample.duration", METRIC_HISTOGRAM, "s", 1);
	metric->points[0].histogram.bounds = bounds;
	metric->points[0].histogram.bound_count = sizeof(bounds) / sizeof(bounds[0]);
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
		metric_histogram_record(&metric->points[0].histogram, durations[i]);
}

void sample_export_init(struct sample_export *sample)
{
	*sample = (struct sample_export){ 0 };
	sample->resources[0] = sample_resource("shop", 42);
	sample->resources[1] = sample_resource("st\xffock", 43);
	init_spans(sample);
	init_metrics(sample);
}

void sample_export_done(struct sample_export *sample)
{
	metric_set_free(sample->metrics);
	for (size_t i = 0; i < 2; i++)
		resource_unref(sample->resources[i]);
}
