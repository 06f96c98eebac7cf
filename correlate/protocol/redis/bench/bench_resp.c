// SPDX-License-Identifier: Apache-2.0
/* What commands and replies cost to read, whole and in slices of several sizes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/bench/harness.h"
#include "correlate/protocol/redis/resp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GET "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000012345\r\n"
#define FOUR(text) text text text text

struct sample {
	const char *name;
	enum resp_side side;
	const char *text;
	size_t values;
};

static const struct sample samples[] = {
	{ "get", RESP_COMMANDS, GET, 1 },
	{ "16_gets", RESP_COMMANDS, FOUR(FOUR(GET)), 16 },
	{ "inline", RESP_COMMANDS, "SET key:000000012345 \"some value\"\r\n", 1 },
	{ "ok", RESP_REPLIES, "+OK\r\n", 1 },
	{ "bulk", RESP_REPLIES, "$16\r\n0123456789abcdef\r\n", 1 },
	{ "range", RESP_REPLIES, "*16\r\n" FOUR(FOUR("$8\r\nelement1\r\n")), 1 },
};

static const struct {
	const char *name;
	size_t size;
} pieces[] = { { "whole", SIZE_MAX / 2 }, { "by_16", 16 }, { "by_1", 1 } };

struct stream {
	struct resp_reader reader;
	struct slice text;
	size_t piece, values, ended;
	uint64_t position;
};

static void on_begin(void *context, uint64_t position)
{
	(void)context;
	(void)position;
}

static void on_item(void *context, const struct resp_item *item)
{
	(void)context;
	bench_keep(item);
}

static void on_end(void *context, uint64_t position)
{
	struct stream *stream = context;

	(void)position;
	stream->ended++;
}

static void on_lost(void *context, enum resp_lost reason)
{
	(void)context;
	(void)reason;
	bench_require(false, "resp_reader");
}

static const struct resp_events events = { on_begin, on_item, on_end, on_lost };

static void read_step(void *context)
{
	struct stream *stream = context;
	size_t ended = stream->ended;

	for (size_t from = 0; from < stream->text.length; from += stream->piece) {
		struct slice bytes = slice_head(slice_from(stream->text, from), stream->piece);

		resp_reader_bytes(&stream->reader, stream->position, bytes);
		stream->position += bytes.length;
	}
	bench_require(stream->ended == ended + stream->values, "resp_reader");
}

static void bench_sample(const struct bench_options *options, const struct sample *sample)
{
	struct stream stream = { .text = slice_of_string(sample->text), .values = sample->values };

	resp_reader_init(&stream.reader, sample->side, &events, &stream);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		char name[64];
		struct bench_case bench_case = { name, read_step, &stream, 1, stream.text.length };

		stream.piece = pieces[i].size;
		snprintf(name, sizeof(name), "redis/read_%s/%s", pieces[i].name, sample->name);
		bench_run(options, &bench_case);
	}
}

/* A value of a megabyte, of which the kernel copies what stands around it. */
static void large_step(void *context)
{
	static const struct slice head = SLICE_LITERAL("$1048576\r\n0123456789abcdef0123456789abcdef"
						       "0123456789abcdef0123456789abcdef");
	struct stream *stream = context;
	size_t ended = stream->ended;

	resp_reader_bytes(&stream->reader, 0, head);
	resp_reader_hole(&stream->reader, (1 << 20) - RESP_TEXT_MAX);
	resp_reader_bytes(&stream->reader, 0, SLICE_LITERAL("\r\n"));
	bench_require(stream->ended == ended + 1, "resp_reader");
}

int main(int argc, char **argv)
{
	struct bench_options options;
	int index = bench_options_parse(argc, argv, "", &options);
	struct stream stream = { 0 };
	struct bench_case large = { "redis/read_large", large_step, &stream, 1, 1 << 20 };

	if (index != argc)
		return index == argc + 1 ? 0 : 2;
	for (size_t i = 0; i < COUNT(samples); i++)
		bench_sample(&options, &samples[i]);
	resp_reader_init(&stream.reader, RESP_REPLIES, &events, &stream);
	bench_run(&options, &large);
	return 0;
}
