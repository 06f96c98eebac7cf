// SPDX-License-Identifier: Apache-2.0
/*
 * Bytes from the wire on their way to people and collectors: whatever they are,
 * JSON stays JSON with the text intact, protobuf says the same, and a terminal gets nothing to obey.
 */
#include <cjson/cJSON.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h>
#include <stdlib.h>

#include "otlp/console/trace_text.h"
#include "otlp/encode/encoder.h"
#include "otlp/encode/test/same_content.h"
#include "otlp/encode/utf8.h"
#include "otlp/test/sample.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_name(struct slice json, const char *expected)
{
	cJSON *root = cJSON_ParseWithLength(json.data, json.length);
	const cJSON *item;

	item = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "resourceSpans"), 0);
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(item, "scopeSpans"), 0);
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(item, "spans"), 0);
	item = cJSON_GetObjectItem(item, "name");
	check(cJSON_IsString(item) && strcmp(item->valuestring, expected) == 0);
	cJSON_Delete(root);
}

static void check_encoded(struct span *span, const char *expected)
{
	struct encoder *json_encoder = encoder_new(OTLP_JSON, "fuzz");
	struct encoder *protobuf_encoder = encoder_new(OTLP_PROTOBUF, "fuzz");
	struct slice json, protobuf;

	check(json_encoder && protobuf_encoder);
	check(encoder_spans(json_encoder, &span, 1, &json) == 0);
	check(encoder_spans(protobuf_encoder, &span, 1, &protobuf) == 0);
	check_name(json, expected);
	check(same_content_encoded(
		&opentelemetry__proto__collector__trace__v1__export_trace_service_request__descriptor, protobuf, json));
	encoder_free(json_encoder);
	encoder_free(protobuf_encoder);
}

static void check_terminal(struct span *span)
{
	struct buffer buffer;
	struct arena arena;
	size_t lines = 0;

	buffer_init(&buffer, 1 << 20);
	arena_init(&arena);
	check(trace_format(&arena, &span, 1, &(struct text_page){ .columns = 80 }, &buffer) == 0);
	check(utf8_clean(buffer_slice(&buffer)));
	for (size_t i = 0; i < buffer.length; i++) {
		check((unsigned char)buffer.data[i] >= ' ' || buffer.data[i] == '\n');
		lines += buffer.data[i] == '\n';
	}
	check(lines == 3);
	arena_done(&arena);
	buffer_done(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct resource *resource = sample_resource("fuzz", 1);
	struct span span = sample_http(resource, 1, 1);
	char *expected = malloc(UTF8_SANITIZED_MAX(size));

	check(expected);
	check(utf8_sanitize(text, expected) == strlen(expected));
	check(utf8_clean(slice_of_string(expected)));
	span.name = span.trace_state = span.error_type = text;
	span.attributes[1].string = text;
	span.attributes[2] = (struct attribute){ .key = text, .type = ATTRIBUTE_STRING_ARRAY, .string = text };
	check_encoded(&span, expected);
	check_terminal(&span);
	free(expected);
	resource_unref(resource);
	return 0;
}
