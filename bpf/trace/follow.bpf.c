// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/follow.h"

#define LINE_STEP 32  /* bytes of a chunk-size line read at a time */
#define LINES_STEP 16 /* such steps in one function */
#define LINES_MAX 64  /* times LINES_STEP in one call: node writes 300 chunks at once */
#define TRAILER_COPY 512
#define TRAILERS_MAX 4 /* such copies per call */
#define HEAD_WORDS (COPY_HEAD_LONG / 8)
#define HEAD_STEP 32 /* words looked at in one function */
#define TRAILER_STEP 32
#define RECOGNISE_STEP 64

/* Zeros from bytes[at] to the end of the word after its own. */
static __always_inline void scratch_end(struct scratch *scratch, __u64 at)
{
	__u64 word = at / 8;

	barrier_var(word); /* the compiler knows its bound, verifiers before Linux 6.11 do not */
	if (word >= sizeof(scratch->words) / 8 - 1)
		return;
	scratch->words[word] &= (1ull << at % 8 * 8) - 1;
	scratch->words[word + 1] = 0;
}

int fragment_end(__u32 offset, __u32 size)
{
	struct scratch *scratch = scratch_get();
	struct record_fragment *fragment;
	__u64 cursor, end;

	if (!scratch || size == 0 || size > COPY_HEAD_LONG || scratch->cursor > SCRATCH_BYTES_MAX)
		return 0;
	cursor = scratch->cursor & ~7u;
	end = cursor + FRAGMENT_HEADER + size;
	barrier_var(cursor);
	if (cursor > SCRATCH_BYTES_MAX)
		return 0;
	fragment = (struct record_fragment *)&scratch->bytes[cursor];
	fragment->offset = offset;
	fragment->length = size;
	scratch->data.fragments++;
	scratch_end(scratch, end);
	scratch->cursor = (end + 7) & ~7ull;
	return 0;
}

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
		if (i >= from && walk_head_byte(&scratch->walk, word))
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
		found = scratch->walk.matched ? head_end_in_word(first + i, 0) :
						walk_head_word(&scratch->walk, word[0], word[1]);
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
	scratch_end(scratch, FRAGMENT_HEADER + prefix);
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
		walk_head_pause(&scratch->walk, prefix > 1 ? last[-1] : 0, last[0]);
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
		if (!walk_size_byte(&scratch->walk, scratch->bytes[at + i]))
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
	if (scratch->walk.phase == WALK_DATA)
		return walk_skip(&scratch->walk, scratch->length - offset);
	at = bytes_at(scratch, offset, &size);
	taken = walk_line(at, size);
	if (taken == 0)
		scratch->walk.phase = WALK_BODY;
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
		if (i >= size || walk_head_byte(&scratch->walk, scratch->bytes[at + i]))
			return 0;
	}
	return 1;
}

/* Copies and walks a part of what follows the last chunk, the trailer section and perhaps the next head; how much. */
__noinline __u32 follow_trailer(__u32 offset)
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

/* LINES_STEP steps of the walk from `offset` on; how far it came. */
__noinline __u32 walk_steps(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	__u32 begin = offset;

	if (!scratch)
		return 0;
	for (__u32 i = 0; i < LINES_STEP; i++) {
		if (offset >= scratch->length || scratch->walk.phase == WALK_BODY || scratch->walk.phase == WALK_HEAD)
			break;
		offset += walk_step(offset);
	}
	return offset - begin;
}

int follow_chunks(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	struct walk *walk;

	if (!scratch)
		return 0;
	walk = &scratch->walk;
	for (__u32 i = 0; i < LINES_MAX; i++) {
		if (offset >= scratch->length || walk->phase == WALK_BODY || walk->phase == WALK_HEAD)
			break;
		offset += walk_steps(offset);
	}
	for (__u32 i = 0; i < TRAILERS_MAX; i++) {
		if (offset >= scratch->length || walk->phase != WALK_HEAD || (i && !walk->trailer))
			break;
		offset += follow_trailer(offset);
	}
	if (offset < scratch->length && (walk->phase != WALK_HEAD || walk->trailer))
		walk->phase = WALK_BODY; /* more than we walk in one call */
	return 0;
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

int looks_like_request(void)
{
	struct scratch *scratch = scratch_get();

	return scratch && recognise_request(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix);
}

/* Gives byte `index` of the prefix to the recogniser: enum recognised. */
__noinline int recognise_at(__u32 index)
{
	struct scratch *scratch = scratch_get();

	if (!scratch || index >= COPY_HEAD)
		return RECOGNISED_NOT_YET;
	return recogniser_byte(&scratch->recogniser, scratch->bytes[FRAGMENT_HEADER + index]);
}

__noinline int recognise_step(__u32 from)
{
	struct scratch *scratch = scratch_get();

	if (!scratch)
		return RECOGNISED_NOT_YET;
	for (__u32 i = 0; i < RECOGNISE_STEP; i++) {
		int recognised;

		if (from + i >= scratch->prefix)
			break;
		recognised = recognise_at(from + i);
		if (recognised != RECOGNISED_NOT_YET)
			return recognised;
	}
	return RECOGNISED_NOT_YET;
}

int recognise_bytes(void)
{
	struct scratch *scratch = scratch_get();

	if (!scratch)
		return RECOGNISED_NOT_YET;
	for (__u32 from = 0; from < COPY_HEAD; from += RECOGNISE_STEP) {
		int recognised;

		if (from >= scratch->prefix)
			break;
		recognised = recognise_step(from);
		if (recognised != RECOGNISED_NOT_YET)
			return recognised;
	}
	return RECOGNISED_NOT_YET;
}
