/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loops over a movement's bytes. They work on this CPU's scratch and are
 * global functions: the verifier checks each once, not once per caller.
 */
#ifndef WIRESPAN_BPF_TRACE_FOLLOW_H
#define WIRESPAN_BPF_TRACE_FOLLOW_H

#include "bpf/trace/source.h"

/* Makes a fragment for `offset` of the `size` bytes that were put behind the cursor and room for its header. */
int fragment_end(__u32 offset, __u32 size);

/* Looks for the end of the head that begins or goes on at `from` of the prefix: where it is, 0 if it goes on. */
__u32 head_end(__u32 from);

/* Does an interim response begin at `from` of the prefix? Not one that switches protocols. */
int looks_like_interim(__u32 from);

/* Follows chunks from `offset` on and copies the lines behind the prefix. Always 0. */
int follow_chunks(__u32 offset);

/* Does the prefix look like the beginning of a request? */
int looks_like_request(void);

/* Gives the prefix to the recogniser: enum recognised. */
int recognise_bytes(void);

#endif
