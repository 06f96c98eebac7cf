// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/chunk.h"

#include "base/ascii.h"

enum state {
	SIZE_BEGIN,
	SIZE,
	SIZE_SPACE, /* after the digits */
	EXTENSION,
	SIZE_CR,
	DATA,
	DATA_END,
	DATA_CR,
	TRAILER_BEGIN, /* at the begin of a line */
	TRAILER,
	TRAILER_CR,
	STATES,
	/* Outcomes of a step, no states: */
	SIZE_DONE,
	DONE,
	BAD,
};

enum byte_class { OTHER, HEX, CR, LF, SEMICOLON, SPACE, BYTE_CLASSES };

static const uint8_t classes[256] = {
	['0' ... '9'] = HEX, ['A' ... 'F'] = HEX, ['a' ... 'f'] = HEX,
	['\r'] = CR, ['\n'] = LF, [';'] = SEMICOLON, [' '] = SPACE, ['\t'] = SPACE,
};

/*
 * LF alone is taken for CR LF. An extension ends at its line's end whatever its
 * quotes say: a quoted string can't hold a line break.
 */
static const uint8_t steps[STATES][BYTE_CLASSES] = {
	/*                  OTHER      HEX        CR          LF             SEMICOLON  SPACE */
	[SIZE_BEGIN]    = { BAD,       SIZE,      BAD,        BAD,           BAD,       BAD },
	[SIZE]          = { BAD,       SIZE,      SIZE_CR,    SIZE_DONE,     EXTENSION, SIZE_SPACE },
	[SIZE_SPACE]    = { BAD,       BAD,       SIZE_CR,    SIZE_DONE,     EXTENSION, SIZE_SPACE },
	[EXTENSION]     = { EXTENSION, EXTENSION, EXTENSION,  SIZE_DONE,     EXTENSION, EXTENSION },
	[SIZE_CR]       = { BAD,       BAD,       BAD,        SIZE_DONE,     BAD,       BAD },
	[DATA_END]      = { BAD,       BAD,       DATA_CR,    SIZE_BEGIN,    BAD,       BAD },
	[DATA_CR]       = { BAD,       BAD,       BAD,        SIZE_BEGIN,    BAD,       BAD },
	[TRAILER_BEGIN] = { TRAILER,   TRAILER,   TRAILER_CR, DONE,          TRAILER,   TRAILER },
	[TRAILER]       = { TRAILER,   TRAILER,   TRAILER,    TRAILER_BEGIN, TRAILER,   TRAILER },
	[TRAILER_CR]    = { TRAILER,   TRAILER,   TRAILER,    DONE,          TRAILER,   TRAILER },
};

void http1_chunk_init(struct http1_chunk *chunk)
{
	*chunk = (struct http1_chunk){ .state = SIZE_BEGIN };
}

bool http1_chunk_untouched(const struct http1_chunk *chunk)
{
	return chunk->state == SIZE_BEGIN && !chunk->body && !chunk->length;
}

static bool too_long(const struct http1_chunk *chunk)
{
	return chunk->length > (chunk->state >= TRAILER_BEGIN ? HTTP1_CHUNK_TRAILER_MAX : HTTP1_CHUNK_LINE_MAX);
}

/* A byte that is no chunk data. */
static enum http1_chunk_result step(struct http1_chunk *chunk, char byte)
{
	uint8_t next = steps[chunk->state][classes[(unsigned char)byte]];

	chunk->length++;
	if (next == BAD || too_long(chunk))
		return HTTP1_CHUNK_ERROR;
	if (next == DONE)
		return HTTP1_CHUNK_DONE;
	if (next == SIZE) {
		if (chunk->left >> 60)
			return HTTP1_CHUNK_ERROR;
		chunk->left = chunk->left << 4 | (unsigned int)ascii_hex_value(byte);
	} else if (next == SIZE_DONE) {
		next = chunk->left > 0 ? DATA : TRAILER_BEGIN;
		chunk->length = 0;
	}
	chunk->state = next;
	return HTTP1_CHUNK_MORE;
}

enum http1_chunk_result http1_chunk_feed(struct http1_chunk *chunk, struct slice input, size_t *ret_consumed)
{
	size_t i = 0;
	enum http1_chunk_result result = HTTP1_CHUNK_MORE;

	while (i < input.length && result == HTTP1_CHUNK_MORE) {
		if (chunk->state == DATA) {
			size_t data = slice_head(slice_from(input, i), chunk->left).length;

			http1_chunk_skip(chunk, data);
			i += data;
		} else {
			result = step(chunk, input.data[i++]);
		}
	}
	*ret_consumed = i;
	return result;
}

bool http1_chunk_can_skip(const struct http1_chunk *chunk, uint64_t length)
{
	return chunk->state == DATA && length <= chunk->left;
}

void http1_chunk_skip(struct http1_chunk *chunk, uint64_t length)
{
	chunk->left -= length;
	chunk->body += length;
	if (chunk->left > 0)
		return;
	chunk->state = DATA_END;
	chunk->length = 0;
}
