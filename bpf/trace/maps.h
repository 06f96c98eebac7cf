/* SPDX-License-Identifier: GPL-2.0 */
/* The maps and settings that the tracing programs share; defined in maps.bpf.c. */
#ifndef WIRESPAN_BPF_TRACE_MAPS_H
#define WIRESPAN_BPF_TRACE_MAPS_H

#include "bpf/kernel.h"

#include "bpf/trace/call_layout.h"
#include "bpf/config.h"
#include "bpf/trace/connection.h"
#include "bpf/counter.h"
#include "bpf/record.h"

/* A read from a vector of buffers under way: a step takes the next one. */
struct vector_reading {
	__u64 address; /* of the struct iovec */
	__u64 skip;    /* bytes not wanted of those to come */
	__u32 index;   /* of the next buffer */
	__u32 count;   /* of buffers */
	__u32 step;
	__u32 at;      /* where in `bytes` the next ones go */
	__u32 left;    /* bytes wanted */
	__u32 reserved;
};

/*
 * A movement while it is captured. It stands in memory, not in registers, so
 * that the loops over its bytes can be functions that the verifier checks once.
 */
struct scratch {
	struct call_source source;
	struct recogniser recogniser;
	union protocol_walk walk;           /* its direction's */
	union protocol_connection protocol; /* its connection's */
	__u32 length; /* of the movement */
	__u32 prefix; /* bytes copied from its beginning */
	__u32 cursor; /* end of the last fragment in `bytes` */
	__u32 turn;   /* the first bytes of their direction since the other one moved */
	__u32 asks;   /* they go where the connection's first bytes went */
	__s32 missed; /* bytes of their direction that moved before them and were not seen; < 0: nobody knows */
	/*
	 * How far a walk through bytes has come: here, as the verifier forgets what it knew of a number in memory.
	 * Else it would follow each way that leads to another number by itself.
	 */
	__u32 walked;
	/* What the protocol says of them. */
	__u32 requests;  /* that begin with them, as they look */
	__u32 responses;
	__u32 becomes;   /* enum recognised: what the connection speaks from here on; 0: the same */
	__u32 vector_index;  /* where the last read of a vector ended: reads go forward */
	__u32 vector_offset; /* bytes in the buffers before that one */
	__u32 head_alone;    /* where a response's head ends with its buffer, no more is copied at first */
	/* What loops read of the caller's memory: here, as on the stack it would be too much for eight calls deep. */
	struct vector_reading reading;
	struct user_iovec vectors[VECTORS_READ];
	struct compat_iovec compat_vectors[VECTORS_READ];
	struct user_messages messages;
	struct compat_messages compat_messages;
	struct record_ignored ignored;
	struct record_data data; /* the record begins here ... */
	union { /* ... and goes on here; twice, so that any bounded offset plus any bounded size fits */
		__u8 bytes[2 * SCRATCH_BYTES_MAX];
		__u64 words[2 * SCRATCH_BYTES_MAX / 8];
	};
};

/* What a thread's send call noted when it began, where the socket's own tracepoint can't. */
struct send_begin {
	__u64 time;
};

/*
 * How far a thread came in a sendmmsg or recvmmsg: the sockets' tracepoints tell
 * of each message, but not which one.
 */
struct messages_progress {
	__u64 address; /* of the first struct mmsghdr */
	__u32 next;    /* the message that comes next */
	__u32 reserved;
};

struct ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE_DEFAULT);
};

struct counters_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTER_COUNT);
	__type(key, __u32);
	__type(value, __u64);
};

/* Process id -> enum verdict. */
struct processes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PROCESSES_MAX);
	__type(key, __u32);
	__type(value, __u32);
};

/* One bit a port. */
struct ports_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536 / 64);
	__type(key, __u32);
	__type(value, __u64);
};

/* One element a CPU: an ordinary array, because a per-CPU one holds 32 KiB at most. */
struct scratch_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
};

/* Connection state where the socket is in hand: dies with the socket. */
struct socket_connections_map {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct connection);
};

/* The same by the socket's address, where it is only found through a descriptor. */
struct address_connections_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CONNECTIONS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct connection);
};

/* Thread -> its send call under way. */
struct send_begins_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, THREADS_MAX);
	__type(key, __u64);
	__type(value, struct send_begin);
};

/* Thread -> its call with several messages. */
struct messages_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MESSAGES_THREADS_MAX);
	__type(key, __u64);
	__type(value, struct messages_progress);
};

extern struct ring_map ring SEC(".maps");
extern struct counters_map counters SEC(".maps");
extern struct processes_map processes SEC(".maps");
extern struct ports_map ports SEC(".maps");
extern struct scratch_map scratches SEC(".maps");
extern struct socket_connections_map socket_connections SEC(".maps");
extern struct address_connections_map address_connections SEC(".maps");
extern struct send_begins_map send_begins SEC(".maps");
extern struct messages_map message_calls SEC(".maps");

/* A connection of which nothing is known. */
extern const volatile struct connection no_connection;

static __always_inline void count_all(__u32 counter, __u32 number)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		__sync_fetch_and_add(value, number); /* an interrupt may count, too */
}

static __always_inline void count(__u32 counter)
{
	count_all(counter, 1);
}

/* A record found no room in the ring, and with it so many of what is counted. */
static __always_inline void count_lost_record_of(__u32 counter, __u32 number)
{
	count_all(counter, number);
	__sync_fetch_and_add(&records_lost, 1);
}

static __always_inline void count_lost_record(__u32 counter)
{
	count_lost_record_of(counter, 1);
}

/* When the thread's send call began; 0: unknown. */
static __always_inline __u64 send_began(__u64 thread)
{
	struct send_begin *begin = bpf_map_lookup_elem(&send_begins, &thread);

	return begin ? begin->time : 0;
}

/* This CPU's; nothing that interrupts a capture uses it. */
static __always_inline struct scratch *scratch_get(void)
{
	__u32 cpu = bpf_get_smp_processor_id() & CPU_MASK;

	return bpf_map_lookup_elem(&scratches, &cpu);
}

/* How to submit a record: waking the agent only when it asked for it. */
static __always_inline __u64 ring_flags(void)
{
	__u32 sleeps = agent_sleeps;

	if (sleeps == AGENT_AWAKE)
		return BPF_RB_NO_WAKEUP;
	if (sleeps == AGENT_NAPS && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < config.ring_high)
		return BPF_RB_NO_WAKEUP;
	agent_sleeps = AGENT_AWAKE;
	return BPF_RB_FORCE_WAKEUP;
}

#endif
