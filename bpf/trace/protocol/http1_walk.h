/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Follows one direction of an HTTP/1 connection just far enough to know which
 * bytes a parser will need: heads, and the chunk-size lines between data that
 * nobody copies. It decides what is copied, never what is claimed: where a
 * message ends is proven by who parses. Includes no more than what the host has,
 * too, so that it compiles and tests it: the includer provides the __uN types and bool.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_HTTP1_WALK_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_HTTP1_WALK_H

#include "base/word.h"

enum http1_phase {
	WALK_HEAD = 0, /* in a head, or where one may begin */
	WALK_DATA_END, /* at the CRLF after a chunk's data */
	WALK_SIZE,     /* in what may be a chunk-size line */
	WALK_EXTENSION,
	WALK_DATA,     /* `left` bytes of chunk data follow */
	WALK_BODY,     /* in a body of another kind, or one not understood */
	WALK_PLAIN,    /* in a response's body that surely has no chunks */
};

/* Of one direction. */
struct http1_walk {
	__u8 phase;
	__u8 matched; /* head: how much of CR LF CR LF; size: digits seen */
	__u8 trailer; /* the head under way has a head behind it: a trailer section, or an interim response's */
	__u8 coded;   /* a field of it begins with T, as Transfer-Encoding does */
	__u32 copied; /* bytes copied of the message under way */
	__u64 left;   /* chunk data: bytes left; size: its value so far */
};

/* Of both. */
struct http1_connection {
	__u8 alone;          /* the last request is the only one that waits for an answer */
	__u8 interim;        /* the last answer was not a final one */
	__u8 connect_method; /* the last request was CONNECT */
};

#define WALK_DIGITS_MAX 15 /* 2^60: no chunk is larger, and nothing overflows */

/* The head or trailer section is over. */
static inline void walk_head_over(struct http1_walk *walk)
{
	walk->matched = 0;
	walk->left = 0;
	walk->phase = walk->trailer ? WALK_HEAD : WALK_SIZE;
	walk->trailer = 0;
}

/* A byte of a head or trailer section; true when it is the last. */
static inline bool walk_head_byte(struct http1_walk *walk, __u8 byte)
{
	if (byte == '\n') {
		/* LF after LF or after LF CR: an empty line */
		if (walk->matched >= 2) {
			walk_head_over(walk);
			return true;
		}
		walk->matched = 2;
	} else if (byte == '\r' && walk->matched == 2) {
		walk->matched = 3;
	} else {
		walk->coded |= walk->matched == 2 && (byte | 0x20) == 't';
		walk->matched = 0;
	}
	return false;
}

/* The high bit of every byte that is `byte`. */
static inline __u64 walk_bytes_equal(__u64 word, __u8 byte)
{
	__u64 other = word ^ EVERY_BYTE(byte);

	return ~(((other & EVERY_BYTE(0x7f)) + EVERY_BYTE(0x7f)) | other | EVERY_BYTE(0x7f));
}

/* The same sooner, but perhaps also of bytes above one that differ from it in the lowest bit. 0: there is none. */
static inline __u64 walk_bytes_like(__u64 word, __u8 byte)
{
	__u64 other = word ^ EVERY_BYTE(byte);

	return (other - EVERY_BYTE(1)) & ~other & EVERY_BYTE(0x80);
}

/*
 * Eight bytes of a head or trailer section at once, the first one lowest, and the eight that follow
 * them, zeros behind the last; `matched` is 0. How far from the first of them it ends; 0: not yet.
 */
static inline __u32 walk_head_word(struct http1_walk *walk, __u64 word, __u64 following)
{
	__u64 lines = walk_bytes_like(word, '\n'), next, after, ends;
	__u32 at;

	if (!lines)
		return 0;
	next = word >> 8 | following << 56;
	walk->coded |= (lines & walk_bytes_like(next | EVERY_BYTE(0x20), 't')) != 0;
	if (!(lines & (walk_bytes_like(next, '\r') | walk_bytes_like(next, '\n'))))
		return 0;
	after = word >> 16 | following << 48;
	ends = walk_bytes_equal(next, '\n') | (walk_bytes_equal(next, '\r') & walk_bytes_equal(after, '\n'));
	ends &= walk_bytes_equal(word, '\n');
	if (!ends)
		return 0;
	walk_head_over(walk);
	/* The lowest bit is 0x80 << 8 * at: it moves byte 7 - at, which is `at`, to the top. */
	at = ((ends & -ends) >> 7) * 0x0001020304050607ull >> 56;
	return at + ((next >> 8 * at & 0xff) == '\n' ? 2 : 3);
}

/* What follows is not known yet. The last two bytes: an empty line may have begun. */
static inline void walk_head_pause(struct http1_walk *walk, __u8 before, __u8 last)
{
	if (walk->matched)
		return;
	if (last == '\n')
		walk->matched = 2;
	else if (before == '\n' && last == '\r')
		walk->matched = 3;
}

/* Whether what begins like a response, and so goes on for a while, ends with an empty line; `last` are four bytes. */
static inline bool walk_response_ends(const __u8 *first, const __u8 *last)
{
	return first[0] == 'H' && first[4] == '/' && last[0] == '\r' && last[1] == '\n' && last[2] == '\r' &&
	       last[3] == '\n';
}

static inline int walk_digit(__u8 byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The line is whole: data follows, or after the last chunk the trailer section. */
static inline void walk_line_end(struct http1_walk *walk)
{
	walk->phase = walk->left ? WALK_DATA : WALK_HEAD;
	walk->matched = walk->left ? 0 : 2;
	walk->trailer = !walk->left;
}

/*
 * A byte between two chunks' data, of what may be a chunk-size line (RFC 9112,
 * 7.1). False: the line is over, or it is none.
 */
static inline bool walk_size_byte(struct http1_walk *walk, __u8 byte)
{
	int digit = walk->phase == WALK_SIZE ? walk_digit(byte) : -1;

	if (walk->phase == WALK_DATA_END) {
		if (byte == '\n')
			walk->phase = WALK_SIZE;
		else if (byte != '\r')
			walk->phase = WALK_BODY;
		return walk->phase != WALK_BODY;
	}
	if (digit >= 0 && walk->matched < WALK_DIGITS_MAX) {
		walk->left = walk->left << 4 | digit;
		walk->matched++;
		return true;
	}
	if (walk->matched == 0 || digit >= 0) {
		walk->phase = WALK_BODY;
		return false;
	}
	if (byte == '\n') {
		walk_line_end(walk);
		return false;
	}
	if (byte == ';' || byte == ' ' || byte == '\t')
		walk->phase = WALK_EXTENSION;
	else if (walk->phase == WALK_SIZE && byte != '\r')
		walk->phase = WALK_BODY;
	return walk->phase != WALK_BODY;
}

/* Skips up to `available` bytes of chunk data; how many. */
static inline __u64 walk_skip(struct http1_walk *walk, __u64 available)
{
	__u64 skipped = walk->left < available ? walk->left : available;

	walk->left -= skipped;
	if (walk->left == 0) {
		walk->phase = WALK_DATA_END;
		walk->matched = 0;
	}
	return skipped;
}

#endif
