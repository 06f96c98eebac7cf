// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/test/span_tree.h"

#include <opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h>

#include "otlp/encode/protobuf.h"
#include "otlp/encode/protobuf_tree.h"

typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest ProtoRequest;
typedef Opentelemetry__Proto__Trace__V1__ResourceSpans ProtoResourceSpans;
typedef Opentelemetry__Proto__Trace__V1__ScopeSpans ProtoScopeSpans;
typedef Opentelemetry__Proto__Trace__V1__Span ProtoSpan;
typedef Opentelemetry__Proto__Trace__V1__Status ProtoStatus;

/* A view: protobuf-c reads it only. */
static ProtobufCBinaryData bytes(const uint8_t *data, size_t length)
{
	return (ProtobufCBinaryData){ .len = length, .data = (uint8_t *)data };
}

static ProtoStatus *make_status(struct scratch *scratch, const struct span *span)
{
	ProtoStatus *status = protobuf_new(scratch, &opentelemetry__proto__trace__v1__status__descriptor);

	if (status)
		status->code = (Opentelemetry__Proto__Trace__V1__Status__StatusCode)span->status;
	return status;
}

static void set_span(struct scratch *scratch, ProtoSpan *message, const struct span *span)
{
	message->trace_id = bytes(span->trace_id, sizeof(span->trace_id));
	message->span_id = bytes(span->span_id, sizeof(span->span_id));
	message->trace_state = scratch_text(scratch, span->trace_state);
	if (span_has_parent(span))
		message->parent_span_id = bytes(span->parent_span_id, sizeof(span->parent_span_id));
	message->flags = span->flags;
	message->name = scratch_text(scratch, span->name);
	message->kind = (Opentelemetry__Proto__Trace__V1__Span__SpanKind)span->kind;
	message->start_time_unix_nano = span->start;
	message->end_time_unix_nano = span->end;
	message->n_attributes = span->attribute_count;
	message->attributes = protobuf_attributes(scratch, span->attributes, span->attribute_count);
	message->dropped_attributes_count = span->dropped_attributes;
	message->status = make_status(scratch, span);
}

static ProtoScopeSpans **make_scope_spans(struct encoder *encoder, const struct span_group *group)
{
	struct scratch *scratch = &encoder->scratch;
	ProtoScopeSpans **scopes =
		protobuf_array(scratch, &opentelemetry__proto__trace__v1__scope_spans__descriptor, 1);
	ProtoSpan **spans = protobuf_array(scratch, &opentelemetry__proto__trace__v1__span__descriptor, group->count);

	if (!scopes || !spans)
		return NULL;
	scopes[0]->scope = protobuf_scope(encoder);
	scopes[0]->n_spans = group->count;
	scopes[0]->spans = spans;
	scopes[0]->schema_url = OTLP_SCHEMA_URL;
	for (size_t i = 0; i < group->count; i++)
		set_span(scratch, spans[i], group->spans[i]);
	return scopes;
}

static int pack_tree(struct encoder *encoder, const struct span_group *groups, size_t count, struct slice *ret_body)
{
	struct scratch *scratch = &encoder->scratch;
	ProtoRequest request = OPENTELEMETRY__PROTO__COLLECTOR__TRACE__V1__EXPORT_TRACE_SERVICE_REQUEST__INIT;

	request.n_resource_spans = count;
	request.resource_spans =
		protobuf_array(scratch, &opentelemetry__proto__trace__v1__resource_spans__descriptor, count);
	for (size_t i = 0; i < count && request.resource_spans; i++) {
		ProtoResourceSpans *item = request.resource_spans[i];

		item->resource = protobuf_resource(scratch, groups[i].resource);
		item->n_scope_spans = 1;
		item->scope_spans = make_scope_spans(encoder, &groups[i]);
		item->schema_url = OTLP_SCHEMA_URL;
	}
	return protobuf_pack(encoder, &request.base, ret_body);
}

struct encoder *span_tree_encoder_new(const char *version)
{
	static const struct encoding encoding_tree = { .spans = pack_tree, .metrics = protobuf_metrics };
	struct encoder *encoder = encoder_new(OTLP_PROTOBUF, version);

	if (encoder)
		encoder->encoding = &encoding_tree;
	return encoder;
}

bool span_tree_agrees(struct encoder *direct, struct encoder *tree, struct span *const *spans, size_t count)
{
	struct slice bytes, expected;

	return encoder_spans(direct, spans, count, &bytes) == 0 && encoder_spans(tree, spans, count, &expected) == 0 &&
	       slice_equal(bytes, expected);
}
