// SPDX-License-Identifier: Apache-2.0
/* What it costs to copy ordinary HTTP spans, to encode them as OTLP and to compress that. */
#include <stdlib.h>
#include <string.h>

#include "base/bench/harness.h"
#include "otlp/encode/batch.h"
#include "otlp/encode/encoder.h"
#include "otlp/test/sample.h"

#define BATCH_SPANS 512
#define RESOURCES 4

struct spans {
	struct resource *resources[RESOURCES];
	struct span *spans[BATCH_SPANS];
};

struct encoding {
	const char *name;
	enum otlp_encoding encoding;
	bool gzip;
};

static const struct encoding encodings[] = {
	{ "encoder/protobuf", OTLP_PROTOBUF, false },
	{ "encoder/protobuf_gzip", OTLP_PROTOBUF, true },
	{ "encoder/json", OTLP_JSON, false },
	{ "encoder/json_gzip", OTLP_JSON, true },
};

struct encode_context {
	const struct encoding *encoding;
	struct encoder *encoder;
	struct spans *spans;
	size_t bytes;
};

/* Spans differ as they do in life: in ids, times and ports; so that they compress as they do in life. */
static void spans_init(struct spans *spans)
{
	unsigned int seed = 1;

	for (uint32_t i = 0; i < RESOURCES; i++)
		spans->resources[i] = sample_resource("shop", 1000 + i);
	for (size_t i = 0; i < BATCH_SPANS; i++) {
		struct span span = sample_http(spans->resources[i % RESOURCES], 1, 1);

		for (size_t byte = 0; byte < sizeof(span.trace_id); byte++)
			span.trace_id[byte] = (uint8_t)rand_r(&seed);
		for (size_t byte = 0; byte < sizeof(span.span_id); byte++)
			span.span_id[byte] = (uint8_t)rand_r(&seed);
		span.start += i * 100000 + (uint64_t)rand_r(&seed) % 100000;
		span.end = span.start + (uint64_t)rand_r(&seed) % 10000000;
		for (size_t a = 0; a < span.attribute_count; a++) {
			if (slice_equal(span.attributes[a].key, SLICE_LITERAL("network.peer.port")))
				span.attributes[a].integer = 32768 + rand_r(&seed) % 28232;
		}
		spans->spans[i] = span_clone(&span);
		bench_require(spans->spans[i], "span_clone");
	}
}

static void spans_done(struct spans *spans)
{
	for (size_t i = 0; i < BATCH_SPANS; i++)
		span_free(spans->spans[i]);
	for (size_t i = 0; i < RESOURCES; i++)
		resource_unref(spans->resources[i]);
}

static void clone_step(void *context)
{
	const struct spans *spans = context;

	for (size_t i = 0; i < BATCH_SPANS; i++) {
		struct span *clone = span_clone(spans->spans[i]);

		bench_require(clone, "span_clone");
		span_free(clone);
	}
}

static void encode_step(void *context)
{
	struct encode_context *encode = context;
	struct batch *batch = NULL;
	struct slice body;

	bench_require(encoder_spans(encode->encoder, encode->spans->spans, BATCH_SPANS, &body) == 0, "encoder_spans");
	encode->bytes = body.length;
	if (!encode->encoding->gzip)
		return;
	batch = batch_new(OTLP_TRACES, encode->encoding->encoding, true, BATCH_SPANS, body);
	bench_require(batch, "batch_new");
	encode->bytes = batch->length;
	batch_free(batch);
}

static void bench_encoding(const struct bench_options *options, struct spans *spans, const struct encoding *encoding)
{
	struct encode_context encode = { encoding, encoder_new(encoding->encoding, "bench"), spans, 0 };

	bench_require(encode.encoder, "encoder_new");
	encode_step(&encode);
	bench_run(options, &(struct bench_case){ encoding->name, encode_step, &encode, BATCH_SPANS, encode.bytes });
	encoder_free(encode.encoder);
}

int main(int argc, char **argv)
{
	struct bench_options options;
	int index = bench_options_parse(argc, argv, "", &options);
	struct spans spans;

	if (index != argc)
		return index == argc + 1 ? 0 : 2;
	spans_init(&spans);
	bench_run(&options, &(struct bench_case){ "span/clone", clone_step, &spans, BATCH_SPANS,
						  BATCH_SPANS * span_clone_size(spans.spans[0]) });
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		bench_encoding(&options, &spans, &encodings[i]);
	spans_done(&spans);
	return 0;
}
