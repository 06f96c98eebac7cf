/* SPDX-License-Identifier: GPL-2.0 */
/* A movement's bytes in the caller's memory: one buffer, a vector of them, or messages with a vector each. */
#ifndef WIRESPAN_BPF_TRACE_SOURCE_H
#define WIRESPAN_BPF_TRACE_SOURCE_H

#include "bpf/trace/maps.h"

#define FRAGMENT_HEADER sizeof(struct record_fragment)

/* Copies `size` bytes from `offset` on of the caller's bytes to scratch->bytes[at]. How many it could. */
__u32 source_read(__u32 at, __u32 offset, __u32 size);

/* How many bytes the messages of scratch->source (SOURCE_MESSAGES) moved, once the call is over. */
__u32 messages_length(void);

#endif
