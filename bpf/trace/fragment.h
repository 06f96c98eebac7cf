/* SPDX-License-Identifier: GPL-2.0 */
/* The fragments of this CPU's record: bytes of the movement that were copied. */
#ifndef WIRESPAN_BPF_TRACE_FRAGMENT_H
#define WIRESPAN_BPF_TRACE_FRAGMENT_H

#include "bpf/trace/maps.h"

#define FRAGMENT_HEADER sizeof(struct record_fragment)

/*
 * Makes a fragment for `offset` of the `size` bytes that were put behind the cursor and room for its header. A global
 * function. Always 0.
 */
int fragment_end(__u32 offset, __u32 size);

/* Zeros from bytes[at] to the end of the word after its own. */
static __always_inline void fragment_pad(struct scratch *scratch, __u64 at)
{
	__u64 word = at / 8;

	barrier_var(word); /* the compiler knows its bound, verifiers before Linux 6.11 do not */
	if (word >= sizeof(scratch->words) / 8 - 1)
		return;
	scratch->words[word] &= (1ull << at % 8 * 8) - 1;
	scratch->words[word + 1] = 0;
}

#endif
