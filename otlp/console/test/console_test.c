// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "otlp/console/console.h"
#include "otlp/console/trace_text.h"
#include "otlp/console/traces.h"
#include "otlp/encode/utf8.h"
#include "otlp/test/sample.h"

static struct resource *shop, *stock;

static int setup(void **state)
{
	(void)state;
	shop = sample_resource("frontend", 1);
	stock = sample_resource("backend", 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(shop->references, 1);
	assert_int_equal(stock->references, 1);
	resource_unref(shop);
	resource_unref(stock);
	return 0;
}

static struct span server(struct resource *resource, uint8_t id, uint8_t parent, const char *path, int status,
			  uint64_t start, uint64_t duration)
{
	char name[64] = "GET ";
	static char names[16][64];
	struct span span;

	strcat(name, path);
	strcpy(names[id % 16], name);
	span = sample_span(resource, 1, id, parent, SPAN_KIND_SERVER, names[id % 16], start, duration);
	sample_string(&span, "url.path", path);
	sample_integer(&span, "http.response.status_code", status);
	sample_string(&span, "wirespan.link.evidence", "connection");
	if (status >= 500) {
		span.status = SPAN_STATUS_ERROR;
		span.error_type = SLICE_LITERAL("500");
	}
	return span;
}

static struct span client(struct resource *resource, uint8_t id, uint8_t parent, int status, uint64_t start,
			  uint64_t duration)
{
	struct span span = sample_span(resource, 1, id, parent, SPAN_KIND_CLIENT, "GET", start, duration);

	sample_string(&span, "server.address", "127.0.0.1");
	sample_integer(&span, "server.port", 5001);
	sample_string(&span, "wirespan.link.evidence", "thread");
	if (status)
		sample_integer(&span, "http.response.status_code", status);
	return span;
}

static struct writer writer;

static struct writer *writer_of(int fd)
{
	assert_int_equal(writer_init(&writer, fd), 0);
	return &writer;
}

static void assert_text(struct buffer *buffer, const char *expected)
{
	assert_int_equal(buffer_append(buffer, "", 1), 0);
	assert_string_equal(buffer->data, expected);
	buffer_done(buffer);
}

static void format_page(const struct span *spans, size_t count, struct text_page page, struct buffer *buffer)
{
	struct span *pointers[16];
	struct arena arena;

	arena_init(&arena);
	buffer_init(buffer, 1 << 20);
	for (size_t i = 0; i < count; i++)
		pointers[i] = (struct span *)&spans[i];
	assert_int_equal(trace_format(&arena, pointers, count, &page, buffer), 0);
	arena_done(&arena);
}

static void format(const struct span *spans, size_t count, bool color, struct buffer *buffer)
{
	format_page(spans, count, (struct text_page){ .color = color }, buffer);
}

static void test_tree(void **state)
{
	/* As they end: children first. */
	struct span spans[] = {
		server(stock, 3, 2, "/items", 200, 1500, 3200), client(shop, 2, 1, 200, 1200, 4000),
		server(stock, 5, 4, "/price", 500, 6100, 999), client(shop, 4, 1, 500, 6000, 1450),
		client(shop, 6, 1, 0, 8000, 2000000), server(shop, 1, 0, "/nested", 200, 0, 2010000),
	};
	struct buffer buffer;

	(void)state;
	spans[3].status = spans[4].status = SPAN_STATUS_ERROR;
	spans[3].error_type = SLICE_LITERAL("500");
	spans[4].error_type = SLICE_LITERAL("timeout");
	format(spans, 6, false, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  6 spans  2.01 s\n"
		"     0 ns  frontend              server  GET /nested           /nested               200        2.01 s\n"
		"  1.20 ms  ├─ frontend           client  GET                   127.0.0.1:5001        200       4.00 ms\n"
		"  1.50 ms  │  └─ backend         server  GET /items            /items                200       3.20 ms\n"
		"  6.00 ms  ├─ frontend           client  GET                   127.0.0.1:5001        500       1.45 ms\n"
		"  6.10 ms  │  └─ backend         server  GET /price            /price                500        999 µs\n"
		"  8.00 ms  └─ frontend           client  GET                   127.0.0.1:5001        timeout    2.00 s\n"
		"\n");
}

static void test_color(void **state)
{
	struct span span = server(shop, 1, 0, "/", 500, 0, 10);
	struct buffer buffer;

	(void)state;
	format(&span, 1, true, &buffer);
	assert_text(&buffer,
		"\x1b[1mtrace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  1 span  10.0 µs\x1b[0m\n"
		"     \x1b[2m0 ns\x1b[0m  \x1b[1mfrontend\x1b[0m              \x1b[36mserver\x1b[0m  GET /                 "
		"/                     \x1b[31m500\x1b[0m   10.0 µs\n"
		"\n");
}

static void test_notes(void **state)
{
	struct span spans[] = { server(shop, 1, 0xaa, "/a", 200, 0, 10), server(stock, 2, 0xbb, "/b", 200, 1, 10),
				server(stock, 3, 0, "/c", 200, 2, 10) };
	struct buffer buffer;

	(void)state;
	spans[0].attributes[2].string = SLICE_LITERAL("header");
	spans[2].attributes[2] = (struct attribute){
		SLICE_LITERAL("wirespan.link.missing"), ATTRIBUTE_STRING, { .string = SLICE_LITERAL("other_thread") }
	};
	format(spans, 3, false, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  3 spans  12.0 µs\n"
		"     0 ns  frontend              server  GET /a                /a                    200   10.0 µs"
		"  remote parent f0000000000000aa\n"
		"  1.00 µs  backend               server  GET /b                /b                    200   10.0 µs"
		"  parent f0000000000000bb not shown\n"
		"  2.00 µs  backend               server  GET /c                /c                    200   10.0 µs"
		"  no parent: other_thread\n"
		"\n");
}

static void test_hostile_text(void **state)
{
	struct span span = sample_span(shop, 1, 1, 0, SPAN_KIND_SERVER,
		"\x1b[31mred\xff and a name that goes on well past the columns that it is given", 0, 10);
	struct buffer buffer;

	(void)state;
	sample_string(&span, "url.path", "/日本\r\n");
	sample_integer(&span, "http.response.status_code", 200);
	span.error_type = SLICE_LITERAL("connection_reset");
	format(&span, 1, false, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  1 span  10.0 µs\n"
		"     0 ns  frontend              server  �[31mred� and a name tha…olumns that it is given"
		"  /日本��               200 connection_reset   10.0 µs\n"
		"\n");
}

/* Whom a client asks, and the peer where it is another. */
static void test_peer_of_another_name(void **state)
{
	static const struct {
		const char *address;
		int port;
		const char *peer;
		int peer_port;
		const char *shown;
	} clients[] = {
		{ "example.com", 80, "127.0.0.1", 3128, "  example.com:80 via 127.0.0.1:3128  " },
		{ "example.com", 80, "2001:db8::7", 3128, "  example.com:80 via [2001:db8::7]:3128  " },
		{ "192.0.2.1", 80, "127.0.0.1", 80, "  192.0.2.1:80 via 127.0.0.1:80  " },
		{ "2001:db8:0::1", 80, "2001:db8::2", 80, "  [2001:db8:0::1]:80 via [2001:db8::2]:80  " },
		/* A name's address, and the same address otherwise written, are no others. */
		{ "shop", 5001, "10.0.0.5", 5001, "  shop:5001      " },
		{ "2001:db8:0::1", 80, "2001:db8::1", 80, "  [2001:db8:0::1]:80  " },
		{ "127.0.0.1", 80, "127.0.0.1", 80, "  127.0.0.1:80    " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		struct span span = sample_span(shop, 1, 1, 0, SPAN_KIND_CLIENT, "GET", 0, 10);
		struct buffer buffer;

		sample_string(&span, "server.address", clients[i].address);
		sample_integer(&span, "server.port", clients[i].port);
		sample_string(&span, "network.peer.address", clients[i].peer);
		sample_integer(&span, "network.peer.port", clients[i].peer_port);
		format(&span, 1, false, &buffer);
		assert_int_equal(buffer_append(&buffer, "", 1), 0);
		if (!strstr(buffer.data, clients[i].shown))
			fail_msg("%s in %s", clients[i].shown, buffer.data);
		buffer_done(&buffer);
	}
}

/* What a database is called, where it is and which part of it is meant, at both ends; its error once. */
static void test_database(void **state)
{
	struct span spans[] = {
		sample_redis(stock, 3, 2, SPAN_KIND_SERVER, "GET", NULL),
		sample_redis(shop, 2, 1, SPAN_KIND_CLIENT, "GET", NULL),
		sample_redis(shop, 4, 1, SPAN_KIND_CLIENT, "INCR", "WRONGTYPE"),
		server(shop, 1, 0, "/cart", 200, 0, 3000),
	};
	struct buffer buffer;

	(void)state;
	spans[0].name = spans[1].name = SLICE_LITERAL("GET 127.0.0.1:6379");
	spans[2].name = SLICE_LITERAL("INCR 127.0.0.1:6379");
	format(spans, 4, false, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  4 spans  3.00 ms\n"
		"     0 ns  frontend              server  GET /cart             /cart                   200         3.00 ms\n"
		"     0 ns  ├─ frontend           client  GET 127.0.0.1:6379    redis 127.0.0.1:6379/0              1.00 ms\n"
		"     0 ns  │  └─ backend         server  GET 127.0.0.1:6379    redis 127.0.0.1:6379/0              1.00 ms\n"
		"     0 ns  └─ frontend           client  INCR 127.0.0.1:6379   redis 127.0.0.1:6379/0  WRONGTYPE   1.00 ms\n"
		"\n");
}

/* What is known of a database, which may be little. */
static void test_databases_known_in_part(void **state)
{
	static const struct {
		const char *address;
		int port;
		const char *namespace, *code, *shown;
	} clients[] = {
		{ "db.example.com", 0, "shop|public", NULL, "  postgresql db.example.com/shop|public  " },
		{ "::1", 5433, "shop|public", NULL, "  postgresql [::1]:5433/shop|public  " },
		{ "10.0.0.5", 5433, NULL, NULL, "  postgresql 10.0.0.5:5433  " },
		{ NULL, 0, "shop|public", NULL, "  postgresql shop|public  " },
		{ NULL, 0, NULL, NULL, "  postgresql            " },
		{ NULL, 0, NULL, "\x1b[2J", "  postgresql            �[2J  " },
		/* That an answer has a code does not make it an error. */
		{ NULL, 0, NULL, "01000", "  postgresql            01000  " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		struct span span = sample_span(shop, 1, 1, 0, SPAN_KIND_CLIENT, "SELECT orders", 0, 10);
		struct buffer buffer;

		sample_string(&span, "db.system.name", "postgresql");
		if (clients[i].address)
			sample_string(&span, "server.address", clients[i].address);
		if (clients[i].port)
			sample_integer(&span, "server.port", clients[i].port);
		if (clients[i].namespace)
			sample_string(&span, "db.namespace", clients[i].namespace);
		if (clients[i].code)
			sample_string(&span, "db.response.status_code", clients[i].code);
		format(&span, 1, false, &buffer);
		assert_int_equal(buffer_append(&buffer, "", 1), 0);
		if (!strstr(buffer.data, clients[i].shown))
			fail_msg("%s in %s", clients[i].shown, buffer.data);
		buffer_done(&buffer);
	}
}

/* Few columns, but many bytes: nothing is cut inside a character. */
static void test_many_combining_marks(void **state)
{
	struct span span = client(shop, 1, 0, 200, 0, 10);
	char address[256] = "ab", shown[300];
	struct buffer buffer;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(address, "\xcc\x81");
	sample_string(&span, "server.address", address);
	span.attributes[0] = span.attributes[span.attribute_count - 1];
	format(&span, 1, false, &buffer);
	snprintf(shown, sizeof(shown), "  %s:5001  ", address);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_non_null(strstr(buffer.data, shown));
	assert_true(utf8_clean(slice_of_string(buffer.data)));
	buffer_done(&buffer);
}

/* Each the parent of the other: nothing is lost and nothing runs in circles. */
static void test_circle(void **state)
{
	struct span spans[] = { server(shop, 1, 2, "/a", 200, 0, 10), server(stock, 2, 1, "/b", 200, 1, 8),
				server(stock, 3, 3, "/c", 200, 2, 8) };
	struct buffer buffer;

	(void)state;
	format(spans, 3, false, &buffer);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_non_null(strstr(buffer.data, "GET /a"));
	assert_non_null(strstr(buffer.data, "GET /b"));
	assert_non_null(strstr(buffer.data, "GET /c"));
	buffer_done(&buffer);
}

/* Longer than is shown: every span keeps its line. */
static void test_deep(void **state)
{
	struct span *spans[200];
	struct buffer buffer;
	struct arena arena;
	size_t lines = 0;

	(void)state;
	arena_init(&arena);
	buffer_init(&buffer, 1 << 20);
	for (uint8_t i = 0; i < 200; i++) {
		struct span span = sample_span(shop, 1, (uint8_t)(i + 1), i, SPAN_KIND_SERVER, "GET", i, 500);

		spans[i] = span_clone(&span);
	}
	assert_int_equal(trace_format(&arena, spans, 200, &(struct text_page){ 0 }, &buffer), 0);
	for (size_t i = 0; i < buffer.length; i++)
		lines += buffer.data[i] == '\n';
	assert_int_equal(lines, 202);
	for (size_t i = 0; i < 200; i++)
		span_free(spans[i]);
	arena_done(&arena);
	buffer_done(&buffer);
}

/* Every line of the text takes at most so many columns. */
static void assert_fits(const struct buffer *buffer, size_t columns)
{
	struct slice rest = buffer_slice(buffer);

	while (rest.length) {
		size_t length = slice_find(rest, '\n');

		if (utf8_columns(slice_head(rest, length)) > columns)
			fail_msg("too long: %.*s", (int)length, rest.data);
		rest = slice_from(rest, length + 1);
	}
}

/* A span is one line, whatever it is called; what is short stays whole, and the numbers always do. */
static void test_narrow_page(void **state)
{
	struct resource *long_name = sample_resource("recommendations-of-the-day", 3);
	struct span spans[] = {
		server(shop, 1, 0, "/api/v1/customers/4711/recommendations", 200, 0, 7130),
		client(shop, 2, 1, 200, 1200, 3020),
		server(long_name, 3, 2, "/recommendations/日本日本日本日本日本/for/4711", 503, 1500, 2000),
		server(stock, 4, 0xcc, "/items", 200, 3000, 100),
	};
	struct buffer buffer;

	(void)state;
	spans[2].error_type = SLICE_LITERAL("connection_reset");
	format_page(spans, 3, (struct text_page){ .columns = 80 }, &buffer);
	assert_fits(&buffer, 80);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  10:54:01.123Z  3 spans  7.13 ms\n"
		"   0 ns  frontend      server  GET …ons  /api…ons  200                   7.13 ms\n"
		"1.20 ms  └─ frontend   client  GET       127.…001  200                   3.02 ms\n"
		"1.50 ms     └─ rec…ay  server  GET …711  /rec…711  503 connection_reset  2.00 ms\n"
		"\n");
	format_page(spans, 4, (struct text_page){ .columns = 80 }, &buffer);
	assert_fits(&buffer, 80);
	buffer_done(&buffer);
	/* Where nothing else is long, a note has its room. */
	format_page(spans + 3, 1, (struct text_page){ .columns = 80 }, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.126Z  1 span  100 µs\n"
		"0 ns  backend  server  GET /items  /items  200  100 µs  parent f0000…c not shown\n"
		"\n");
	resource_unref(long_name);
}

/* Why a parent is missing stays whole: what else there is gives way. */
static void test_narrow_page_with_reason(void **state)
{
	struct span span = server(shop, 1, 0, "/api/v1/customers/4711/recommendations", 200, 0, 7130);
	struct buffer buffer;

	(void)state;
	span.attributes[2] = (struct attribute){
		SLICE_LITERAL("wirespan.link.missing"), ATTRIBUTE_STRING, { .string = SLICE_LITERAL("shared_threads") }
	};
	format_page(&span, 1, (struct text_page){ .columns = 80 }, &buffer);
	assert_text(&buffer,
		"trace 4b000000000000000000000000000001  10:54:01.123Z  1 span  7.13 ms\n"
		"0 ns  frontend  server  GET /a…tions  /api/v…tions  200  7.13 ms  shared_threads\n"
		"\n");
}

/* The innermost branches are shown, and the services beside them. */
static void test_deep_on_narrow_page(void **state)
{
	struct span spans[16];
	struct buffer buffer;

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		spans[i] = sample_span(i % 2 ? shop : stock, 1, (uint8_t)(i + 1), i, SPAN_KIND_SERVER, "GET /items", i,
				       500);
	format_page(spans, 16, (struct text_page){ .columns = 80 }, &buffer);
	assert_fits(&buffer, 80);
	assert_int_equal(buffer_append(&buffer, "", 1), 0);
	assert_non_null(strstr(buffer.data, "…  "));
	assert_non_null(strstr(buffer.data, "└─ frontend"));
	buffer_done(&buffer);
}

static void give(struct output *output, const struct span *span, uint64_t now)
{
	struct span *clone = span_clone(span);

	assert_int_equal(output_spans(output, &clone, 1, now), 0);
}

/* A parent that nobody wants to see is not waited for as one that was lost is. */
static void test_parents_that_were_left_out(void **state)
{
	struct span span = server(shop, 2, 1, "/a", 500, 0, 1000);
	uint64_t late = 2 * NSEC_PER_SEC + TRACES_PATIENCE_ORPHANS;

	(void)state;
	for (int orphans = 0; orphans < 2; orphans++) {
		int fd = sample_file();
		const struct console_options options = { .writer = writer_of(fd), .orphans = orphans };
		struct output *output;
		char *text;

		assert_int_equal(output_console_new(&options, &output), 0);
		give(output, &span, NSEC_PER_SEC);
		assert_int_equal(output_advance(output, 2 * NSEC_PER_SEC), 0);
		assert_int_equal(output_advance(output, late), 0);
		text = sample_file_text(fd);
		assert_int_equal(strncmp(text, "trace ", 6) == 0, orphans);
		free(text);
		output_free(output);
		writer_done(&writer);
		close(fd);
	}
}

static void test_output(void **state)
{
	static const struct counter losses[] = { { "stream_gap", 0 }, { "export_queue_full", 12 }, { "late", 3 } };
	struct span first = server(shop, 1, 0, "/a", 200, 0, 1000), second = server(shop, 1, 0, "/a", 500, 5000, 3000);
	struct counter counters[4];
	struct output *output;
	int fd = sample_file();
	char *text;

	(void)state;
	second.trace_id[15] = 2;
	assert_int_equal(output_console_new(&(struct console_options){ .writer = writer_of(fd) }, &output), 0);
	give(output, &first, NSEC_PER_SEC);
	assert_int_equal(output_advance(output, NSEC_PER_SEC + NSEC_PER_MSEC), 0);
	text = sample_file_text(fd);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(output_advance(output, 2 * NSEC_PER_SEC), 0);
	give(output, &second, 3 * NSEC_PER_SEC);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(output_finish(output, losses, 3), 0);
	text = sample_file_text(fd);
	assert_string_equal(text,
		"trace 4b000000000000000000000000000001  2026-11-21T10:54:01.123Z  1 span  1.00 ms\n"
		"     0 ns  frontend              server  GET /a                /a                    200   1.00 ms\n"
		"\n"
		"trace 4b000000000000000000000000000002  2026-11-21T10:54:01.128Z  1 span  3.00 ms\n"
		"     0 ns  frontend              server  GET /a                /a                    500   3.00 ms\n"
		"\n"
		"service   kind    endpoint  count  errors      p50      p95      p99      max\n"
		"frontend  server  GET /a        2       1  1.00 ms  3.00 ms  3.00 ms  3.00 ms\n"
		"\n"
		"losses:\n"
		"  export_queue_full  12\n"
		"  late               3\n");
	free(text);
	assert_int_equal(output_counters(output, counters, 4), 3);
	assert_string_equal(counters[0].name, "console_trace_cut");
	assert_int_equal(counters[0].value, 0);
	assert_int_equal(counters[1].value, 0);
	output_free(output);
	writer_done(&writer);
	close(fd);
}

/* Each interval's spans in a table of their own, all of them at the end; no traces. */
static void test_summary(void **state)
{
	struct span spans[] = { server(shop, 1, 0, "/a", 200, 0, 1000), server(shop, 2, 0, "/b", 500, 5000, 3000) };
	struct output *output;
	int fd = sample_file();
	char *text;

	(void)state;
	assert_int_equal(output_console_new(&(struct console_options){ .writer = writer_of(fd), .summary = true,
								       .sort = LATENCY_BY_ERRORS,
								       .interval = 10 * NSEC_PER_SEC }, &output), 0);
	assert_int_equal(output_advance(output, 100 * NSEC_PER_SEC), 0);
	give(output, &spans[0], 101 * NSEC_PER_SEC);
	assert_int_equal(output_advance(output, 109 * NSEC_PER_SEC), 0);
	text = sample_file_text(fd);
	assert_string_equal(text, "");
	free(text);
	/* Nothing in the second one. */
	assert_int_equal(output_advance(output, 110 * NSEC_PER_SEC), 0);
	assert_int_equal(output_advance(output, 121 * NSEC_PER_SEC), 0);
	give(output, &spans[1], 122 * NSEC_PER_SEC);
	assert_int_equal(output_advance(output, 130 * NSEC_PER_SEC), 0);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(output_finish(output, NULL, 0), 0);
	text = sample_file_text(fd);
	assert_string_equal(text,
		"2026-11-21T10:54:01.124Z to 2026-11-21T10:54:01.124Z  1 span\n"
		"service   kind    endpoint  count  errors      p50      p95      p99      max\n"
		"frontend  server  GET /a        1       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"\n"
		"2026-11-21T10:54:01.131Z to 2026-11-21T10:54:01.131Z  1 span\n"
		"service   kind    endpoint  count  errors      p50      p95      p99      max\n"
		"frontend  server  GET /b        1       1  3.00 ms  3.00 ms  3.00 ms  3.00 ms\n"
		"\n"
		"2026-11-21T10:54:01.124Z to 2026-11-21T10:54:01.131Z  2 spans\n"
		"service   kind    endpoint  count  errors      p50      p95      p99      max\n"
		"frontend  server  GET /b        1       1  3.00 ms  3.00 ms  3.00 ms  3.00 ms\n"
		"frontend  server  GET /a        1       0  1.00 ms  1.00 ms  1.00 ms  1.00 ms\n"
		"\n"
		"no losses\n");
	free(text);
	output_free(output);
	writer_done(&writer);
	close(fd);
}

static void test_no_spans_no_losses(void **state)
{
	struct output *output;
	int fd = sample_file();
	char *text;

	(void)state;
	assert_int_equal(output_console_new(&(struct console_options){ .writer = writer_of(fd) }, &output), 0);
	assert_int_equal(output_finish(output, NULL, 0), 0);
	text = sample_file_text(fd);
	assert_string_equal(text, "no losses\n");
	free(text);
	output_free(output);
	writer_done(&writer);
	close(fd);
}

static void test_write_fails(void **state)
{
	struct span span = server(shop, 1, 0, "/a", 200, 0, 1000);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct counter counters[2];
	struct output *output;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(output_console_new(&(struct console_options){ .writer = writer_of(fd) }, &output), 0);
	give(output, &span, 0);
	assert_int_equal(output_flush(output), -ENOSPC);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(output_counters(output, counters, 2), 2);
	assert_string_equal(counters[1].name, "console_write_failed");
	assert_int_equal(counters[1].value, 1);
	give(output, &span, 0);
	output_free(output);
	writer_done(&writer);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_color, setup, teardown),
		cmocka_unit_test_setup_teardown(test_notes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_of_another_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_database, setup, teardown),
		cmocka_unit_test_setup_teardown(test_databases_known_in_part, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_combining_marks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_circle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_narrow_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_narrow_page_with_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deep_on_narrow_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parents_that_were_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_output, setup, teardown),
		cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_spans_no_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write_fails, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
