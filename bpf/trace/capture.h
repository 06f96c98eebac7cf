/* SPDX-License-Identifier: GPL-2.0 */
/* The one body behind every hook that sees bytes move. */
#ifndef WIRESPAN_BPF_TRACE_CAPTURE_H
#define WIRESPAN_BPF_TRACE_CAPTURE_H

#include "bpf/trace/call.h"
#include "bpf/trace/connection.h"

/* Bytes that a call moved over a connection. */
struct movement {
	__u64 thread; /* the caller: process and thread id, as bpf_get_current_pid_tgid has them */
	__u64 begin;  /* time at which the call began; 0: unknown */
	__u32 start;  /* sequence number of the first byte (unless positions are our own) */
	__u32 other;  /* sequence number at which the other direction stands */
	__u32 length; /* > 0 */
	__u8 direction; /* enum record_direction; small, as eight functions deep share 512 bytes of stack */
	bool contended; /* another thread's bytes may stand among them */
	bool nonblocking; /* a receive that would not have waited */
	struct call_source source;
};

/*
 * Recognises, follows, copies what a parser needs and reports. `connection`
 * has its identity. Always 0.
 */
int capture_movement(struct connection *connection, struct movement *movement);

#endif
