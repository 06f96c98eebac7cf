/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splits an inline command (a line of words, as typed by telnet) into arguments,
 * byte by byte, as Redis' sdssplitargs() does: words, "quoted" with escapes, 'quoted'.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_REDIS_INLINE_H
#define WIRESPAN_CORRELATE_PROTOCOL_REDIS_INLINE_H

#include "base/slice.h"

#define REDIS_INLINE_KEPT 64 /* bytes kept of an argument */

struct redis_inline {
	uint64_t length; /* of the argument so far */
	uint8_t state;
	char digit; /* the first of a \x */
	char kept[REDIS_INLINE_KEPT];
};

enum redis_inline_result {
	REDIS_INLINE_MORE,
	REDIS_INLINE_ARGUMENT, /* one has ended before this byte */
	REDIS_INLINE_BAD,      /* Redis refuses it: unbalanced quotes, a NUL */
};

/* All zero: at the beginning of a line. Takes a byte; the line feed ends the line, whatever the result. */
enum redis_inline_result redis_inline_step(struct redis_inline *line, char byte);
/* The first bytes of the argument that has ended; valid until the next step. */
static inline struct slice redis_inline_argument(const struct redis_inline *line)
{
	return slice_head(slice_of(line->kept, sizeof(line->kept)), line->length);
}

#endif
