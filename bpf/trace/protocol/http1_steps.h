/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of the loops over HTTP/1's bytes. They work on this CPU's scratch and are global functions: the
 * verifier checks each once, not once per caller.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_HTTP1_STEPS_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_HTTP1_STEPS_H

#include "bpf/trace/maps.h"

/* Looks for the end of the head that begins or goes on at `from` of the prefix: where it is, 0 if it goes on. */
__u32 head_end(__u32 from);

/* Does an interim response begin at `from` of the prefix? Not one that switches protocols. */
int looks_like_interim(__u32 from);

/* Some steps through chunks from `offset` on, which copy the lines behind the prefix; how far they came. */
__u32 walk_steps(__u32 offset);

/* Copies and walks a part of what follows the last chunk, the trailer section and perhaps the next head; how much. */
__u32 follow_trailer(__u32 offset);

#endif
