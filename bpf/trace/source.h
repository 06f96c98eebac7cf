/* SPDX-License-Identifier: GPL-2.0 */
/* A movement's bytes in the caller's memory: one buffer, a vector of them, or messages with a vector each. */
#ifndef WIRESPAN_BPF_TRACE_SOURCE_H
#define WIRESPAN_BPF_TRACE_SOURCE_H

#include "bpf/trace/fragment.h"
#include "bpf/trace/maps.h"

#define PREFIX_READS 8 /* times VECTOR_MAX buffers */

/* Copies `size` bytes from `offset` on of the caller's bytes to scratch->bytes[at]. How many it could. */
__u32 source_read(__u32 at, __u32 offset, __u32 size);

/* How many bytes the messages of scratch->source (SOURCE_MESSAGES) moved, once the call is over. */
__u32 messages_length(void);

/* Copies the movement's first bytes up to `limit` in all: where the prefix is. */
static __always_inline void prefix_copy(struct scratch *scratch, __u32 limit)
{
	__u32 size = scratch->length < limit ? scratch->length : limit;

	if (scratch->source.kind == SOURCE_NONE)
		return;
	for (__u32 i = 0; i < PREFIX_READS && scratch->prefix < size; i++) {
		__u32 have = scratch->prefix;
		__u32 got = source_read(FRAGMENT_HEADER + have, have, size - have);

		if (got == 0)
			break;
		scratch->prefix = have + got;
		if (scratch->head_alone)
			break;
	}
}

#endif
