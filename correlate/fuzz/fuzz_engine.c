// SPDX-License-Identifier: Apache-2.0
/*
 * The whole engine. An input that begins with TALK is a conversation (engine_talk.h).
 * Any other is hostile records, cut at each record's own size; what does not look
 * like a record is given as it is. Every span must keep the promises of span.h.
 */
#include <assert.h>
#include <stdlib.h>

#include "bpf/record.h"
#include "correlate/engine.h"
#include "correlate/fuzz/engine_talk.h"
#include "correlate/http/header_capture.h"

#define TALK 'T' /* no kind of record */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *context, const struct span *span)
{
	static const uint8_t none[16];

	(void)context;
	assert(span->resource && span->name.length > 0 && span->end >= span->start);
	assert(memcmp(span->trace_id, none, 16) != 0 && memcmp(span->span_id, none, 8) != 0);
	assert(memcmp(span->parent_span_id, span->span_id, 8) != 0);
	assert((span->status == SPAN_STATUS_ERROR) == (span->error_type.length > 0));
	for (size_t i = 0; i < span->attribute_count; i++)
		for (size_t j = 0; j < i; j++)
			assert(!slice_equal(span->attributes[i].key, span->attributes[j].key));
	span_free(span_clone(span));
}

/* A copy that is aligned, and ends where its allocation does. */
static void give(struct engine *engine, const uint8_t *data, size_t size)
{
	struct record_header *copy = malloc(size ? size : 1);

	if (!copy)
		return;
	memcpy(copy, data, size);
	if (engine_record(engine, copy, size) == 0) {
		if (copy->cpu & 1)
			engine_advance(engine, copy->time);
		if (copy->cpu & 2)
			engine_note_loss(engine, copy->time);
	}
	free(copy);
}

static void check_explanation(void *context, const struct explanation *explanation)
{
	(void)context;
	assert(explanation->reason > EXPLAIN_NOTHING && explanation->reason < EXPLAIN_COUNT);
	assert(explanation->text == explain_text(explanation->reason) && explanation->text[0]);
}

static const struct header_capture *capture_host(void)
{
	static struct header_capture capture;

	header_capture_add(&capture, HEADER_OF_REQUEST, SLICE_LITERAL("host"));
	header_capture_add(&capture, HEADER_OF_RESPONSE, SLICE_LITERAL("content-length"));
	return &capture;
}

static void check_instrumented(void *context, const struct instrumented_process *process)
{
	(void)context;
	assert(process->service.length > 0);
}

static void hostile(const uint8_t *data, size_t size)
{
	struct engine_options options = {
		.sink = { .accept = check },
		.seed = 1,
		.infer_routes = true,
		.request_timeout = size & 1 ? UINT64_C(1000000) : 0,
		.max_connections = 4,
		.max_memory = 16384,
		.include_telemetry = size & 2,
		.include_instrumented = size & 4,
		.instrumented = { .accept = check_instrumented },
		.explain = { .accept = check_explanation },
		.captured_headers = size & 8 ? capture_host() : NULL,
	};
	struct engine *engine = engine_new(&options);

	if (!engine)
		return;
	while (size >= sizeof(struct record_header)) {
		struct record_header header;
		size_t length = size;

		memcpy(&header, data, sizeof(header));
		if (header.size >= sizeof(header) && header.size < size)
			length = header.size;
		give(engine, data, length);
		data += length;
		size -= length;
	}
	give(engine, data, size);
	engine_finish(engine);
	engine_free(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[0] == TALK)
		engine_talk(data + 1, size - 1);
	else
		hostile(data, size);
	return 0;
}
