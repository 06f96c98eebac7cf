// SPDX-License-Identifier: Apache-2.0
/* How many ordinary HTTP spans a second one thread clones, and encodes as OTLP/JSON: bench_json [SECONDS] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/json.h"
#include "otlp/test/sample.h"

static void report(const char *what, uint64_t spans, uint64_t elapsed, uint64_t bytes)
{
	double seconds = (double)elapsed / NSEC_PER_SEC;

	printf("%-6s  %9.0f spans/s  %6.0f ns/span  %5.0f bytes/span\n", what, (double)spans / seconds,
	       (double)elapsed / (double)spans, (double)bytes / (double)spans);
}

static void bench_clone(const struct span *span, uint64_t limit)
{
	uint64_t begin = clock_monotonic(), now = begin, spans = 0;

	for (; now - begin < limit; now = clock_monotonic()) {
		for (int i = 0; i < 1000; i++, spans++)
			span_free(span_clone(span));
	}
	report("clone", spans, now - begin, spans * span_clone_size(span));
}

static int bench_json(const struct span *span, uint64_t limit)
{
	struct span *batch[JSON_REQUEST_SPANS_MAX];
	struct json_encoder *encoder = json_encoder_new("bench");
	uint64_t begin, now, spans = 0, bytes = 0;
	struct slice text;

	for (size_t i = 0; i < JSON_REQUEST_SPANS_MAX; i++)
		batch[i] = (struct span *)span;
	begin = now = clock_monotonic();
	for (; now - begin < limit; now = clock_monotonic()) {
		if (!encoder || json_encode(encoder, batch, JSON_REQUEST_SPANS_MAX, &text) < 0)
			return 1;
		spans += JSON_REQUEST_SPANS_MAX;
		bytes += text.length;
	}
	report("json", spans, now - begin, bytes);
	json_encoder_free(encoder);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t limit = (argc > 1 ? strtoull(argv[1], NULL, 10) : 2) * NSEC_PER_SEC;
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	int status;

	bench_clone(&span, limit);
	status = bench_json(&span, limit);
	resource_unref(resource);
	return status;
}
