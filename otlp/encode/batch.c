// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/batch.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/give_way.h"

/* zlib writes gzip's header and trailer for a window this large. */
#define GZIP_WINDOW (MAX_WBITS + 16)
#define GZIP_MEMORY 8
#define GZIP_PIECE 8192 /* bytes */
#define PIECE_TIME 12   /* µs, roughly */

struct batch *batch_allocate(size_t length)
{
	struct batch *batch = malloc(sizeof(*batch) + length);

	if (!batch)
		return NULL;
	*batch = (struct batch){ .room = length, .length = length };
	return batch;
}

static struct batch *copy(struct slice body)
{
	/* A little more: when it is used again, the body may be a little longer. */
	struct batch *batch = batch_allocate(body.length + body.length / 16);

	if (!batch)
		return NULL;
	batch->length = body.length;
	if (body.length)
		memcpy(batch->body, body.data, body.length);
	return batch;
}

/* All of it, in pieces: deflateBound holds for any calls of deflate that end with Z_FINISH. False on failure. */
static bool deflate_pieces(z_stream *stream, struct slice body)
{
	bool is_last;

	stream->next_in = (Bytef *)body.data;
	do {
		size_t left = body.length - stream->total_in;

		is_last = left <= GZIP_PIECE;
		stream->avail_in = (uInt)(is_last ? left : GZIP_PIECE);
		if (deflate(stream, is_last ? Z_FINISH : Z_NO_FLUSH) != (is_last ? Z_STREAM_END : Z_OK))
			return false;
		give_way(PIECE_TIME);
	} while (!is_last);
	return true;
}

static struct batch *deflate_into(z_stream *stream, struct slice body)
{
	struct batch *batch = batch_allocate(deflateBound(stream, body.length));
	struct batch *smaller;

	if (!batch)
		return NULL;
	stream->next_out = batch->body;
	stream->avail_out = (uInt)batch->length;
	if (!deflate_pieces(stream, body)) {
		free(batch);
		return NULL;
	}
	batch->length = stream->total_out;
	smaller = realloc(batch, sizeof(*batch) + batch->length);
	if (!smaller)
		return batch;
	smaller->room = smaller->length;
	return smaller;
}

/* Telemetry repeats itself: the fastest level already makes it a tenth. */
static struct batch *compress_copy(struct slice body)
{
	z_stream stream = { 0 };
	struct batch *batch;

	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	batch = deflate_into(&stream, body);
	deflateEnd(&stream);
	return batch;
}

struct batch *batch_new(enum otlp_signal signal, enum otlp_encoding encoding, bool gzip, uint32_t items,
			struct slice body)
{
	struct batch *batch = gzip ? compress_copy(body) : copy(body);

	if (!batch)
		return NULL;
	batch->signal = signal;
	batch->encoding = encoding;
	batch->gzip = gzip;
	batch->items = items;
	batch->plain_length = body.length;
	return batch;
}

bool batch_has_room(const struct batch *batch, struct slice body)
{
	return batch->room >= body.length && batch->room / 2 <= body.length;
}

void batch_reuse(struct batch *batch, enum otlp_signal signal, enum otlp_encoding encoding, uint32_t items,
		 struct slice body)
{
	batch_forget_spans(batch);
	*batch = (struct batch){
		.signal = signal,
		.encoding = encoding,
		.items = items,
		.plain_length = body.length,
		.room = batch->room,
		.length = body.length,
	};
	if (body.length)
		memcpy(batch->body, body.data, body.length);
}

void batch_keep_spans(struct batch *batch, struct span *const *spans)
{
	batch->spans = malloc(batch->items * sizeof(struct span *));
	for (uint32_t i = 0; i < batch->items; i++) {
		if (batch->spans) {
			batch->spans[i] = spans[i];
			batch->spans_size += spans[i]->clone_size;
		} else {
			span_free(spans[i]);
		}
	}
}

void batch_forget_spans(struct batch *batch)
{
	if (batch->spans)
		spans_free(batch->spans, batch->items);
	free(batch->spans);
	batch->spans = NULL;
	batch->spans_size = 0;
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	batch_forget_spans(batch);
	free(batch);
}
