// SPDX-License-Identifier: Apache-2.0
/*
 * The reader. Input: an option byte (options below), two bytes that place a hole
 * (begin and length, in 256ths of the stream), and the stream. It is read whole,
 * byte by byte, in two parts and with the hole; what the reader says must agree.
 */
#include <stdlib.h>

#include "correlate/connection/prefix.h"
#include "correlate/protocol/http1/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * 'P' requests, 'Q' responses, 'R' and 'S' the same behind a PROXY prefix, 'U' answers to HEAD, 'Y' to CONNECT;
 * '0' what comes where a body of 40 bytes was refused, '4' one in chunks.
 */
enum option {
	OPTION_RESPONSE = 1,
	OPTION_PROXY = 2,
	OPTION_HEAD = 4,
	OPTION_CONNECT = 8,
	OPTION_NOT_REFUSED = 64,
};
enum { PREFIX = 3 };
#define BEGIN 1000 /* position of the input's first byte */

struct event {
	char kind;
	uint64_t position;
	uint64_t value;
};

#define EVENTS_MAX 4096 /* later ones are not compared */

struct log {
	uint8_t options;
	bool is_lost;
	bool is_open; /* between begin and end */
	size_t count;
	struct event events[EVENTS_MAX];
};

static bool is_refused(uint8_t options)
{
	return !(options & (OPTION_NOT_REFUSED | OPTION_RESPONSE | OPTION_PROXY));
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void log_add(struct log *log, char kind, uint64_t position, uint64_t value)
{
	require(!log->is_lost);
	if (log->count < EVENTS_MAX)
		log->events[log->count++] = (struct event){ kind, position, value };
}

static void on_begin(void *context, uint64_t position)
{
	struct log *log = context;

	require(!log->is_open || is_refused(log->options));
	log->is_open = true;
	log_add(log, 'b', position, 0);
}

/* Reads all that it is shown, so that a stale view is seen by the sanitizer. */
static void on_head(void *context, const struct http_head *head, uint64_t position)
{
	struct log *log = context;
	uint64_t sum = head->defects + (head->message == HTTP_REQUEST ? head->method.length : (size_t)head->status);

	require(log->is_open);
	for (size_t i = 0; i < head->field_count; i++)
		for (size_t j = 0; j < head->fields[i].value.length; j++)
			sum = sum * 31 + (unsigned char)head->fields[i].value.data[j];
	log_add(log, 'h', position, sum);
}

static struct slice on_answered_method(void *context, const struct http_head *head)
{
	struct log *log = context;

	require(head->message == HTTP_RESPONSE && (head->status >= 200 || head->status == 101));
	if (log->options & OPTION_HEAD)
		return SLICE_LITERAL("HEAD");
	return log->options & OPTION_CONNECT ? SLICE_LITERAL("CONNECT") : SLICE_LITERAL("GET");
}

static void on_end(void *context, uint64_t position, uint64_t body_size)
{
	struct log *log = context;

	require(log->is_open);
	log->is_open = false;
	log_add(log, 'e', position, body_size);
}

static void on_tunnel(void *context, uint64_t position)
{
	struct log *log = context;

	require(!log->is_open);
	log_add(log, 't', position, 0);
}

static void on_lost(void *context, enum http1_reader_lost reason)
{
	struct log *log = context;

	log_add(log, 'l', 0, reason);
	log->is_lost = true;
}

static void on_refuted(void *context)
{
	struct log *log = context;

	require(log->is_open || log->count);
	log->is_open = true;
	log_add(log, 'r', 0, 0);
}

static const struct http1_reader_events events = { on_begin, on_head, on_answered_method, on_end,
						   on_tunnel, on_lost, on_refuted };

/* A request whose body was announced, and is refused now. */
static void refuse(struct http1_reader *reader, uint8_t options)
{
	struct slice head = options & OPTION_HEAD ?
				    SLICE_LITERAL("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") :
				    SLICE_LITERAL("POST / HTTP/1.1\r\nContent-Length: 40\r\n\r\n");

	http1_reader_bytes(reader, BEGIN - head.length, head);
	require(http1_reader_body_awaited(reader) && http1_reader_in_body(reader));
	http1_reader_refuse(reader, BEGIN);
	require(http1_reader_may_begin(reader) && !http1_reader_idle(reader));
}

/* The layer before the reader, as a connection has it. */
static struct prefix prefix;
static bool prefix_broken;
static struct log *told; /* of what is read now */

static void pass_bytes(void *context, unsigned int direction, uint64_t position, struct slice bytes)
{
	(void)direction;
	http1_reader_bytes(context, position, bytes);
}

static void pass_hole(void *context, unsigned int direction, uint64_t position, uint64_t length)
{
	(void)direction;
	http1_reader_hole(context, position, length);
}

static void break_off(void *context, unsigned int direction, enum loss loss)
{
	(void)context;
	(void)direction;
	events.lost(told, loss == LOSS_HEAD_TRUNCATED ? HTTP1_LOST_HEAD_TRUNCATED : HTTP1_LOST_HEAD_UNPARSABLE);
	require(loss == LOSS_HEAD_TRUNCATED || loss == LOSS_HEAD_UNPARSABLE);
	prefix_broken = true;
}

static const struct feed to_reader = { pass_bytes, pass_hole, break_off };

static void stack_bytes(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	if (prefix.open)
		prefix_bytes(&prefix, &to_reader, reader, 0, position, bytes);
	else if (!prefix_broken)
		http1_reader_bytes(reader, position, bytes);
}

static void stack_hole(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	if (prefix.open && length)
		prefix_hole(&prefix, &to_reader, reader, 0, position, length);
	else if (!prefix_broken)
		http1_reader_hole(reader, position, length);
}

static struct http1_reader *reader_begin(struct log *log, uint8_t options)
{
	struct http1_reader *reader;

	log->options = options;
	log->count = 0;
	log->is_lost = false;
	log->is_open = false;
	reader = http1_reader_new(options & OPTION_RESPONSE ? HTTP_RESPONSE : HTTP_REQUEST, &events, log);
	prefix = (struct prefix){ .open = options & OPTION_PROXY };
	prefix_broken = false;
	told = log;
	require(reader != NULL);
	if (is_refused(options))
		refuse(reader, options);
	return reader;
}

/*
 * A piece that nothing else touches: the sanitizer sees a read past its end, and
 * views kept too long. A single byte stands in the same place each time, since
 * an allocation for each would fill the sanitizer's quarantine.
 */
static void feed(struct http1_reader *reader, uint64_t position, struct slice piece)
{
	static char single;
	char *copy = &single;

	if (piece.length == 0)
		return;
	if (piece.length > 1)
		copy = malloc(piece.length);
	require(copy != NULL);
	memcpy(copy, piece.data, piece.length);
	stack_bytes(reader, BEGIN + position, slice_of(copy, piece.length));
	if (copy != &single)
		free(copy);
}

static void reader_finish(struct http1_reader *reader, const struct log *log, uint64_t position)
{
	require(!http1_reader_idle(reader) || !log->is_open || is_refused(log->options));
	require(!log->is_lost || http1_reader_is_lost(reader) || prefix_broken);
	require(http1_reader_memory(reader) < HTTP1_HEAD_MAX + 300);
	if (!log->is_open)
		require(http1_reader_memory(reader) < 300);
	http1_reader_close(reader, BEGIN + position);
	http1_reader_free(reader);
}

static void read_in_pieces(struct log *log, uint8_t options, struct slice input, size_t first, size_t later)
{
	struct http1_reader *reader = reader_begin(log, options);
	size_t from = 0;

	while (from < input.length) {
		struct slice piece = slice_head(slice_from(input, from), from == 0 ? first : later);

		feed(reader, from, piece);
		from += piece.length;
	}
	reader_finish(reader, log, input.length);
}

static void read_with_hole(struct log *log, uint8_t options, struct slice input, size_t from, size_t length)
{
	struct http1_reader *reader = reader_begin(log, options);
	bool harmless;

	feed(reader, 0, slice_head(input, from));
	harmless = http1_reader_can_skip(reader, length);
	stack_hole(reader, BEGIN + from, length);
	require(!harmless || !log->is_lost);
	feed(reader, from + length, slice_from(input, from + length));
	reader_finish(reader, log, input.length);
}

static bool event_equal(const struct event *a, const struct event *b)
{
	return a->kind == b->kind && a->position == b->position && a->value == b->value;
}

static void require_same(const struct log *log, const struct log *expected)
{
	require(log->count == expected->count);
	for (size_t i = 0; i < log->count; i++)
		require(event_equal(&log->events[i], &expected->events[i]));
}

/* With a hole the same is said up to a loss, and all of it without one: nothing is invented. */
static void require_proven(const struct log *log, const struct log *expected)
{
	size_t proven = log->is_lost && log->count > 0 ? log->count - 1 : log->count;

	require(log->is_lost || log->count == expected->count);
	require(proven <= expected->count);
	for (size_t i = 0; i < proven; i++)
		require(event_equal(&log->events[i], &expected->events[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct log whole, other;
	struct slice input;
	size_t from, length;

	if (size < PREFIX)
		return 0;
	input = slice_of(data + PREFIX, size - PREFIX);
	from = input.length * data[1] / 256;
	length = input.length * data[2] / 256;
	if (length > input.length - from)
		length = input.length - from;

	read_in_pieces(&whole, data[0], input, SIZE_MAX, SIZE_MAX);
	read_in_pieces(&other, data[0], input, 1, 1);
	require_same(&other, &whole);
	if (from > 0) {
		read_in_pieces(&other, data[0], input, from, SIZE_MAX);
		require_same(&other, &whole);
	}
	read_with_hole(&other, data[0], input, from, length);
	/* What is unseen decides, too, what was refused. */
	if (!is_refused(data[0]))
		require_proven(&other, &whole);
	return 0;
}
