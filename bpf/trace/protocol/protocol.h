/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which bytes of a movement are copied, by what its connection speaks.
 *
 * Of a call, NAME_follow() finds in this CPU's scratch: where its bytes are and how many, whether it is a turn and
 * what was missed before it, what is kept of its direction (walk) and of its connection (protocol), which it moves
 * on; and the prefix, where bytes have been copied to recognise them, else it copies it. It copies what the
 * protocol's reader in user space needs, as fragments (fragment.h), and says how many requests and responses begin
 * in the call, so that each is counted if the record finds no room, and whether the connection speaks something
 * else from here on. What cannot be read leaves the source SOURCE_NONE. Always 0.
 *
 * It decides what is copied, never what is claimed. It is a global function, as are its loops' steps: the
 * verifier checks each once, not once per caller. With itself, six calls may be under way, of which source_read()
 * takes three.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_PROTOCOL_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_PROTOCOL_H

#include "bpf/trace/maps.h"

#define PROTOCOL_DECLARE(value, name) int name##_follow(void);
PROTOCOLS(PROTOCOL_DECLARE)

#define PROTOCOL_CASE(value, name) \
	case value:                \
		return name##_follow();

/* A connection of which it is not known yet what it speaks is followed as if it were HTTP/1. */
#define PROTOCOL_AT_FIRST RECOGNISED_HTTP1

static __always_inline int protocol_follow(__u32 recognised)
{
	switch (recognised == RECOGNISED_NOT_YET ? PROTOCOL_AT_FIRST : recognised) {
		PROTOCOLS(PROTOCOL_CASE)
	default:
		return 0;
	}
}

/* Does the prefix look like the beginning of a request of HTTP/1's kind? A global function, as are the next ones. */
int looks_like_request(void);

/* Of what is asked in any protocol that is read? */
int looks_like_beginning(void);

/* Gives the prefix to the recogniser: enum recognised. */
int recognise_bytes(void);

#endif
