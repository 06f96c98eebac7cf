// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/resp_value.h"

void resp_reader_init(struct resp_reader *reader, enum resp_side side, const struct resp_events *events, void *context)
{
	*reader = (struct resp_reader){ .events = events, .context = context, .side = side };
}

static void lose(struct resp_reader *reader, enum resp_lost reason)
{
	reader->state = RESP_LOST;
	reader->events->lost(reader->context, reason);
}

static void keep(struct resp_reader *reader, struct slice bytes)
{
	bytes = slice_head(bytes, RESP_TEXT_MAX - reader->kept_length);
	if (bytes.length)
		memcpy(reader->kept + reader->kept_length, bytes.data, bytes.length);
	reader->kept_length += (uint8_t)bytes.length;
}

/* `input` is not empty. What is consumed; 0: unparsable. */
static size_t read_line(struct resp_reader *reader, struct slice input, uint64_t position)
{
	size_t end = slice_find(input, '\r');
	struct slice part = slice_head(input, end);
	bool fresh = reader->length == 0;

	reader->length += part.length;
	if (reader->length > RESP_LINE_MAX)
		return 0;
	/* The common case: all of it is here. */
	if (fresh && end + 1 < input.length)
		return input.data[end + 1] == '\n' && resp_take_line(reader, part, position + end + 2) ? end + 2 : 0;
	keep(reader, part);
	if (end == input.length)
		return end;
	reader->state = RESP_LINE_LF;
	return end + 1;
}

static void take_argument(struct resp_reader *reader)
{
	reader->length = reader->inlined.length;
	reader->depth = 1;
	resp_tell(reader, redis_inline_argument(&reader->inlined), 0, false);
	reader->depth = 0;
	reader->index++;
}

static size_t read_inline(struct resp_reader *reader, struct slice input, uint64_t position)
{
	for (size_t i = 0; i < input.length; i++) {
		enum redis_inline_result result = redis_inline_step(&reader->inlined, input.data[i]);

		if (result == REDIS_INLINE_BAD || ++reader->line > RESP_LINE_MAX)
			return 0;
		if (result == REDIS_INLINE_ARGUMENT)
			take_argument(reader);
		if (input.data[i] == '\n') {
			reader->state = RESP_IDLE;
			reader->events->end(reader->context, position + i + 1);
			return i + 1;
		}
	}
	return input.length;
}

static size_t read_type(struct resp_reader *reader, char byte, uint64_t position)
{
	bool begins = reader->state == RESP_IDLE;

	if (reader->side == RESP_COMMANDS) {
		/* An empty line is no command. */
		if (begins && (byte == '\r' || byte == '\n'))
			return 1;
		if (!begins && byte != '$')
			return 0;
	} else if (!resp_is_type(byte)) {
		return 0;
	}
	reader->type = byte;
	reader->length = 0;
	reader->kept_length = 0;
	reader->state = RESP_LINE;
	if (begins)
		reader->events->begin(reader->context, position);
	if (reader->side != RESP_COMMANDS || !begins || byte == '*')
		return 1;
	reader->type = '$';
	reader->line = reader->index = 0;
	reader->inlined = (struct redis_inline){ 0 };
	reader->state = RESP_INLINE;
	return read_inline(reader, slice_of(&byte, 1), position);
}

static size_t read_bulk(struct resp_reader *reader, struct slice input)
{
	struct slice part = slice_head(input, reader->left);
	uint64_t known = reader->length < RESP_TEXT_MAX ? reader->length : RESP_TEXT_MAX;

	if (!reader->told) {
		bool whole = reader->kept_length == 0 && part.length >= known;

		if (!whole)
			keep(reader, part);
		if (whole || reader->kept_length == known) {
			reader->told = true;
			resp_tell(reader, whole ? part : slice_of(reader->kept, known), 0, false);
		}
	}
	reader->left -= part.length;
	if (!reader->left)
		reader->state = RESP_BULK_CR;
	return part.length;
}

/* Some of `input`, which is not empty. What is consumed; 0: unparsable. */
static size_t step(struct resp_reader *reader, struct slice input, uint64_t position)
{
	switch ((enum resp_state)reader->state) {
	case RESP_IDLE:
	case RESP_TYPE:
		return read_type(reader, input.data[0], position);
	case RESP_LINE:
		return read_line(reader, input, position);
	case RESP_LINE_LF:
		return input.data[0] == '\n' &&
		       resp_take_line(reader, slice_of(reader->kept, reader->kept_length), position + 1);
	case RESP_BULK:
		return read_bulk(reader, input);
	case RESP_BULK_CR:
		reader->state = RESP_BULK_LF;
		return input.data[0] == '\r';
	case RESP_BULK_LF:
		if (input.data[0] != '\n')
			return 0;
		resp_complete(reader, position + 1);
		return 1;
	case RESP_INLINE:
		return read_inline(reader, input, position);
	case RESP_LOST:
		break;
	}
	return input.length;
}

void resp_reader_bytes(struct resp_reader *reader, uint64_t position, struct slice bytes)
{
	while (bytes.length && reader->state != RESP_LOST) {
		size_t consumed = step(reader, bytes, position);

		if (!consumed) {
			lose(reader, RESP_LOST_UNPARSABLE);
			return;
		}
		bytes = slice_from(bytes, consumed);
		position += consumed;
	}
}

bool resp_reader_can_skip(const struct resp_reader *reader, uint64_t length)
{
	return reader->state == RESP_BULK && length <= reader->left;
}

void resp_reader_hole(struct resp_reader *reader, uint64_t length)
{
	if (!length || reader->state == RESP_LOST)
		return;
	if (!resp_reader_can_skip(reader, length)) {
		lose(reader, RESP_LOST_HOLE);
		return;
	}
	if (!reader->told) {
		reader->told = true;
		resp_tell(reader, slice_of(reader->kept, reader->kept_length), 0, false);
	}
	reader->left -= length;
	if (!reader->left)
		reader->state = RESP_BULK_CR;
}

void resp_reader_resync(struct resp_reader *reader)
{
	reader->state = RESP_IDLE;
	reader->depth = 0;
	reader->attributes = 0;
}

void resp_reader_stop(struct resp_reader *reader)
{
	reader->state = RESP_LOST;
}

bool resp_reader_idle(const struct resp_reader *reader)
{
	return reader->state == RESP_IDLE;
}

bool resp_reader_is_lost(const struct resp_reader *reader)
{
	return reader->state == RESP_LOST;
}
