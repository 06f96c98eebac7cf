/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of protobuf-c made in scratch memory. They must not be given to
 * protobuf-c's free functions; they are gone with scratch_reset. What is NULL
 * because memory ran out the scratch remembers: nothing may be packed then.
 */
#ifndef WIRESPAN_OTLP_ENCODE_PROTOBUF_TREE_H
#define WIRESPAN_OTLP_ENCODE_PROTOBUF_TREE_H

#include <opentelemetry/proto/common/v1/common.pb-c.h>
#include <opentelemetry/proto/resource/v1/resource.pb-c.h>

#include "otlp/encode/encoding.h"

typedef Opentelemetry__Proto__Common__V1__AnyValue ProtoAnyValue;
typedef Opentelemetry__Proto__Common__V1__ArrayValue ProtoArrayValue;
typedef Opentelemetry__Proto__Common__V1__InstrumentationScope ProtoScope;
typedef Opentelemetry__Proto__Common__V1__KeyValue ProtoKeyValue;
typedef Opentelemetry__Proto__Resource__V1__Resource ProtoResource;

/* An empty message of that type; NULL when out of memory. */
void *protobuf_new(struct scratch *scratch, const ProtobufCMessageDescriptor *type);
/* An array of `count` empty messages, each reached by a pointer as protobuf-c wants it; NULL when out of memory. */
void *protobuf_array(struct scratch *scratch, const ProtobufCMessageDescriptor *type, size_t count);

/* NULL when out of memory. */
ProtoKeyValue **protobuf_attributes(struct scratch *scratch, const struct attribute *attributes, size_t count);
ProtoResource *protobuf_resource(struct scratch *scratch, const struct resource *resource);
/* The scope "wirespan". */
ProtoScope *protobuf_scope(struct encoder *encoder);
/* The finished request as the encoder's body. */
int protobuf_pack(struct encoder *encoder, const ProtobufCMessage *request, struct slice *ret_body);

#endif
