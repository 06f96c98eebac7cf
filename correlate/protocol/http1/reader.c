// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/reader.h"

#include <stdlib.h>

#include "correlate/protocol/http1/chunk.h"

/* A head in pieces is gathered by this much, so that a body behind its last piece is hardly copied. */
#define GATHER_STEP 1024
/* As many bytes without a line's end begin no request. */
#define REFUSED_MAX 16384
#define REFUSED_JUDGED 128 /* a method and what follows it have long shown by then */

enum state {
	STATE_BETWEEN,
	STATE_HEAD,
	STATE_LENGTH,
	STATE_CHUNKED,
	STATE_CLOSE,
	STATE_REFUSED, /* a body is announced and may not come: what begins like a request is one */
	STATE_IGNORE, /* lost, or a tunnel */
};

struct http1_reader {
	const struct http1_reader_events *events;
	void *context;
	struct buffer gathered; /* a head that came in pieces, or what may begin one, up to now; empty else */
	union {
		struct http1_chunk chunk;
		uint64_t left;
	};
	uint64_t body_size; /* but for chunks, which count themselves */
	uint64_t doubt;     /* where the refused body would end that this may be; 0: no doubt */
	enum http_message message;
	uint8_t state;
	uint8_t announced; /* refused: the state that the body would be read in */
	bool empty_lines; /* were skipped before this message */
};

static void reader_state_set(struct http1_reader *reader, enum state state)
{
	buffer_done(&reader->gathered);
	reader->state = (uint8_t)state;
	reader->empty_lines = false;
	reader->body_size = 0;
}

static void reader_lose(struct http1_reader *reader, enum http1_reader_lost reason)
{
	reader->doubt = 0;
	reader_state_set(reader, STATE_IGNORE);
	reader->events->lost(reader->context, reason);
}

static void reader_end(struct http1_reader *reader, uint64_t position, uint64_t body_size)
{
	reader_state_set(reader, STATE_BETWEEN);
	reader->events->end(reader->context, position, body_size);
}

static void reader_body_begin(struct http1_reader *reader, struct http1_framing framing, uint64_t position)
{
	static const enum state states[] = {
		[HTTP1_BODY_LENGTH] = STATE_LENGTH,
		[HTTP1_BODY_CHUNKED] = STATE_CHUNKED,
		[HTTP1_BODY_CLOSE] = STATE_CLOSE,
	};

	if (framing.body == HTTP1_BODY_NONE || framing.body == HTTP1_BODY_TUNNEL) {
		reader_end(reader, position, 0);
		if (framing.body == HTTP1_BODY_NONE)
			return;
		reader_state_set(reader, STATE_IGNORE);
		reader->events->tunnel(reader->context, position);
		return;
	}
	reader_state_set(reader, states[framing.body]);
	if (framing.body == HTTP1_BODY_CHUNKED)
		http1_chunk_init(&reader->chunk);
	else
		reader->left = framing.length;
}

static struct http1_framing reader_framing(struct http1_reader *reader, const struct http_head *head)
{
	struct slice method = { 0 };

	if (reader->message == HTTP_REQUEST)
		return http1_request_framing(head);
	if (head->status >= 200 || head->status == 101)
		method = reader->events->answered_method(reader->context, head);
	return http1_response_framing(head, method);
}

/* `position` is where the head ends. */
static void reader_head_done(struct http1_reader *reader, struct http_head *head, uint64_t position)
{
	struct http1_framing framing = reader_framing(reader, head);

	if (reader->empty_lines)
		head->defects |= HTTP_DEFECT_LEADING_CRLF;
	reader->events->head(reader->context, head, position);
	reader_body_begin(reader, framing, position);
}

/* What was taken for a message is the refused body, as far as that goes. `position`: what was read of it ends there. */
static void reader_refute(struct http1_reader *reader, uint64_t position)
{
	uint64_t end = reader->doubt;

	if (position > end) {
		reader_lose(reader, HTTP1_LOST_FRAMING);
		return;
	}
	reader->doubt = 0;
	reader->events->refuted(reader->context);
	reader_state_set(reader, position < end ? STATE_LENGTH : STATE_BETWEEN);
	reader->left = end - position;
}

/* Reading bytes in one state: each returns how many it has used up. */

static size_t between_read(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	size_t i = 0;

	while (i < bytes.length && (bytes.data[i] == '\r' || bytes.data[i] == '\n'))
		i++;
	if (i > 0)
		reader->empty_lines = true;
	if (i < bytes.length && reader->doubt) {
		reader_refute(reader, position + i);
	} else if (i < bytes.length) {
		reader->state = STATE_HEAD;
		reader->events->begin(reader->context, position + i);
	}
	return i;
}

/* Keeps a piece of a head that goes on. */
static bool head_gather(struct http1_reader *reader, struct slice piece)
{
	if (buffer_append(&reader->gathered, piece.data, piece.length) == 0)
		return true;
	reader_lose(reader, HTTP1_LOST_MEMORY);
	return false;
}

/* The head that began at `begin`, of which that much was seen, is the refused body and perhaps what follows it. */
static void head_refute(struct http1_reader *reader, uint64_t begin, struct slice head)
{
	struct buffer gathered = reader->gathered;
	uint64_t end = reader->doubt < begin + head.length ? reader->doubt : begin + head.length;

	buffer_init(&reader->gathered, HTTP1_HEAD_MAX);
	reader_refute(reader, end);
	http1_reader_bytes(reader, end, slice_from(head, end - begin));
	buffer_done(&gathered);
}

/* Whether a request begins in the head just where the refused body would have ended: then that is what came. */
static bool head_is_refuted(const struct http1_reader *reader, uint64_t begin, struct slice head)
{
	return reader->doubt > begin && reader->doubt - begin < head.length &&
	       http1_begins_request(slice_from(head, reader->doubt - begin));
}

static size_t head_read(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	size_t seen = reader->gathered.length;
	struct slice input = bytes;
	struct http_head head;
	ssize_t length;

	if (seen > 0) {
		bytes = slice_head(bytes, GATHER_STEP);
		bytes = slice_head(bytes, HTTP1_HEAD_MAX - seen);
		if (!head_gather(reader, bytes))
			return bytes.length;
		input = buffer_slice(&reader->gathered);
	}
	length = http1_parse_head(reader->message, input, seen, &head);
	if (length > 0 && head_is_refuted(reader, position - seen, slice_head(input, (size_t)length))) {
		head_refute(reader, position - seen, slice_head(input, (size_t)length));
		return (size_t)length - seen;
	}
	if (length > 0) {
		reader_head_done(reader, &head, position + (uint64_t)length - seen);
		return (size_t)length - seen;
	}
	if (length == HTTP1_ERROR && reader->doubt)
		head_refute(reader, position - seen, input);
	else if (length == HTTP1_ERROR)
		reader_lose(reader, HTTP1_LOST_HEAD_UNPARSABLE);
	else if (seen == 0)
		head_gather(reader, bytes);
	return bytes.length;
}

static size_t chunked_read(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	size_t consumed;
	enum http1_chunk_result result = http1_chunk_feed(&reader->chunk, bytes, &consumed);

	if (result == HTTP1_CHUNK_DONE)
		reader_end(reader, position + consumed, reader->chunk.body);
	else if (result == HTTP1_CHUNK_ERROR && reader->doubt)
		reader_refute(reader, position + consumed);
	else if (result == HTTP1_CHUNK_ERROR)
		reader_lose(reader, HTTP1_LOST_FRAMING);
	return consumed;
}

/* Whether what was gathered begins a request in full; *ret_decided: no more need come to tell. */
static bool refused_judge(struct slice bytes, bool *ret_decided)
{
	size_t method = slice_find(bytes, ' ');

	*ret_decided = true;
	if (http1_begins_request(bytes))
		return true;
	*ret_decided = slice_find(bytes, '\n') < bytes.length || bytes.length >= REFUSED_MAX ||
		       !http1_may_begin(HTTP_REQUEST, slice_head(bytes, REFUSED_JUDGED)) ||
		       (method < bytes.length && method < REFUSED_JUDGED && !http1_method_is_known(slice_head(bytes, method)));
	return false;
}

/* What was gathered, which ends at `position`, is read as what it is. */
static void refused_decide(struct http1_reader *reader, uint64_t position, bool request)
{
	struct buffer gathered = reader->gathered;

	position -= gathered.length;
	buffer_init(&reader->gathered, HTTP1_HEAD_MAX);
	if (request) {
		reader_state_set(reader, STATE_HEAD);
		reader->events->begin(reader->context, position);
	} else {
		reader->state = reader->announced;
		reader->doubt = 0;
	}
	http1_reader_bytes(reader, position, buffer_slice(&gathered));
	buffer_done(&gathered);
}

static size_t refused_read(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	size_t before = reader->gathered.length;
	bool decided, request;

	bytes = slice_head(bytes, REFUSED_MAX - before);
	if (!head_gather(reader, bytes))
		return bytes.length;
	/* In between nothing new can show: what comes byte by byte costs linear time. */
	if (before >= REFUSED_JUDGED && reader->gathered.length < REFUSED_MAX &&
	    slice_find(bytes, '\n') == bytes.length)
		return bytes.length;
	request = refused_judge(buffer_slice(&reader->gathered), &decided);
	if (decided)
		refused_decide(reader, position + bytes.length, request);
	return bytes.length;
}

/* Passing over bytes that are unknown, or that need no look: the return value as above. */

static uint64_t head_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	(void)position;
	reader_lose(reader, HTTP1_LOST_HEAD_TRUNCATED);
	return length;
}

static uint64_t length_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	if (length > reader->left)
		length = reader->left;
	reader->left -= length;
	reader->body_size += length;
	if (reader->left == 0)
		reader_end(reader, position + length, reader->body_size);
	return length;
}

static uint64_t chunked_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	(void)position;
	if (http1_chunk_can_skip(&reader->chunk, length))
		http1_chunk_skip(&reader->chunk, length);
	else
		reader_lose(reader, HTTP1_LOST_FRAMING);
	return length;
}

static uint64_t close_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	(void)position;
	reader->body_size += length;
	return length;
}

static uint64_t refused_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	(void)length;
	refused_decide(reader, position, false);
	return 0;
}

static uint64_t ignore_pass(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	(void)reader;
	(void)position;
	return length;
}

static const struct {
	size_t (*read)(struct http1_reader *reader, uint64_t position, struct slice bytes); /* NULL: passed over */
	uint64_t (*pass)(struct http1_reader *reader, uint64_t position, uint64_t length);
} steps[] = {
	[STATE_BETWEEN] = { between_read, head_pass },
	[STATE_HEAD] = { head_read, head_pass },
	[STATE_LENGTH] = { NULL, length_pass },
	[STATE_CHUNKED] = { chunked_read, chunked_pass },
	[STATE_CLOSE] = { NULL, close_pass },
	[STATE_REFUSED] = { refused_read, refused_pass },
	[STATE_IGNORE] = { NULL, ignore_pass },
};

struct http1_reader *http1_reader_new(enum http_message message, const struct http1_reader_events *events,
				      void *context)
{
	struct http1_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->events = events;
	reader->context = context;
	reader->message = message;
	buffer_init(&reader->gathered, HTTP1_HEAD_MAX);
	reader->state = STATE_BETWEEN;
	return reader;
}

void http1_reader_free(struct http1_reader *reader)
{
	if (!reader)
		return;
	buffer_done(&reader->gathered);
	free(reader);
}

void http1_reader_bytes(struct http1_reader *reader, uint64_t position, struct slice bytes)
{
	while (bytes.length > 0) {
		size_t consumed = steps[reader->state].read ?
				  steps[reader->state].read(reader, position, bytes) :
				  steps[reader->state].pass(reader, position, bytes.length);

		position += consumed;
		bytes = slice_from(bytes, consumed);
	}
}

void http1_reader_hole(struct http1_reader *reader, uint64_t position, uint64_t length)
{
	while (length > 0) {
		uint64_t passed = steps[reader->state].pass(reader, position, length);

		position += passed;
		length -= passed;
	}
}

void http1_reader_close(struct http1_reader *reader, uint64_t position)
{
	if (reader->state == STATE_CLOSE)
		reader_end(reader, position, reader->body_size);
}

void http1_reader_resync(struct http1_reader *reader)
{
	reader->doubt = 0;
	reader_state_set(reader, STATE_BETWEEN);
}

bool http1_reader_idle(const struct http1_reader *reader)
{
	return reader->state == STATE_BETWEEN;
}

bool http1_reader_may_begin(const struct http1_reader *reader)
{
	return http1_reader_idle(reader) || (reader->state == STATE_REFUSED && reader->gathered.length == 0);
}

bool http1_reader_in_body(const struct http1_reader *reader)
{
	return reader->state == STATE_LENGTH || reader->state == STATE_CHUNKED || reader->state == STATE_CLOSE;
}

bool http1_reader_body_awaited(const struct http1_reader *reader)
{
	if (reader->state == STATE_CHUNKED)
		return http1_chunk_untouched(&reader->chunk);
	return reader->state == STATE_LENGTH && reader->body_size == 0;
}

void http1_reader_refuse(struct http1_reader *reader, uint64_t position)
{
	/* No method is a chunk's size. */
	reader->doubt = reader->state == STATE_LENGTH ? position + reader->left : 0;
	reader->announced = reader->state;
	reader->state = STATE_REFUSED;
}

void http1_reader_unrefuse(struct http1_reader *reader)
{
	if (reader->state != STATE_REFUSED || reader->gathered.length)
		return;
	reader->state = reader->announced;
	reader->doubt = 0;
}

uint64_t http1_reader_doubt(const struct http1_reader *reader)
{
	return reader->doubt;
}

void http1_reader_settle(struct http1_reader *reader)
{
	reader->doubt = 0;
}

bool http1_reader_is_lost(const struct http1_reader *reader)
{
	return reader->state == STATE_IGNORE;
}

bool http1_reader_can_skip(const struct http1_reader *reader, uint64_t length)
{
	switch (reader->state) {
	case STATE_LENGTH:
		return length <= reader->left;
	case STATE_CHUNKED:
		return http1_chunk_can_skip(&reader->chunk, length);
	default:
		return reader->state == STATE_CLOSE;
	}
}

size_t http1_reader_memory(const struct http1_reader *reader)
{
	return sizeof(*reader) + reader->gathered.capacity;
}
