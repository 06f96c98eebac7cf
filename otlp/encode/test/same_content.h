/* SPDX-License-Identifier: Apache-2.0 */
/* Whether OTLP/JSON says what a protobuf message says: by the schema, field by field. */
#ifndef WIRESPAN_OTLP_ENCODE_TEST_SAME_CONTENT_H
#define WIRESPAN_OTLP_ENCODE_TEST_SAME_CONTENT_H

#include <cjson/cJSON.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/slice.h"

/*
 * The specification's "JSON Protobuf Encoding": lowerCamelCase names, bytes (ids, here) in hexadecimal,
 * enumerations as numbers, 64 bits as decimal strings; a member that the schema
 * lacks is a difference. The first difference is printed to standard error.
 */
bool same_content(const ProtobufCMessage *message, const cJSON *json);
/* As above, of encoded texts, which must be valid. */
bool same_content_encoded(const ProtobufCMessageDescriptor *type, struct slice protobuf, struct slice json);

#endif
