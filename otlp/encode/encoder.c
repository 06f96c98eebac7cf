// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/encoder.h"

#include <errno.h>
#include <stdlib.h>

#include "otlp/encode/json.h"
#include "otlp/encode/protobuf.h"

/* A longer body's room is given back: it was for one odd request. */
#define BODY_KEPT_MAX (2 * OTLP_REQUEST_SIZE_TARGET)

static const struct encoding encodings[] = {
	[OTLP_PROTOBUF] = { protobuf_spans, protobuf_metrics },
	[OTLP_JSON] = { json_spans, json_metrics },
};

struct encoder *encoder_new(enum otlp_encoding encoding, const char *version)
{
	struct encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return NULL;
	encoder->encoding = &encodings[encoding];
	scratch_init(&encoder->scratch);
	encoder->version = slice_to_string(slice_of_string(version));
	if (!encoder->version) {
		encoder_free(encoder);
		return NULL;
	}
	return encoder;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	scratch_done(&encoder->scratch);
	free(encoder->body);
	free(encoder->version);
	free(encoder);
}

static void begin(struct encoder *encoder)
{
	scratch_reset(&encoder->scratch);
	if (encoder->body_size > BODY_KEPT_MAX) {
		free(encoder->body);
		encoder->body = NULL;
		encoder->body_size = 0;
	}
}

static struct span_group *find_group(struct span_group *groups, size_t count, const struct resource *resource)
{
	/* The latest first: spans of one process come in runs. */
	for (size_t i = count; i-- > 0;) {
		if (groups[i].resource == resource)
			return &groups[i];
	}
	return NULL;
}

/* By resource, in order of appearance; 0 when out of memory. */
static size_t group_spans(struct scratch *scratch, struct span *const *spans, size_t count,
			  struct span_group **ret_groups)
{
	struct span_group *groups = scratch_array(scratch, count, sizeof(*groups));
	struct span_group **group_of = scratch_array(scratch, count, sizeof(*group_of));
	const struct span **sorted = scratch_array(scratch, count, sizeof(*sorted));
	size_t group_count = 0;

	if (scratch->failed)
		return 0;
	for (size_t i = 0; i < count; i++) {
		group_of[i] = find_group(groups, group_count, spans[i]->resource);
		if (!group_of[i]) {
			group_of[i] = &groups[group_count++];
			*group_of[i] = (struct span_group){ .resource = spans[i]->resource };
		}
		group_of[i]->count++;
	}
	for (size_t i = 0; i < group_count; i++) {
		groups[i].spans = sorted;
		sorted += groups[i].count;
		groups[i].count = 0;
	}
	for (size_t i = 0; i < count; i++)
		group_of[i]->spans[group_of[i]->count++] = spans[i];
	*ret_groups = groups;
	return group_count;
}

int encoder_spans(struct encoder *encoder, struct span *const *spans, size_t count, struct slice *ret_body)
{
	struct span_group *groups;
	size_t group_count;

	begin(encoder);
	group_count = group_spans(&encoder->scratch, spans, count, &groups);
	if (!group_count)
		return -ENOMEM;
	return encoder->encoding->spans(encoder, groups, group_count, ret_body);
}

int encoder_metrics(struct encoder *encoder, const struct metric_set *metrics, struct slice *ret_body)
{
	begin(encoder);
	return encoder->encoding->metrics(encoder, metrics, ret_body);
}
