// SPDX-License-Identifier: GPL-2.0
/* Redis: everything is copied but long strings, of which the beginning is. */
#include "bpf/trace/fragment.h"
#include "bpf/trace/protocol/protocol.h"
#include "bpf/trace/source.h"

#define REDIS_PIECE 256      /* bytes read at a time behind a long string: another may follow soon */
#define REDIS_PIECES_MAX 128 /* that are read in one call */
#define REDIS_COPY_MAX COPY_HEAD_LONG /* bytes copied of one call, and a piece more */
#define REDIS_STEP 32        /* steps of the walk in one function */

/* At most REDIS_STEP steps through the `size` bytes at scratch->bytes[at], from scratch->walked on, which they move. */
__noinline int redis_steps(__u32 at, __u32 size)
{
	struct scratch *scratch = scratch_get();
	struct redis_walk *walk;

	if (!scratch)
		return 0;
	walk = &scratch->walk.redis;
	for (__u32 i = 0; i < REDIS_STEP; i++) {
		__u32 walked = scratch->walked;
		__u64 index = at + walked;

		barrier_var(index);
		if (walked >= size || redis_hides(walk) || index >= sizeof(scratch->bytes))
			break;
		if (walk->phase == REDIS_DATA) {
			scratch->walked = walked + redis_show(walk, size - walked);
		} else {
			redis_byte(walk, scratch->bytes[index]);
			scratch->walked = walked + 1;
		}
	}
	return 0;
}

/* Copies what is wanted of the bytes from `offset` on, up to the next long string; how far that came, 0: nowhere. */
__noinline __u32 redis_piece(__u32 offset)
{
	struct scratch *scratch = scratch_get();
	__u32 size, at, hidden;

	if (!scratch || offset >= scratch->length)
		return 0;
	hidden = redis_hides(&scratch->walk.redis) ? redis_skip(&scratch->walk.redis, scratch->length - offset) : 0;
	offset += hidden;
	size = scratch->length - offset;
	if (hidden && size > REDIS_PIECE)
		size = REDIS_PIECE;
	if (size > COPY_HEAD)
		size = COPY_HEAD;
	at = scratch->cursor + FRAGMENT_HEADER;
	if (!offset && scratch->prefix)
		size = scratch->prefix;
	else if (size)
		size = source_read(at, offset, size);
	scratch->walked = 0;
	for (__u32 i = 0; i < COPY_HEAD / REDIS_STEP; i++) {
		if (scratch->walked >= size || redis_hides(&scratch->walk.redis))
			break;
		redis_steps(at, size);
	}
	fragment_end(offset, scratch->walked);
	return hidden + scratch->walked;
}

/* True where a direction that was lost begins anew. If it does not, its first bytes are all that is copied. */
static __always_inline bool redis_finds(struct scratch *scratch, bool command)
{
	struct redis_walk *walk = &scratch->walk.redis;

	prefix_copy(scratch, COPY_BODY);
	if (scratch->turn && redis_begins(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix, command)) {
		scratch->prefix = 0;
		walk->phase = REDIS_TYPE;
		return true;
	}
	if (!scratch->prefix)
		scratch->source.kind = SOURCE_NONE;
	fragment_end(0, scratch->prefix);
	return false;
}

/* Follows the values through the call. */
static __always_inline void redis_values(struct scratch *scratch)
{
	struct redis_walk *walk = &scratch->walk.redis;
	__u32 offset = 0;

	for (__u32 i = 0; i < REDIS_PIECES_MAX; i++) {
		__u32 done;

		if (offset >= scratch->length || scratch->cursor > REDIS_COPY_MAX || walk->phase == REDIS_LOST)
			break;
		done = redis_piece(offset);
		if (!done)
			break;
		offset += done;
	}
	if (!offset)
		scratch->source.kind = SOURCE_NONE;
	if (offset < scratch->length)
		walk->phase = REDIS_LOST; /* more than we walk in one call, or it can't be read */
}

/* Who connected asks. Where nobody knows who did, what showed that it is Redis were commands. */
static __always_inline __u8 redis_commands_direction(const struct scratch *scratch)
{
	switch (scratch->data.connection.role) {
	case RECORD_ROLE_CLIENT:
		return RECORD_SEND;
	case RECORD_ROLE_SERVER:
		return RECORD_RECEIVE;
	default:
		return scratch->data.direction;
	}
}

int redis_follow(void)
{
	struct scratch *scratch = scratch_get();
	struct redis_walk *walk;
	bool command, begins;

	if (!scratch)
		return 0;
	walk = &scratch->walk.redis;
	if (!scratch->protocol.redis.commands)
		scratch->protocol.redis.commands = 1 + redis_commands_direction(scratch);
	command = scratch->protocol.redis.commands == 1 + scratch->data.direction;
	walk->commands = 0;
	if (scratch->missed && (scratch->missed < 0 || redis_skip(walk, scratch->missed) < (__u32)scratch->missed))
		walk->phase = REDIS_LOST;
	if (scratch->source.kind == SOURCE_NONE) {
		if (redis_skip(walk, scratch->length) < scratch->length)
			walk->phase = REDIS_LOST;
		return 0;
	}
	if (walk->phase == REDIS_LOST && !redis_finds(scratch, command))
		return 0;
	begins = walk->phase == REDIS_TYPE;
	redis_values(scratch);
	scratch->requests = command ? walk->commands : 0;
	scratch->responses = !command && begins && scratch->turn;
	return 0;
}
