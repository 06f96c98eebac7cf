// SPDX-License-Identifier: Apache-2.0
/*
 * The reader. Input: an option byte (odd: replies), two bytes that place a hole
 * (begin and length, in 256ths of the stream), and the stream. It is read whole,
 * byte by byte, in two parts and with the hole; what the reader says must agree.
 */
#include <stdlib.h>

#include "correlate/protocol/redis/resp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIX = 3 };
#define BEGIN 1000 /* position of the input's first byte */

struct event {
	char kind;
	uint64_t value;
};

#define EVENTS_MAX 4096 /* later ones are not compared */

struct log {
	bool is_lost, is_open;
	bool short_text; /* a hole hid part of a text that is told */
	size_t count;
	struct event events[EVENTS_MAX];
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void log_add(struct log *log, char kind, uint64_t value)
{
	require(!log->is_lost);
	if (log->count < EVENTS_MAX)
		log->events[log->count++] = (struct event){ kind, value };
}

static void on_begin(void *context, uint64_t position)
{
	struct log *log = context;

	require(!log->is_open);
	log->is_open = true;
	log_add(log, 'b', position);
}

/* Reads all that it is shown, so that a stale view is seen by the sanitizer. */
static void on_item(void *context, const struct resp_item *item)
{
	struct log *log = context;
	uint64_t sum = (unsigned char)item->type + 31 * item->length + 961 * (uint64_t)item->number + item->index;
	uint64_t known = item->length < RESP_TEXT_MAX ? item->length : RESP_TEXT_MAX;

	require(log->is_open && item->depth <= 1 && item->text.length <= known);
	if (item->type == '$' || item->type == '=' || item->type == '!')
		log->short_text = log->short_text || item->text.length < known;
	for (size_t i = 0; i < item->text.length; i++)
		sum = sum * 31 + (unsigned char)item->text.data[i];
	log_add(log, 'i', sum);
}

static void on_end(void *context, uint64_t position)
{
	struct log *log = context;

	require(log->is_open);
	log->is_open = false;
	log_add(log, 'e', position);
}

static void on_lost(void *context, enum resp_lost reason)
{
	struct log *log = context;

	log_add(log, 'l', reason);
	log->is_lost = true;
}

static const struct resp_events events = { on_begin, on_item, on_end, on_lost };

static void reader_begin(struct resp_reader *reader, struct log *log, uint8_t option)
{
	log->count = 0;
	log->is_lost = log->is_open = log->short_text = false;
	resp_reader_init(reader, option & 1 ? RESP_REPLIES : RESP_COMMANDS, &events, log);
}

/* A piece that nothing else touches; a single byte stands in the same place each time. */
static void feed(struct resp_reader *reader, uint64_t position, struct slice piece)
{
	static char single;
	char *copy = &single;

	if (piece.length == 0)
		return;
	if (piece.length > 1)
		copy = malloc(piece.length);
	require(copy != NULL);
	memcpy(copy, piece.data, piece.length);
	resp_reader_bytes(reader, BEGIN + position, slice_of(copy, piece.length));
	if (copy != &single)
		free(copy);
}

static void reader_finish(const struct resp_reader *reader, const struct log *log)
{
	require(resp_reader_is_lost(reader) == log->is_lost);
	require(log->is_lost || resp_reader_idle(reader) == !log->is_open);
}

static void read_in_pieces(struct log *log, uint8_t option, struct slice input, size_t first, size_t later)
{
	struct resp_reader reader;
	size_t from = 0;

	reader_begin(&reader, log, option);
	while (from < input.length) {
		struct slice piece = slice_head(slice_from(input, from), from == 0 ? first : later);

		feed(&reader, from, piece);
		from += piece.length;
	}
	reader_finish(&reader, log);
}

static void read_with_hole(struct log *log, uint8_t option, struct slice input, size_t from, size_t length)
{
	struct resp_reader reader;
	bool harmless;

	reader_begin(&reader, log, option);
	feed(&reader, 0, slice_head(input, from));
	harmless = !length || resp_reader_can_skip(&reader, length) || resp_reader_is_lost(&reader);
	resp_reader_hole(&reader, length);
	require(harmless == !log->is_lost || resp_reader_is_lost(&reader));
	feed(&reader, from + length, slice_from(input, from + length));
	reader_finish(&reader, log);
}

static void require_same(const struct log *log, const struct log *expected, size_t count)
{
	require(count <= expected->count);
	for (size_t i = 0; i < count; i++)
		require(log->events[i].kind == expected->events[i].kind &&
			(log->events[i].value == expected->events[i].value || log->short_text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct log whole, other;
	struct slice input;
	size_t from, length, proven;

	if (size < PREFIX)
		return 0;
	input = slice_of(data + PREFIX, size - PREFIX);
	from = input.length * data[1] / 256;
	length = input.length * data[2] / 256;
	if (length > input.length - from)
		length = input.length - from;

	read_in_pieces(&whole, data[0], input, SIZE_MAX, SIZE_MAX);
	read_in_pieces(&other, data[0], input, 1, 1);
	require(other.count == whole.count);
	require_same(&other, &whole, whole.count);
	if (from > 0) {
		read_in_pieces(&other, data[0], input, from, SIZE_MAX);
		require(other.count == whole.count);
		require_same(&other, &whole, whole.count);
	}
	/*
	 * With a hole the same is said up to a loss, and all of it without one: nothing is invented. At a hole a text
	 * is told that would have become longer.
	 */
	read_with_hole(&other, data[0], input, from, length);
	proven = other.is_lost ? other.count - 1 : other.count;
	if (other.short_text && proven == whole.count + 1)
		proven--;
	require(other.is_lost || proven == whole.count);
	require_same(&other, &whole, proven);
	return 0;
}
