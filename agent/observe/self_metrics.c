// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/self_metrics.h"

#include "agent/observe/metric_builder.h"
#include "agent/observe/unread_text.h"
#include "base/clock.h"
#include "base/slice.h"

/* Services and ports whose connections are not read: the first ones, as a point that came and went would count anew. */
#define UNREAD_POINTS_MAX 64

/* Room for all of them; more would be left out. */
#define METRICS_MAX 32
#define POINTS_MAX                                                                                           \
	(2 * METRICS_MAX + TRAFFIC_KINDS + SUMMARY_MAX + SUMMARY_CONNECTIONS + SUMMARY_EXCHANGES + SUMMARY_SPANS + \
	 UNREAD_POINTS_MAX)

/*
 * The losses that mean a span which an exporter got was not delivered, and what error.type calls them.
 * Those of the very end come after the last metrics.
 */
static const struct {
	const char *loss, *error_type;
} export_errors[] = {
	{ "export_dropped", "queue_full" },      { "export_refused", "refused" },
	{ "export_rejected", "rejected" },       { "export_encoding_failed", "encoding_failed" },
	{ "spool_dropped", "spool_full" },       { "spool_failed", "spool_failed" },
};

static double seconds(uint64_t nanoseconds)
{
	return (double)nanoseconds / (double)NSEC_PER_SEC;
}

static uint64_t loss_of(const struct summary *summary, const char *name)
{
	for (size_t i = 0; i < summary->loss_count; i++)
		if (strcmp(summary->losses[i].name, name) == 0)
			return summary->losses[i].value;
	return 0;
}

static void add_spans(struct metric_set *set, const struct stats *stats)
{
	struct metric *started = metric_set_add(set, "otel.sdk.span.started", METRIC_COUNTER, "{span}",
						"Spans made, by what the sampler decided", 2);

	if (!started)
		return;
	point_set_integer(&started->points[0], stats->spans.given + stats->filtered);
	point_add_text(&started->points[0], "otel.span.sampling_result", "RECORD_AND_SAMPLE");
	point_set_integer(&started->points[1], stats->sampled_out);
	point_add_text(&started->points[1], "otel.span.sampling_result", "DROP");
}

static void add_component(struct metric_point *point, const char *name, const char *type)
{
	point_add_text(point, "otel.component.name", name);
	point_add_text(point, "otel.component.type", type);
}

static void add_processor(struct metric_set *set, const struct stats *stats)
{
	const struct {
		const char *error_type;
		uint64_t value;
	} outcomes[] = {
		{ NULL, stats->spans.exported },
		{ "queue_full", stats->spans.queue_full },
		{ "out_of_memory", stats->spans.out_of_memory },
		{ "output_failed", stats->spans.failed },
		{ "abandoned", stats->spans.abandoned },
	};
	const size_t count = sizeof(outcomes) / sizeof(outcomes[0]);
	struct metric *size = metric_set_add(set, "otel.sdk.processor.span.queue.size", METRIC_UP_DOWN_COUNTER,
					     "{span}", "Spans that wait for the exporting thread", 1);
	struct metric *capacity = metric_set_add(set, "otel.sdk.processor.span.queue.capacity", METRIC_UP_DOWN_COUNTER,
						 "{span}", "Spans that may wait for the exporting thread", 1);
	struct metric *processed = metric_set_add(set, "otel.sdk.processor.span.processed", METRIC_COUNTER, "{span}",
						  "Spans given to the exporter, or lost before", count);
	static const char name[] = "batching_span_processor/0", type[] = "batching_span_processor";

	if (!size || !capacity || !processed)
		return;
	point_set_integer(&size->points[0], stats_queued(stats));
	add_component(&size->points[0], name, type);
	point_set_integer(&capacity->points[0], stats->queue_capacity);
	add_component(&capacity->points[0], name, type);
	for (size_t i = 0; i < count; i++) {
		struct metric_point *point = &processed->points[i];

		point_set_integer(point, outcomes[i].value);
		add_component(point, name, type);
		if (outcomes[i].error_type)
			point_add_text(point, "error.type", outcomes[i].error_type);
	}
}

/* Names of the component by its encoding. */
static const struct {
	const char *name, *type;
} exporters[] = {
	[OTLP_PROTOBUF] = { "otlp_http_span_exporter/0", "otlp_http_span_exporter" },
	[OTLP_JSON] = { "otlp_http_json_span_exporter/0", "otlp_http_json_span_exporter" },
};

static void add_exported(struct metric_set *set, const struct stats *stats, enum otlp_encoding encoding)
{
	const size_t errors = sizeof(export_errors) / sizeof(export_errors[0]);
	struct metric *exported = metric_set_add(set, "otel.sdk.exporter.span.exported", METRIC_COUNTER, "{span}",
						 "Spans delivered to the collector, or given up", errors + 1);

	if (!exported)
		return;
	point_set_integer(&exported->points[0], stats->delivery.spans_delivered);
	add_component(&exported->points[0], exporters[encoding].name, exporters[encoding].type);
	for (size_t i = 0; i < errors; i++) {
		struct metric_point *point = &exported->points[i + 1];

		point_set_integer(point, loss_of(&stats->summary, export_errors[i].loss));
		add_component(point, exporters[encoding].name, exporters[encoding].type);
		point_add_text(point, "error.type", export_errors[i].error_type);
	}
}

static void add_durations(struct metric_set *set, const struct stats *stats, enum otlp_encoding encoding)
{
	static const struct {
		enum transport_verdict verdict;
		const char *error_type;
	} outcomes[] = {
		{ TRANSPORT_DELIVERED, NULL },
		{ TRANSPORT_REFUSED, "refused" },
		{ TRANSPORT_TOO_LARGE, "too_large" },
	};
	const size_t count = sizeof(outcomes) / sizeof(outcomes[0]);
	struct metric *metric = metric_set_add(set, "otel.sdk.exporter.operation.duration", METRIC_HISTOGRAM, "s",
					       "From a batch's first request to its last answer", count);

	for (size_t i = 0; metric && i < count; i++) {
		const struct delivery_durations *durations = &stats->delivery.durations[outcomes[i].verdict];
		struct metric_point *point = &metric->points[i];

		point_set_histogram(point, delivery_duration_bounds, DELIVERY_DURATION_BOUNDS, durations->buckets,
				    seconds(durations->sum));
		add_component(point, exporters[encoding].name, exporters[encoding].type);
		if (outcomes[i].error_type)
			point_add_text(point, "error.type", outcomes[i].error_type);
	}
}

static void add_exporter(struct metric_set *set, const struct stats *stats, enum otlp_encoding encoding)
{
	const struct delivery_stats *delivery = &stats->delivery;
	struct metric *inflight = metric_set_add(set, "otel.sdk.exporter.span.inflight", METRIC_UP_DOWN_COUNTER,
						 "{span}", "Spans that the exporter holds, in memory and on disk", 1);

	if (!inflight)
		return;
	point_set_integer(&inflight->points[0], delivery->queue_spans + delivery->spool_spans);
	add_component(&inflight->points[0], exporters[encoding].name, exporters[encoding].type);
	add_durations(set, stats, encoding);
	add_exported(set, stats, encoding);
	metric_add_integer(set, "wirespan.export.requests", METRIC_COUNTER, "{request}",
			   "Requests sent to the collector", delivery->requests);
	metric_add_integer(set, "wirespan.export.retries", METRIC_COUNTER, "{request}", "Requests that were sent again",
			   delivery->retries);
	metric_add_integer(set, "wirespan.export.sent", METRIC_COUNTER, "By", "Bodies of the requests sent",
			   delivery->bytes);
	metric_add_integer(set, "wirespan.export.queue.usage", METRIC_UP_DOWN_COUNTER, "By",
			   "Encoded requests that wait in memory", delivery->queue_bytes);
	metric_add_integer(set, "wirespan.spool.usage", METRIC_UP_DOWN_COUNTER, "By",
			   "Encoded requests that wait on disk", delivery->spool_bytes);
}

static void add_process(struct metric_set *set, const struct stats *stats)
{
	struct metric *cpu =
		metric_set_add(set, "process.cpu.time", METRIC_COUNTER, "s", "What the agent has computed, by mode", 2);

	if (!cpu)
		return;
	point_set_number(&cpu->points[0], seconds(stats->user_time));
	point_add_text(&cpu->points[0], "cpu.mode", "user");
	point_set_number(&cpu->points[1], seconds(stats->system_time));
	point_add_text(&cpu->points[1], "cpu.mode", "system");
	metric_add_integer(set, "process.memory.usage", METRIC_UP_DOWN_COUNTER, "By", "Memory of the agent",
			   stats->resident_bytes);
	metric_add_integer(set, "wirespan.map.memory.usage", METRIC_UP_DOWN_COUNTER, "By",
			   "Memory of the agent's maps in the kernel", stats->map_bytes);
}

/* Bounds of traffic.h, in seconds. */
static const double latency_bounds[] = {
	0x1p17 / 1e9, 0x1p18 / 1e9, 0x1p19 / 1e9, 0x1p20 / 1e9, 0x1p21 / 1e9, 0x1p22 / 1e9, 0x1p23 / 1e9, 0x1p24 / 1e9,
	0x1p25 / 1e9, 0x1p26 / 1e9, 0x1p27 / 1e9, 0x1p28 / 1e9, 0x1p29 / 1e9, 0x1p30 / 1e9, 0x1p31 / 1e9, 0x1p32 / 1e9,
};
_Static_assert(sizeof(latency_bounds) / sizeof(latency_bounds[0]) == TRAFFIC_BOUNDS, "a bound for each bucket");
_Static_assert(TRAFFIC_BOUNDS <= METRIC_BOUNDS_MAX, "bounds of the latency fit");

static void add_traffic(struct metric_set *set, const struct stats *stats)
{
	const struct traffic *traffic = &stats->traffic;
	struct metric *records = metric_set_add(set, "wirespan.records", METRIC_COUNTER, "{record}",
						"Records that the kernel made, by kind", TRAFFIC_KINDS);
	struct metric *latency = metric_set_add(set, "wirespan.drain.latency", METRIC_HISTOGRAM, "s",
						"From a record's making to its draining", 1);

	if (!records || !latency)
		return;
	for (size_t i = 0; i < TRAFFIC_KINDS; i++) {
		point_set_integer(&records->points[i], traffic->records[i]);
		point_add_text(&records->points[i], "wirespan.record.kind", traffic_kind_name(i));
	}
	point_set_histogram(&latency->points[0], latency_bounds, TRAFFIC_BOUNDS, traffic->latency_buckets,
			    seconds(traffic->latency_sum));
	metric_add_number(set, "wirespan.ring.fill", METRIC_GAUGE, "1",
			  "Share of the ring buffer in use, at most, since the last metrics",
			  stats->ring_size ? (double)stats->peaks.ring_used / (double)stats->ring_size : 0);
	metric_add_integer(set, "wirespan.ring.size", METRIC_UP_DOWN_COUNTER, "By", "The ring buffer",
			   stats->ring_size);
}

/* The engine, whose the names are, outlives the exporter's work. */
static void add_unread(struct metric_set *set, const struct unread *unread)
{
	size_t count = unread->count < UNREAD_POINTS_MAX ? unread->count : UNREAD_POINTS_MAX;
	struct metric *metric = NULL;

	if (count)
		metric = metric_set_add(set, "wirespan.unread.connections", METRIC_COUNTER, "{connection}",
					"Connections not looked at, by whose they are", count);
	for (size_t i = 0; metric && i < count; i++) {
		const struct unread_row *row = &unread->rows[i];
		struct metric_point *point = &metric->points[i];

		point_set_integer(point, row->connections);
		point_add_slice(point, "wirespan.service", row->resource->service_name);
		point_add_text(point, "wirespan.ignored.as", row->late ? "older" : recognised_name(row->recognised));
		point_add_text(point, "wirespan.ignored.end", unread_role_name(row->role));
		point_add_number(point, "server.port", row->port);
	}
}

static void add_summary(struct metric_set *set, const struct summary *summary)
{
	metric_add_counters(set, "wirespan.losses", "{loss}", "What was lost, by name", "wirespan.loss",
			    summary->losses, summary->loss_count);
	metric_add_counters(set, "wirespan.ignored.connections", "{connection}",
			    "Connections not looked at, by what they looked like", "wirespan.ignored.as",
			    summary->connections, SUMMARY_CONNECTIONS);
	metric_add_counters(set, "wirespan.ignored.exchanges", "{exchange}",
			    "Exchanges left out on purpose, by what for", "wirespan.ignored.as", summary->exchanges,
			    SUMMARY_EXCHANGES);
	metric_add_counters(set, "wirespan.ignored.spans", "{span}", "Spans that options leave out, by why",
			    "wirespan.ignored.as", summary->spans + 1, SUMMARY_SPANS - 1);
	metric_add_integer(set, "wirespan.ignored.processes", METRIC_COUNTER, "{process}",
			   "Processes left out because they export spans of their own", summary->processes.value);
}

struct metric_set *self_metrics_make(struct resource *resource, const struct stats *stats, uint64_t start,
				     enum otlp_encoding encoding)
{
	struct metric_set *set = metric_set_new(resource, METRICS_MAX, POINTS_MAX);

	if (!set)
		return NULL;
	set->start = start;
	set->time = stats->wall;
	add_spans(set, stats);
	add_processor(set, stats);
	if (stats->delivers)
		add_exporter(set, stats, encoding);
	add_process(set, stats);
	add_traffic(set, stats);
	add_summary(set, &stats->summary);
	if (stats->summary.unread)
		add_unread(set, stats->summary.unread);
	return set;
}
