// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "otlp/encode/encoder.h"
#include "otlp/export/json.h"
#include "otlp/tally.h"

struct json_output {
	struct output output;
	struct writer *writer; /* the caller's */
	struct encoder *encoder;
	bool torn; /* a failed write may have left half a line */
	tally unread;
};

static int write_request(struct json_output *json, struct span *const *spans, size_t count)
{
	struct slice line;
	int result = encoder_spans(json->encoder, spans, count, &line);

	if (result < 0)
		return result;
	/* In the byte after the body: the line goes out in one write where the descriptor lets it. */
	((char *)line.data)[line.length++] = '\n';
	if (writer_renew(json->writer))
		json->torn = false;
	if (json->torn)
		result = writer_write(json->writer, SLICE_LITERAL("\n"));
	if (result == 0)
		result = writer_write(json->writer, line);
	json->torn = result < 0;
	return result;
}

static int json_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct json_output *json = (struct json_output *)output;
	int result = 0;

	(void)now;
	for (size_t done = 0; done < count && result == 0; done += JSON_REQUEST_SPANS_MAX) {
		size_t part = count - done < JSON_REQUEST_SPANS_MAX ? count - done : JSON_REQUEST_SPANS_MAX;

		result = write_request(json, spans + done, part);
		if (result == -ETIMEDOUT) {
			tally_add(&json->unread, part);
			result = 0;
		}
	}
	spans_free(spans, count);
	return result;
}

static void json_cancel(struct output *output)
{
	writer_cancel(((struct json_output *)output)->writer);
}

static size_t json_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	const struct json_output *json = (const struct json_output *)output;

	if (max)
		ret_counters[0] = (struct counter){ "output_unread", tally_read(&json->unread) };
	return max ? 1 : 0;
}

static void json_free(struct output *output)
{
	struct json_output *json = (struct json_output *)output;

	encoder_free(json->encoder);
	free(json);
}

static const struct output_operations json_operations = {
	.spans = json_spans,
	.cancel = json_cancel,
	.counters = json_counters,
	.free = json_free,
};

int output_json_new(struct writer *writer, const char *version, struct output **ret_output)
{
	struct json_output *json = calloc(1, sizeof(*json));

	if (!json)
		return -ENOMEM;
	json->writer = writer;
	json->encoder = encoder_new(OTLP_JSON, version);
	if (!json->encoder) {
		free(json);
		return -ENOMEM;
	}
	json->output.operations = &json_operations;
	*ret_output = &json->output;
	return 0;
}
