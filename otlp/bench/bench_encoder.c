// SPDX-License-Identifier: Apache-2.0
/* How many ordinary HTTP spans a second one thread clones, and encodes as OTLP: bench_encoder [SECONDS] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "otlp/encoder.h"
#include "otlp/test/sample.h"

#define BATCH_SPANS 512

static void report(const char *what, uint64_t spans, uint64_t elapsed, uint64_t bytes)
{
	double seconds = (double)elapsed / NSEC_PER_SEC;

	printf("%-8s  %9.0f spans/s  %6.0f ns/span  %5.0f bytes/span\n", what, (double)spans / seconds,
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

static bool bench_encoding(const char *what, enum otlp_encoding encoding, const struct span *span, uint64_t limit)
{
	struct span *batch[BATCH_SPANS];
	struct encoder *encoder = encoder_new(encoding, "bench");
	uint64_t begin, now, spans = 0, bytes = 0;
	struct slice body;

	for (size_t i = 0; i < BATCH_SPANS; i++)
		batch[i] = (struct span *)span;
	begin = now = clock_monotonic();
	for (; now - begin < limit; now = clock_monotonic()) {
		if (!encoder || encoder_spans(encoder, batch, BATCH_SPANS, &body) < 0) {
			encoder_free(encoder);
			return false;
		}
		spans += BATCH_SPANS;
		bytes += body.length;
	}
	report(what, spans, now - begin, bytes);
	encoder_free(encoder);
	return true;
}

int main(int argc, char **argv)
{
	uint64_t limit = (argc > 1 ? strtoull(argv[1], NULL, 10) : 2) * NSEC_PER_SEC;
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	bool done;

	bench_clone(&span, limit);
	done = bench_encoding("json", OTLP_JSON, &span, limit) &&
	       bench_encoding("protobuf", OTLP_PROTOBUF, &span, limit);
	resource_unref(resource);
	return done ? 0 : 1;
}
