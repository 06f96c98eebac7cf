// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/redis/inline.h"

#include "base/ascii.h"

enum state { GAP, WORD, QUOTED, ESCAPE, HEX, HEX_2, SINGLE, SINGLE_ESCAPE, CLOSED };

static char escaped(char byte)
{
	switch (byte) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	case 'a':
		return '\a';
	default:
		return byte;
	}
}

static enum redis_inline_result keep(struct redis_inline *line, enum state state, char byte)
{
	if (line->length < sizeof(line->kept))
		line->kept[line->length] = byte;
	line->length++;
	line->state = state;
	return REDIS_INLINE_MORE;
}

static enum redis_inline_result turn(struct redis_inline *line, enum state state)
{
	line->state = state;
	return REDIS_INLINE_MORE;
}

/* Not within quotes. */
static enum redis_inline_result step_plain(struct redis_inline *line, char byte)
{
	bool within = line->state != GAP;

	if (ascii_is_space(byte)) {
		line->state = GAP;
		return within ? REDIS_INLINE_ARGUMENT : REDIS_INLINE_MORE;
	}
	if (line->state == CLOSED)
		return REDIS_INLINE_BAD;
	if (!within)
		line->length = 0;
	if (byte == '"')
		return turn(line, QUOTED);
	return byte == '\'' ? turn(line, SINGLE) : keep(line, WORD, byte);
}

static enum redis_inline_result step_quoted(struct redis_inline *line, char byte)
{
	if (byte == '\\')
		return turn(line, ESCAPE);
	return byte == '"' ? turn(line, CLOSED) : keep(line, QUOTED, byte);
}

/* \xHH is a byte; without two digits, "x" and what follows. */
static enum redis_inline_result step_hex(struct redis_inline *line, char byte)
{
	int value = ascii_hex_value(byte);

	if (line->state == HEX) {
		if (value >= 0) {
			line->digit = byte;
			return turn(line, HEX_2);
		}
		keep(line, QUOTED, 'x');
		return step_quoted(line, byte);
	}
	if (value >= 0)
		return keep(line, QUOTED, (char)(ascii_hex_value(line->digit) << 4 | value));
	keep(line, QUOTED, 'x');
	keep(line, QUOTED, line->digit);
	return step_quoted(line, byte);
}

enum redis_inline_result redis_inline_step(struct redis_inline *line, char byte)
{
	bool outside = line->state == GAP || line->state == WORD || line->state == CLOSED;

	if (byte == '\0' || (byte == '\n' && !outside))
		return REDIS_INLINE_BAD;
	switch ((enum state)line->state) {
	case QUOTED:
		return step_quoted(line, byte);
	case ESCAPE:
		return byte == 'x' ? turn(line, HEX) : keep(line, QUOTED, escaped(byte));
	case HEX:
	case HEX_2:
		return step_hex(line, byte);
	case SINGLE:
		if (byte == '\\')
			return turn(line, SINGLE_ESCAPE);
		return byte == '\'' ? turn(line, CLOSED) : keep(line, SINGLE, byte);
	case SINGLE_ESCAPE:
		if (byte == '\'')
			return keep(line, SINGLE, byte);
		keep(line, SINGLE, '\\');
		line->state = SINGLE;
		return byte == '\\' ? turn(line, SINGLE_ESCAPE) : keep(line, SINGLE, byte);
	default:
		return step_plain(line, byte);
	}
}
