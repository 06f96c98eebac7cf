/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Settings made before the programs load, and the bounds of the maps. */
#ifndef WIRESPAN_BPF_CONFIG_H
#define WIRESPAN_BPF_CONFIG_H

#include <linux/types.h>
#include <stdbool.h>

#define RING_SIZE_DEFAULT (4 * 1024 * 1024)
#define PROCESSES_MAX 65536   /* processes judged at a time */
#define CONNECTIONS_MAX 65536 /* only where sockets can't carry their state themselves */
#define THREADS_MAX 16384     /* threads inside a send at a time */
#define MESSAGES_THREADS_MAX 1024 /* threads that use sendmmsg or recvmmsg on TCP */

#define COPY_HEAD 4096           /* bytes copied of a call where a head may be */
#define COPY_HEAD_LONG 16384     /* ... where the head did not end within COPY_HEAD */
#define COPY_MESSAGE_MAX 16384   /* bytes copied of one message before its body is only sampled */
#define COPY_BODY 64             /* bytes copied of a call inside a body */
#define SCRATCH_BYTES_MAX 20480  /* fragments of one record: a long head and what follows */

#define CPU_MASK 1023 /* CPUs, rounded up to a power of two, less one */

/* A connection older than the agent is given up after so many turns without a head. */
#define LATE_TURNS_MAX 8

enum verdict {
	VERDICT_UNJUDGED = 0, /* captured; held back in user space until judged */
	VERDICT_TRACE = 1,
	VERDICT_IGNORE = 2,
};

struct capture_config {
	bool socket_storage;    /* sockets carry their state (else by address) */
	bool socket_send_begin; /* tcp_sendmsg_locked tells when a send begins */
	bool socket_cookie;     /* bpf_get_socket_cookie works in these programs (Linux 5.12) */
	bool filter_ports;
	__u32 agent;     /* our own process id */
	__u32 ring_high; /* bytes in the ring that end a nap */
};

extern const volatile struct capture_config config;

/* Set by the agent before it sleeps, reset by the record that wakes it. */
enum agent_sleep {
	AGENT_AWAKE = 0,
	AGENT_NAPS = 1,   /* for a moment: wake it when the ring fills */
	AGENT_SLEEPS = 2, /* until the next record */
};

extern __u32 agent_sleeps; /* enum agent_sleep */

/* Moves, afterwards, with every process that is judged to be of no interest. */
extern __u32 verdicts_round;

/* Moves with every record that found no room. */
extern __u32 records_lost;

#endif
