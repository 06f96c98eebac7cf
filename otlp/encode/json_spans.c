// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/json.h"

#include "base/give_way.h"
#include "otlp/encode/json_common.h"
#include "otlp/encode/json_print.h"

#define SPAN_TIME 8 /* µs that a tree of objects takes for one, roughly */

static const struct json_levels levels = { "resourceSpans", "scopeSpans", "spans" };

static void add_span(struct scratch *scratch, cJSON *spans, const struct span *span)
{
	cJSON *item = json_add(scratch, spans, NULL, cJSON_Object), *status;

	json_add_hex(scratch, item, "traceId", span->trace_id, sizeof(span->trace_id));
	json_add_hex(scratch, item, "spanId", span->span_id, sizeof(span->span_id));
	if (span->trace_state.length)
		json_add_string(scratch, item, "traceState", span->trace_state);
	if (span_has_parent(span))
		json_add_hex(scratch, item, "parentSpanId", span->parent_span_id, sizeof(span->parent_span_id));
	json_add_integer(scratch, item, "flags", span->flags);
	json_add_string(scratch, item, "name", span->name);
	json_add_integer(scratch, item, "kind", span->kind);
	json_add_unsigned(scratch, item, "startTimeUnixNano", span->start);
	json_add_unsigned(scratch, item, "endTimeUnixNano", span->end);
	json_add_attributes(scratch, item, span->attributes, span->attribute_count);
	if (span->dropped_attributes)
		json_add_integer(scratch, item, "droppedAttributesCount", span->dropped_attributes);
	status = json_add(scratch, item, "status", cJSON_Object);
	if (span->status != SPAN_STATUS_UNSET)
		json_add_integer(scratch, status, "code", span->status);
}

int json_spans(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body)
{
	cJSON *root, *resources = json_add_request(&encoder->scratch, &levels, &root);

	for (size_t i = 0; i < count; i++) {
		cJSON *spans = json_add_resource(encoder, resources, &levels, groups[i].resource);

		for (size_t j = 0; j < groups[i].count; j++) {
			add_span(&encoder->scratch, spans, groups[i].spans[j]);
			give_way(SPAN_TIME);
		}
	}
	return json_print(encoder, root, ret_body);
}
