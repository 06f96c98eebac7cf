// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/protocol/http1_steps.h"

#include "bpf/trace/fragment.h"
#include "bpf/trace/source.h"

#define LINE_STEP 32  /* bytes of a chunk-size line read at a time */
#define LINES_STEP 16 /* such steps in one function */
#define TRAILER_COPY 512
#define HEAD_WORDS (COPY_HEAD_LONG / 8)
#define HEAD_STEP 32 /* words looked at in one function */
#define TRAILER_STEP 32

/* Word `index` of the prefix, byte by byte from its byte `from` on: how many bytes to the head's end in it, 0: none. */
__noinline __u32 head_end_in_word(__u32 index, __u32 from)
{
	struct scratch *scratch = scratch_get();
	__u64 word;

	if (!scratch || index >= HEAD_WORDS)
		return 0;
	word = scratch->words[FRAGMENT_HEADER / 8 + index];
	for (__u32 i = 0; i < 8; i++, word >>= 8) {
		if (index * 8 + i >= scratch->prefix)
			break;
		if (i >= from && walk_head_byte(&scratch->walk.http1, word))
			return i + 1;
	}
	return 0;
}

/* HEAD_STEP words from `first` on. */
__noinline __u32 head_end_step(__u32 first)
{
	struct scratch *scratch = scratch_get();
	__u64 from = first;
	__u32 words;

	barrier_var(from); /* as wide as an index, so that verifiers before Linux 6.11 see that it is bounded */
	if (!scratch || from > HEAD_WORDS - HEAD_STEP)
		return 0;
	words = (scratch->prefix + 7) / 8;
	for (__u32 i = 0; i < HEAD_STEP; i++) {
		const __u64 *word = &scratch->words[FRAGMENT_HEADER / 8 + from + i];
		__u32 found;

		if (first + i >= words)
			break;
		found = scratch->walk.http1.matched ? head_end_in_word(first + i, 0) :
						walk_head_word(&scratch->walk.http1, word[0], word[1]);
		if (found)
			return (first + i) * 8 + found;
	}
	return 0;
}

__u32 head_end(__u32 from)
{
	struct scratch *scratch = scratch_get();
	const __u8 *last;
	__u64 prefix;
	__u32 found = 0, first = from / 8;

	if (!scratch)
		return 0;
	prefix = scratch->prefix;
	barrier_var(prefix);
	if (from >= prefix || prefix > COPY_HEAD_LONG)
		return 0;
	fragment_pad(scratch, FRAGMENT_HEADER + prefix);
	if (from % 8) {
		found = head_end_in_word(first, from % 8);
		if (found)
			return first * 8 + found;
		first++;
	}
	for (__u32 i = 0; i < HEAD_WORDS && !found; i += HEAD_STEP) {
		if ((first + i) * 8 >= prefix)
			break;
		found = head_end_step(first + i);
	}
	last = &scratch->bytes[FRAGMENT_HEADER + prefix - 1];
	if (!found)
		walk_head_pause(&scratch->walk.http1, prefix > 1 ? last[-1] : 0, last[0]);
	return found;
}

/* Walks at most LINE_STEP bytes at scratch->bytes[at]; how many belong to the chunk-size line. */
__noinline __u32 walk_line(__u32 at, __u32 size)
{
	struct scratch *scratch = scratch_get();

	if (!scratch || at > sizeof(scratch->bytes) - LINE_STEP)
		return 0;
	for (__u32 i = 0; i < LINE_STEP; i++) {
		if (i >= size)
			return i;
		if (!walk_size_byte(&scratch->walk.http1, scratch->bytes[at + i]))
			return i + 1;
	}
	return LINE_STEP;
}

/* Has up to `size` bytes from `offset` on in scratch->bytes: where, and how many. */
static __always_inline __u32 bytes_at(struct scratch *scratch, __u32 offset, __u32 *size)
{
	__u32 available = scratch->length - offset;

	if (*size > available)
		*size = available;
	if (offset >= scratch->prefix) {
		*size = source_read(scratch->cursor + FRAGMENT_HEADER, offset, *size);
		return scratch->cursor + FRAGMENT_HEADER;
	}
	if (*size > scratch->prefix - offset)
		*size = scratch->prefix - offset;
	return FRAGMENT_HEADER + offset;
}

/* A step of the walk at `offset`; how far it came. */
__noinline __u32 walk_step(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	__u32 size = LINE_STEP, at, taken;

	if (!scratch || offset >= scratch->length)
		return 0;
	if (scratch->walk.http1.phase == WALK_DATA)
		return walk_skip(&scratch->walk.http1, scratch->length - offset);
	at = bytes_at(scratch, offset, &size);
	taken = walk_line(at, size);
	if (taken == 0)
		scratch->walk.http1.phase = WALK_BODY;
	if (offset >= scratch->prefix)
		fragment_end(offset, taken);
	return taken;
}

/* Walks at most TRAILER_STEP bytes of a trailer section; 1 when it goes on behind them. */
__noinline int walk_trailer(__u32 at, __u32 size)
{
	struct scratch *scratch = scratch_get();

	if (!scratch || at > sizeof(scratch->bytes) - TRAILER_STEP)
		return 0;
	for (__u32 i = 0; i < TRAILER_STEP; i++) {
		if (i >= size || walk_head_byte(&scratch->walk.http1, scratch->bytes[at + i]))
			return 0;
	}
	return 1;
}

__u32 follow_trailer(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	__u32 size = TRAILER_COPY, at;

	if (!scratch || offset >= scratch->length)
		return 0;
	at = bytes_at(scratch, offset, &size);
	for (__u32 i = 0; i < TRAILER_COPY; i += TRAILER_STEP) {
		if (i >= size || !walk_trailer(at + i, size - i))
			break;
	}
	if (offset >= scratch->prefix)
		fragment_end(offset, size);
	return size;
}

__u32 walk_steps(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	struct http1_walk *walk;
	__u32 begin = offset;

	if (!scratch)
		return 0;
	walk = &scratch->walk.http1;
	for (__u32 i = 0; i < LINES_STEP; i++) {
		if (offset >= scratch->length || walk->phase == WALK_BODY || walk->phase == WALK_HEAD)
			break;
		offset += walk_step(offset);
	}
	return offset - begin;
}

int looks_like_interim(__u32 from)
{
	struct scratch *scratch = scratch_get();
	const __u8 *bytes, *status;
	__u64 at = from;

	barrier_var(at);
	if (!scratch || at > COPY_HEAD_LONG || at + sizeof("HTTP/1.1 103") - 1 > scratch->prefix)
		return 0;
	bytes = &scratch->bytes[FRAGMENT_HEADER + at];
	status = bytes + sizeof("HTTP/1.1 ") - 1;
	return recognise_response(bytes, sizeof("HTTP/1.1 103") - 1) && status[0] == '1' &&
	       (status[1] != '0' || status[2] != '1');
}
