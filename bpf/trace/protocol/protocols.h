/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The protocols that are read, a row each: how a connection is recognised that
 * speaks it, and its name. NAME_walk.h defines what is kept, zeros at first:
 * struct NAME_walk of one direction, struct NAME_connection of both. NAME.bpf.c
 * defines int NAME_follow(void), which protocol.h describes.
 */
#ifndef WIRESPAN_BPF_TRACE_PROTOCOL_PROTOCOLS_H
#define WIRESPAN_BPF_TRACE_PROTOCOL_PROTOCOLS_H

#include "bpf/record.h"
#include "bpf/trace/protocol/http1_walk.h"
#include "bpf/trace/protocol/redis_walk.h"

#define PROTOCOLS(ROW)               \
	ROW(RECOGNISED_HTTP1, http1) \
	ROW(RECOGNISED_REDIS, redis)

#define PROTOCOL_WALK(value, name) struct name##_walk name;
#define PROTOCOL_CONNECTION(value, name) struct name##_connection name;
#define PROTOCOL_BIT(value, name) | 1u << (value)

union protocol_walk {
	PROTOCOLS(PROTOCOL_WALK)
};

union protocol_connection {
	PROTOCOLS(PROTOCOL_CONNECTION)
};

/* Whether a connection is reported that was recognised so: as long as nobody knows what it speaks, it is. */
static inline bool protocol_is_read(__u32 recognised)
{
	return ((1u << RECOGNISED_NOT_YET PROTOCOLS(PROTOCOL_BIT)) >> (recognised & 31)) & 1;
}

#endif
