// SPDX-License-Identifier: Apache-2.0
/* What a head costs, parsed alone and read from a stream in slices of several sizes. */
#include <stdio.h>

#include "base/bench/harness.h"
#include "correlate/protocol/http1/reader.h"

struct sample {
	const char *name;
	enum http_message message;
	const char *text;
};

static const struct sample samples[] = {
	{ "curl_request", HTTP_REQUEST,
	  "GET /users/42 HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n" },
	{ "browser_request", HTTP_REQUEST,
	  "GET /shop/cart?item=1742&color=blue HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive\r\n"
	  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126 Safari/537\r\n"
	  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
	  "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\nReferer: http://shop.example/\r\n"
	  "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n" },
	{ "nginx_response", HTTP_RESPONSE,
	  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
	  "Content-Type: text/html\r\n"
	  "Content-Length: 0\r\nLast-Modified: Sat, 21 Nov 2026 09:00:00 GMT\r\nConnection: keep-alive\r\n"
	  "ETag: \"6560a1b2-267\"\r\nAccept-Ranges: bytes\r\n\r\n" },
};

struct piece {
	const char *name;
	size_t size;
};

static const struct piece pieces[] = { { "whole", SIZE_MAX / 2 }, { "by_64", 64 }, { "by_1", 1 } };

static void parse_step(void *context)
{
	const struct sample *sample = context;
	struct slice input = slice_of_string(sample->text);
	struct http_head head;

	bench_require(http1_parse_head(sample->message, input, 0, &head) == (ssize_t)input.length, sample->name);
	bench_keep(&head);
}

/* A stream of one sample's heads. */
struct stream {
	struct http1_reader *reader;
	struct slice text;
	size_t piece, ended;
	uint64_t position;
};

static void on_begin(void *context, uint64_t position)
{
	(void)context;
	(void)position;
}

static void on_head(void *context, const struct http_head *head, uint64_t position)
{
	(void)context;
	(void)position;
	bench_keep(head);
}

static struct slice on_answered_method(void *context, const struct http_head *head)
{
	(void)context;
	(void)head;
	return slice_of(NULL, 0);
}

static void on_end(void *context, uint64_t position, uint64_t body_size)
{
	struct stream *stream = context;

	(void)position;
	(void)body_size;
	stream->ended++;
}

static void on_lost(void *context, enum http1_reader_lost reason)
{
	(void)context;
	(void)reason;
	bench_require(false, "http1_reader");
}

static void on_refuted(void *context)
{
	(void)context;
}

static const struct http1_reader_events events = { on_begin, on_head, on_answered_method, on_end,
						   on_begin, on_lost, on_refuted };

static void read_step(void *context)
{
	struct stream *stream = context;
	size_t ended = stream->ended;

	for (size_t from = 0; from < stream->text.length; from += stream->piece) {
		struct slice bytes = slice_head(slice_from(stream->text, from), stream->piece);

		http1_reader_bytes(stream->reader, stream->position, bytes);
		stream->position += bytes.length;
	}
	bench_require(stream->ended == ended + 1, "http1_reader");
}

static void bench_sample(const struct bench_options *options, const struct sample *sample)
{
	struct stream stream = { .text = slice_of_string(sample->text) };
	char name[64];
	struct bench_case bench_case = { name, parse_step, (void *)sample, 1, stream.text.length };

	snprintf(name, sizeof(name), "http1/parse/%s", sample->name);
	bench_run(options, &bench_case);
	stream.reader = http1_reader_new(sample->message, &events, &stream);
	bench_require(stream.reader, "http1_reader_new");
	bench_case.step = read_step;
	bench_case.context = &stream;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		stream.piece = pieces[i].size;
		snprintf(name, sizeof(name), "http1/read_%s/%s", pieces[i].name, sample->name);
		bench_run(options, &bench_case);
	}
	http1_reader_free(stream.reader);
}

int main(int argc, char **argv)
{
	struct bench_options options;
	int index = bench_options_parse(argc, argv, "", &options);

	if (index != argc)
		return index == argc + 1 ? 0 : 2;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		bench_sample(&options, &samples[i]);
	return 0;
}
