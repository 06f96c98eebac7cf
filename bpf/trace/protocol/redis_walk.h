/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Follows one direction of a Redis connection (RESP2 and RESP3, Redis serialization protocol specification) just
 * far enough to know which bytes a parser will need: all but the strings that say how long they are, and of these
 * the first REDIS_SHOWN. How values are nested does not matter for that. What is not understood, as strings in
 * chunks, is lost until the direction begins anew. It decides what is copied, never what is claimed. Includes
 * nothing, so that the host compiles and tests it too: the includer provides the __uN types and bool.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_REDIS_WALK_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_REDIS_WALK_H

enum redis_phase {
	REDIS_TYPE = 0, /* where a value begins */
	REDIS_LINE,     /* in a line that is a value, how many follow, or an inline command: until LF */
	REDIS_LENGTH,   /* in the line that says how long a string is */
	REDIS_DATA,     /* `left` bytes of the string follow */
	REDIS_DATA_END, /* at the CR LF behind them */
	REDIS_LOST,     /* nobody knows where */
};

#define REDIS_SHOWN 64      /* bytes of a string that are copied */
#define REDIS_DIGITS_MAX 15 /* no string is longer, and nothing overflows */

/* Of one direction. */
struct redis_walk {
	__u8 phase;
	__u8 digits;    /* length: seen so far */
	__u8 null;      /* length: it is negative, the string is none */
	__u8 show;      /* data: bytes that are still to be copied */
	__u32 commands; /* that began, as they look; whoever counts them sets it to 0 */
	__u64 left;     /* data: bytes left; length: its value so far */
};

/* Of both. */
struct redis_connection {
	__u8 commands; /* 1 + the direction in which they go (enum record_direction); 0: not known yet */
};

static inline bool redis_is_digit(__u8 byte)
{
	return byte >= '0' && byte <= '9';
}

/* The first byte of a value, or of a line of text: an inline command, or what is left of one that began unseen. */
static inline void redis_type_byte(struct redis_walk *walk, __u8 byte)
{
	walk->phase = REDIS_LINE;
	switch (byte) {
	case '$': /* bulk string */
	case '=': /* verbatim string */
	case '!': /* bulk error */
		walk->phase = REDIS_LENGTH;
		walk->digits = walk->null = 0;
		walk->left = 0;
		return;
	case '*': /* array, and so every command */
		walk->commands++;
		return;
	case '\n':
		walk->phase = REDIS_TYPE;
		return;
	case ';': /* a chunk of a string */
		walk->phase = REDIS_LOST;
		return;
	default:
		if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
			walk->commands++;
		else if ((byte < ' ' && byte != '\r') || byte >= 0x7f)
			walk->phase = REDIS_LOST;
	}
}

/* The string's length is known. */
static inline void redis_data_begin(struct redis_walk *walk)
{
	if (!walk->digits) {
		walk->phase = REDIS_LOST;
	} else if (walk->null) {
		walk->phase = REDIS_TYPE;
	} else {
		walk->phase = walk->left ? REDIS_DATA : REDIS_DATA_END;
		walk->show = walk->left < REDIS_SHOWN ? walk->left : REDIS_SHOWN;
	}
}

static inline void redis_length_byte(struct redis_walk *walk, __u8 byte)
{
	if (redis_is_digit(byte) && walk->digits < REDIS_DIGITS_MAX) {
		walk->left = walk->left * 10 + byte - '0';
		walk->digits++;
	} else if (byte == '\n') {
		redis_data_begin(walk);
	} else if (byte == '-' && !walk->digits && !walk->null) {
		walk->null = 1;
	} else if (byte != '\r') {
		walk->phase = REDIS_LOST;
	}
}

/* A byte outside of data. */
static inline void redis_byte(struct redis_walk *walk, __u8 byte)
{
	switch (walk->phase) {
	case REDIS_TYPE:
		redis_type_byte(walk, byte);
		break;
	case REDIS_LINE:
		if (byte == '\n')
			walk->phase = REDIS_TYPE;
		break;
	case REDIS_LENGTH:
		redis_length_byte(walk, byte);
		break;
	case REDIS_DATA_END:
		if (byte == '\n')
			walk->phase = REDIS_TYPE;
		else if (byte != '\r')
			walk->phase = REDIS_LOST;
		break;
	default:
		break;
	}
}

/* Whether what comes next is not copied: the rest of a long string, or what is not understood. */
static inline bool redis_hides(const struct redis_walk *walk)
{
	return walk->phase == REDIS_LOST || (walk->phase == REDIS_DATA && !walk->show);
}

/* Passes `size` bytes of data, at most all that are left. */
static inline void redis_pass(struct redis_walk *walk, __u64 size)
{
	walk->left -= size;
	walk->show = size < walk->show ? walk->show - size : 0;
	if (!walk->left)
		walk->phase = REDIS_DATA_END;
}

/* Of `available` bytes of data, passes those that are copied; how many. */
static inline __u32 redis_show(struct redis_walk *walk, __u32 available)
{
	__u32 shown = walk->show < available ? walk->show : available;

	redis_pass(walk, shown);
	return shown;
}

/* `size` bytes are passed over unseen. How many of them are data, as the walk knows; behind more it is lost. */
static inline __u32 redis_skip(struct redis_walk *walk, __u32 size)
{
	__u32 skipped = walk->phase != REDIS_DATA ? 0 : walk->left < size ? walk->left : size;

	if (skipped)
		redis_pass(walk, skipped);
	return skipped;
}

/*
 * Whether a command, or a reply, may begin with these bytes, of which three are readable: where a direction that was
 * lost begins anew. Only asked where the other one has just moved.
 */
static inline bool redis_begins(const __u8 *b, __u32 length, bool command)
{
	if (length < 3)
		return false;
	if (b[0] == '*' && redis_is_digit(b[1]) && (redis_is_digit(b[2]) || b[2] == '\r'))
		return true;
	switch (b[0]) {
	case '+':
	case '-':
	case ':':
	case '$':
	case '*':
	case '_':
	case '#':
	case ',':
	case '(':
	case '!':
	case '=':
	case '%':
	case '~':
	case '>':
	case '|':
		return !command;
	default:
		return false;
	}
}

#endif
