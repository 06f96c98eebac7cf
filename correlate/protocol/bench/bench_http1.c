// SPDX-License-Identifier: Apache-2.0
/* What a head costs, parsed alone and read from a stream in slices of several sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "correlate/protocol/http1_reader.h"

#define ROUNDS 2000000

struct sample {
	const char *name;
	enum http1_message message;
	const char *text;
};

static const struct sample samples[] = {
	{ "curl request", HTTP1_REQUEST,
	  "GET /users/42 HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n" },
	{ "browser request", HTTP1_REQUEST,
	  "GET /shop/cart?item=1742&color=blue HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive\r\n"
	  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126 Safari/537\r\n"
	  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
	  "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\nReferer: http://shop.example/\r\n"
	  "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n" },
	{ "nginx response", HTTP1_RESPONSE,
	  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
	  "Content-Type: text/html\r\n"
	  "Content-Length: 0\r\nLast-Modified: Sat, 21 Nov 2026 09:00:00 GMT\r\nConnection: keep-alive\r\n"
	  "ETag: \"6560a1b2-267\"\r\nAccept-Ranges: bytes\r\n\r\n" },
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const struct sample *sample, const char *how, double seconds, size_t heads)
{
	double bytes = (double)strlen(sample->text) * (double)heads;

	printf("%-16s %4zu bytes  %-22s %8.1f ns per head %9.1f MB/s\n", sample->name, strlen(sample->text), how,
	       seconds * 1e9 / (double)heads, bytes / seconds / 1e6);
}

static void bench_parse(const struct sample *sample)
{
	struct slice input = slice_of_string(sample->text);
	struct http1_head head;
	double begin = seconds_now();

	for (size_t i = 0; i < ROUNDS; i++) {
		if (http1_parse_head(sample->message, input, 0, &head) != (ssize_t)input.length)
			abort();
		__asm__ volatile("" : : "r"(&head) : "memory");
	}
	report(sample, "parsed", seconds_now() - begin, ROUNDS);
}

static void on_begin(void *context, uint64_t position)
{
	(void)context;
	(void)position;
}

static void on_head(void *context, const struct http1_head *head, uint64_t position)
{
	(void)context;
	(void)head;
	(void)position;
}

static struct slice on_answered_method(void *context, const struct http1_head *head)
{
	(void)context;
	(void)head;
	return slice_of(NULL, 0);
}

static void on_end(void *context, uint64_t position, uint64_t body_size)
{
	(void)position;
	(void)body_size;
	++*(size_t *)context;
}

static void on_lost(void *context, enum http1_reader_lost reason)
{
	(void)context;
	(void)reason;
	abort();
}

static const struct http1_reader_events events = { on_begin, on_head, on_answered_method, on_end, on_begin, on_lost };

static void bench_read(const struct sample *sample, size_t piece)
{
	size_t length = strlen(sample->text), ended = 0, rounds = piece < length ? ROUNDS / 20 : ROUNDS;
	struct http1_reader *reader = http1_reader_new(sample->message, &events, &ended, false);
	uint64_t position = 0;
	double begin = seconds_now();
	char how[32];

	if (!reader)
		abort();
	for (size_t i = 0; i < rounds; i++) {
		for (size_t from = 0; from < length; from += piece) {
			struct slice bytes = slice_head(slice_of(sample->text + from, length - from), piece);

			http1_reader_bytes(reader, position, bytes);
			position += bytes.length;
		}
	}
	if (ended != rounds)
		abort();
	snprintf(how, sizeof(how), piece < length ? "read by %zu" : "read whole", piece);
	report(sample, how, seconds_now() - begin, rounds);
	http1_reader_free(reader);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		bench_parse(&samples[i]);
		bench_read(&samples[i], SIZE_MAX / 2);
		bench_read(&samples[i], 64);
		bench_read(&samples[i], 1);
	}
	return 0;
}
