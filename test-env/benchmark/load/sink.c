// SPDX-License-Identifier: Apache-2.0
/*
 * bench_sink PORT: a collector that takes everything and keeps nothing. Answers any GET with
 * "REQUESTS BYTES SPANS", what came so far.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test-env/benchmark/load/serve.h"

/* Of ExportTraceServiceRequest: resource_spans, scope_spans, spans. */
static const uint64_t path_to_span[] = { 1, 2, 2 };
#define PATH_LENGTH (sizeof(path_to_span) / sizeof(path_to_span[0]))

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct sink {
	uint64_t requests, bytes, spans;
};

static bool take_varint(struct slice *rest, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (size_t i = 0; i < rest->length && i < 10; i++) {
		value |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
		if (!(rest->data[i] & 0x80)) {
			*ret_value = value;
			*rest = slice_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

/* Counts the messages at the end of the path; what is no protobuf ends the count. */
static uint64_t count_messages(struct slice message, size_t depth)
{
	uint64_t count = 0, key, length;

	if (depth == PATH_LENGTH)
		return 1;
	while (message.length && take_varint(&message, &key)) {
		switch (key & 7) {
		case WIRE_VARINT:
			if (!take_varint(&message, &length))
				return count;
			length = 0;
			break;
		case WIRE_FIXED64:
			length = 8;
			break;
		case WIRE_FIXED32:
			length = 4;
			break;
		case WIRE_BYTES:
			if (!take_varint(&message, &length) || length > message.length)
				return count;
			if (key >> 3 == path_to_span[depth])
				count += count_messages(slice_head(message, length), depth + 1);
			break;
		default:
			return count;
		}
		message = slice_from(message, length);
	}
	return count;
}

static void sink_request(void *context, uint64_t connection, struct slice head, struct slice body)
{
	static const struct slice accepted = SLICE_LITERAL("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
							   "Content-Length: 0\r\n\r\n");
	struct sink *sink = context;
	char counts[64], response[192];

	if (slice_starts_with(head, SLICE_LITERAL("GET "))) {
		int length = snprintf(counts, sizeof(counts), "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sink->requests,
				      sink->bytes, sink->spans);

		length = snprintf(response, sizeof(response), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length,
				  counts);
		serve_answer(connection, slice_of(response, length));
		return;
	}
	serve_answer(connection, accepted);
	sink->requests++;
	sink->bytes += body.length;
	if (slice_starts_with(head, SLICE_LITERAL("POST /v1/traces ")))
		sink->spans += count_messages(body, 0);
}

int main(int argc, char **argv)
{
	struct sink sink = { 0 };
	struct serve_handler handler = { .request = sink_request, .context = &sink };
	int error;

	if (argc != 2) {
		fprintf(stderr, "usage: bench_sink PORT\n");
		return 2;
	}
	error = serve(strtoul(argv[1], NULL, 10), &handler);
	fprintf(stderr, "bench_sink: %s\n", strerror(-error));
	return 1;
}
