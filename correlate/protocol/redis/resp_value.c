// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/resp_value.h"

enum kind { UNKNOWN, TEXT, NUMBER, BOOLEAN, NOTHING, STRING, AGGREGATE, PAIRS, ATTRIBUTE };

static const uint8_t kinds[256] = {
	['+'] = TEXT, ['-'] = TEXT, [','] = TEXT, ['('] = TEXT, [':'] = NUMBER, ['#'] = BOOLEAN, ['_'] = NOTHING,
	['$'] = STRING, ['!'] = STRING, ['='] = STRING, ['*'] = AGGREGATE, ['~'] = AGGREGATE, ['>'] = AGGREGATE,
	['%'] = PAIRS, ['|'] = ATTRIBUTE,
};

bool resp_is_type(char byte)
{
	return kinds[(unsigned char)byte] != UNKNOWN;
}

bool resp_is_told(const struct resp_reader *reader)
{
	if (reader->attributes || reader->depth > 1)
		return false;
	return reader->depth == 0 || reader->index < RESP_ITEMS_TOLD || reader->type == '-' || reader->type == '!';
}

void resp_tell(struct resp_reader *reader, struct slice text, int64_t number, bool null)
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

	if (resp_is_told(reader))
		reader->events->item(reader->context, &item);
}

void resp_complete(struct resp_reader *reader, uint64_t position)
{
	reader->state = RESP_TYPE;
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
	reader->state = RESP_IDLE;
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
		resp_tell(reader, slice_of(NULL, 0), null ? 0 : count, null);
	if (count <= 0) {
		if (kind == ATTRIBUTE)
			reader->state = RESP_TYPE;
		else
			resp_complete(reader, position);
		return true;
	}
	if (reader->depth == RESP_DEPTH_MAX)
		return false;
	if (kind == ATTRIBUTE)
		reader->attributes |= 1u << reader->depth;
	else if (reader->depth == 0)
		reader->index = 0;
	reader->remaining[reader->depth++] = (uint64_t)count;
	reader->state = RESP_TYPE;
	return true;
}

static bool open_bulk(struct resp_reader *reader, int64_t length, uint64_t position)
{
	bool null = length == -1 && reader->type == '$' && reader->side == RESP_REPLIES;

	if ((length < 0 && !null) || length > (int64_t)RESP_BULK_MAX)
		return false;
	reader->length = null ? 0 : (uint64_t)length;
	if (null) {
		resp_tell(reader, slice_of(NULL, 0), 0, true);
		resp_complete(reader, position);
		return true;
	}
	reader->left = reader->length;
	reader->kept_length = 0;
	reader->told = !resp_is_told(reader);
	reader->state = length ? RESP_BULK : RESP_BULK_CR;
	if (!length)
		resp_tell(reader, slice_of(NULL, 0), 0, false);
	return true;
}

bool resp_take_line(struct resp_reader *reader, struct slice text, uint64_t position)
{
	enum kind kind = kinds[(unsigned char)reader->type];
	int64_t number = 0;

	switch (kind) {
	case TEXT:
		resp_tell(reader, text, 0, false);
		break;
	case NOTHING:
		if (reader->length)
			return false;
		resp_tell(reader, slice_of(NULL, 0), 0, true);
		break;
	case BOOLEAN:
		if (reader->length != 1 || (text.data[0] != 't' && text.data[0] != 'f'))
			return false;
		resp_tell(reader, slice_of(NULL, 0), text.data[0] == 't', false);
		break;
	default:
		if (reader->length > RESP_TEXT_MAX || !to_number(text, &number))
			return false;
		if (kind == STRING)
			return open_bulk(reader, number, position);
		if (kind != NUMBER)
			return open_aggregate(reader, kind, number, position);
		resp_tell(reader, slice_of(NULL, 0), number, false);
	}
	resp_complete(reader, position);
	return true;
}

