// SPDX-License-Identifier: Apache-2.0
#include <google/rpc/status.pb-c.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h>

#include "otlp/transport/response_decode.h"

typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceResponse ProtoResponse;

static void *allocate(void *arena, size_t size)
{
	return arena_allocate(arena, size);
}

/* All is taken back with the arena. */
static void release(void *arena, void *piece)
{
	(void)arena;
	(void)piece;
}

static void *unpack(const ProtobufCMessageDescriptor *type, struct slice body, struct response_view *view)
{
	ProtobufCAllocator allocator = { .alloc = allocate, .free = release, .allocator_data = &view->arena };

	return protobuf_c_message_unpack(type, &allocator, body.length, (const uint8_t *)body.data);
}

bool response_protobuf(struct slice body, struct response_view *ret)
{
	const ProtoResponse *response = unpack(
		&opentelemetry__proto__collector__trace__v1__export_trace_service_response__descriptor, body, ret);

	if (!response)
		return false;
	if (response->partial_success) {
		ret->rejected = response->partial_success->rejected_spans;
		ret->message = slice_of_string(response->partial_success->error_message);
	}
	return true;
}

bool status_protobuf(struct slice body, struct response_view *ret)
{
	const Google__Rpc__Status *status = unpack(&google__rpc__status__descriptor, body, ret);

	if (!status)
		return false;
	ret->message = slice_of_string(status->message);
	return true;
}

void view_protobuf_done(struct response_view *view)
{
	arena_done(&view->arena);
}
