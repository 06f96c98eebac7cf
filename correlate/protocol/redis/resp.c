// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/resp.h"

enum state {
	IDLE,
	TYPE, /* within a value */
	LINE,
	LINE_LF,
	BULK,
	BULK_CR,
	BULK_LF,
	INLINE,
	LOST,
};

enum kind { UNKNOWN, TEXT, NUMBER, BOOLEAN, NOTHING, STRING, AGGREGATE, PAIRS, ATTRIBUTE };

static const uint8_t kinds[256] = {
	['+'] = TEXT, ['-'] = TEXT, [','] = TEXT, ['('] = TEXT, [':'] = NUMBER, ['#'] = BOOLEAN, ['_'] = NOTHING,
	['$'] = STRING, ['!'] = STRING, ['='] = STRING, ['*'] = AGGREGATE, ['~'] = AGGREGATE, ['>'] = AGGREGATE,
	['%'] = PAIRS, ['|'] = ATTRIBUTE,
};

void resp_reader_init(struct resp_reader *reader, enum resp_side side, const struct resp_events *events, void *context)
{
	*reader = (struct resp_reader){ .events = events, .context = context, .side = side };
}

static void lose(struct resp_reader *reader, enum resp_lost reason)
{
	reader->state = LOST;
	reader->events->lost(reader->context, reason);
}

static bool is_told(const struct resp_reader *reader)
{
	if (reader->attributes || reader->depth > 1)
		return false;
	return reader->depth == 0 || reader->index < RESP_ITEMS_TOLD || reader->type == '-' || reader->type == '!';
}

static void tell(struct resp_reader *reader, struct slice text, int64_t number, bool null)
{
	struct resp_item item = {
		.type = reader->type,
		.null = null,
		.depth = reader->depth,
		.index = reader->depth ? reader->index : 0,
		.number = number,
		.text = slice_head(text, RESP_TEXT_MAX),
		.length = reader->length,
	};

	if (is_told(reader))
		reader->events->item(reader->context, &item);
}

/* An item has ended before `position`, and with it perhaps those that it is the last of. */
static void complete(struct resp_reader *reader, uint64_t position)
{
	reader->state = TYPE;
	while (reader->depth > 0) {
		unsigned int parent = reader->depth - 1u;

		if (reader->remaining[parent] > 1) {
			reader->remaining[parent]--;
			reader->index += reader->depth == 1;
			return;
		}
		reader->depth--;
		/* The value that an attribute belongs to follows. */
		if (reader->attributes & 1u << parent) {
			reader->attributes &= ~(1u << parent);
			return;
		}
	}
	reader->state = IDLE;
	reader->events->end(reader->context, position);
}

/* An optional sign and digits; false on anything else and on overflow. */
static bool to_number(struct slice text, int64_t *ret_number)
{
	bool negative = text.length && text.data[0] == '-';
	bool positive = text.length && text.data[0] == '+';
	uint64_t value;

	if (!slice_to_u64(slice_from(text, negative || positive), &value) || value > INT64_MAX)
		return false;
	*ret_number = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool open_aggregate(struct resp_reader *reader, enum kind kind, int64_t count, uint64_t position)
{
	bool null;

	/* Of commands, Redis takes any count that is not positive for none. */
	if (reader->side == RESP_COMMANDS && count < 0)
		count = 0;
	null = count == -1 && reader->type == '*';
	if ((count < 0 && !null) || count > INT64_MAX / 2)
		return false;
	if (kind != AGGREGATE)
		count *= 2;
	if (kind != ATTRIBUTE)
		tell(reader, slice_of(NULL, 0), null ? 0 : count, null);
	if (count <= 0) {
		if (kind == ATTRIBUTE)
			reader->state = TYPE;
		else
			complete(reader, position);
		return true;
	}
	if (reader->depth == RESP_DEPTH_MAX)
		return false;
	if (kind == ATTRIBUTE)
		reader->attributes |= 1u << reader->depth;
	else if (reader->depth == 0)
		reader->index = 0;
	reader->remaining[reader->depth++] = (uint64_t)count;
	reader->state = TYPE;
	return true;
}

static bool open_bulk(struct resp_reader *reader, int64_t length, uint64_t position)
{
	bool null = length == -1 && reader->type == '$' && reader->side == RESP_REPLIES;

	if ((length < 0 && !null) || length > (int64_t)RESP_BULK_MAX)
		return false;
	reader->length = null ? 0 : (uint64_t)length;
	if (null) {
		tell(reader, slice_of(NULL, 0), 0, true);
		complete(reader, position);
		return true;
	}
	reader->left = reader->length;
	reader->kept_length = 0;
	reader->told = !is_told(reader);
	reader->state = length ? BULK : BULK_CR;
	if (!length)
		tell(reader, slice_of(NULL, 0), 0, false);
	return true;
}

/* A header or a scalar whose line is whole. False: unparsable. */
static bool take_line(struct resp_reader *reader, struct slice text, uint64_t position)
{
	enum kind kind = kinds[(unsigned char)reader->type];
	int64_t number = 0;

	switch (kind) {
	case TEXT:
		tell(reader, text, 0, false);
		break;
	case NOTHING:
		if (reader->length)
			return false;
		tell(reader, slice_of(NULL, 0), 0, true);
		break;
	case BOOLEAN:
		if (reader->length != 1 || (text.data[0] != 't' && text.data[0] != 'f'))
			return false;
		tell(reader, slice_of(NULL, 0), text.data[0] == 't', false);
		break;
	default:
		if (reader->length > RESP_TEXT_MAX || !to_number(text, &number))
			return false;
		if (kind == STRING)
			return open_bulk(reader, number, position);
		if (kind != NUMBER)
			return open_aggregate(reader, kind, number, position);
		tell(reader, slice_of(NULL, 0), number, false);
	}
	complete(reader, position);
	return true;
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
		return input.data[end + 1] == '\n' && take_line(reader, part, position + end + 2) ? end + 2 : 0;
	keep(reader, part);
	if (end == input.length)
		return end;
	reader->state = LINE_LF;
	return end + 1;
}

static void take_argument(struct resp_reader *reader)
{
	reader->length = reader->inlined.length;
	reader->depth = 1;
	tell(reader, redis_inline_argument(&reader->inlined), 0, false);
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
			reader->state = IDLE;
			reader->events->end(reader->context, position + i + 1);
			return i + 1;
		}
	}
	return input.length;
}

static size_t read_type(struct resp_reader *reader, char byte, uint64_t position)
{
	bool begins = reader->state == IDLE;

	if (reader->side == RESP_COMMANDS) {
		/* An empty line is no command. */
		if (begins && (byte == '\r' || byte == '\n'))
			return 1;
		if (!begins && byte != '$')
			return 0;
	} else if (kinds[(unsigned char)byte] == UNKNOWN) {
		return 0;
	}
	reader->type = byte;
	reader->length = 0;
	reader->kept_length = 0;
	reader->state = LINE;
	if (begins)
		reader->events->begin(reader->context, position);
	if (reader->side != RESP_COMMANDS || !begins || byte == '*')
		return 1;
	reader->type = '$';
	reader->line = reader->index = 0;
	reader->inlined = (struct redis_inline){ 0 };
	reader->state = INLINE;
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
			tell(reader, whole ? part : slice_of(reader->kept, known), 0, false);
		}
	}
	reader->left -= part.length;
	if (!reader->left)
		reader->state = BULK_CR;
	return part.length;
}

/* Some of `input`, which is not empty. What is consumed; 0: unparsable. */
static size_t step(struct resp_reader *reader, struct slice input, uint64_t position)
{
	switch ((enum state)reader->state) {
	case IDLE:
	case TYPE:
		return read_type(reader, input.data[0], position);
	case LINE:
		return read_line(reader, input, position);
	case LINE_LF:
		return input.data[0] == '\n' &&
		       take_line(reader, slice_of(reader->kept, reader->kept_length), position + 1);
	case BULK:
		return read_bulk(reader, input);
	case BULK_CR:
		reader->state = BULK_LF;
		return input.data[0] == '\r';
	case BULK_LF:
		if (input.data[0] != '\n')
			return 0;
		complete(reader, position + 1);
		return 1;
	case INLINE:
		return read_inline(reader, input, position);
	case LOST:
		break;
	}
	return input.length;
}

void resp_reader_bytes(struct resp_reader *reader, uint64_t position, struct slice bytes)
{
	while (bytes.length && reader->state != LOST) {
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
	return reader->state == BULK && length <= reader->left;
}

void resp_reader_hole(struct resp_reader *reader, uint64_t length)
{
	if (!length || reader->state == LOST)
		return;
	if (!resp_reader_can_skip(reader, length)) {
		lose(reader, RESP_LOST_HOLE);
		return;
	}
	if (!reader->told) {
		reader->told = true;
		tell(reader, slice_of(reader->kept, reader->kept_length), 0, false);
	}
	reader->left -= length;
	if (!reader->left)
		reader->state = BULK_CR;
}

void resp_reader_resync(struct resp_reader *reader)
{
	reader->state = IDLE;
	reader->depth = 0;
	reader->attributes = 0;
}

void resp_reader_stop(struct resp_reader *reader)
{
	reader->state = LOST;
}

bool resp_reader_idle(const struct resp_reader *reader)
{
	return reader->state == IDLE;
}

bool resp_reader_is_lost(const struct resp_reader *reader)
{
	return reader->state == LOST;
}
