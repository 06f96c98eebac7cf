// SPDX-License-Identifier: Apache-2.0
/* What it costs to follow chunked bodies to their end, and to get past the PROXY protocol. */
#include <stdio.h>

#include "base/bench/harness.h"
#include "base/buffer.h"
#include "correlate/connection/proxy_protocol.h"
#include "correlate/protocol/http1/chunk.h"

#define CHUNKS 16 /* in a body */

static void chunk_step(void *context)
{
	const struct buffer *body = context;
	struct http1_chunk chunk;
	size_t consumed;

	http1_chunk_init(&chunk);
	bench_require(http1_chunk_feed(&chunk, buffer_slice(body), &consumed) == HTTP1_CHUNK_DONE &&
			      consumed == body->length,
		      "http1_chunk");
	bench_keep(&chunk);
}

static void proxy_step(void *context)
{
	const struct slice *prefix = context;
	struct proxy_protocol proxy = { 0 };
	size_t consumed;

	bench_require(proxy_protocol_feed(&proxy, *prefix, &consumed) == PROXY_PROTOCOL_DONE, "proxy_protocol");
	bench_keep(&proxy);
}

/* A body of CHUNKS chunks of `size` bytes each. */
static void body_init(struct buffer *body, size_t size)
{
	int error = 0;

	buffer_init(body, CHUNKS * (size + 32));
	for (int chunk = 0; chunk < CHUNKS; chunk++) {
		error |= buffer_append_format(body, "%zx\r\n", size);
		for (size_t i = 0; i < size; i++)
			error |= buffer_append(body, "x", 1);
		error |= buffer_append(body, "\r\n", 2);
	}
	error |= buffer_append_format(body, "0\r\n\r\n");
	bench_require(error == 0, "buffer_append");
}

static void bench_chunks(const struct bench_options *options)
{
	static const size_t sizes[] = { 16, 256, 4096 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buffer body;
		char name[64];

		body_init(&body, sizes[i]);
		snprintf(name, sizeof(name), "http1_chunk/chunks_of_%zu", sizes[i]);
		bench_run(options, &(struct bench_case){ name, chunk_step, &body, CHUNKS, body.length });
		buffer_done(&body);
	}
}

static void bench_proxy(const struct bench_options *options)
{
	static const char version_2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\x30\x39\0\x50";
	struct slice v1 = SLICE_LITERAL("PROXY TCP4 192.0.2.1 192.0.2.2 12345 80\r\n");
	struct slice v2 = slice_of(version_2, sizeof(version_2) - 1);

	bench_run(options, &(struct bench_case){ "proxy_protocol/v1", proxy_step, &v1, 1, v1.length });
	bench_run(options, &(struct bench_case){ "proxy_protocol/v2", proxy_step, &v2, 1, v2.length });
}

int main(int argc, char **argv)
{
	struct bench_options options;
	int index = bench_options_parse(argc, argv, "", &options);

	if (index != argc)
		return index == argc + 1 ? 0 : 2;
	bench_chunks(&options);
	bench_proxy(&options);
	return 0;
}
