/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The record format: what the kernel programs tell the agent, and all that
 * the correlating engine ever learns. docs/records.md describes it byte by byte.
 *
 * Every record begins with struct record_header; `size` counts the whole
 * record, header included, and is a multiple of 8. Integers are in host byte
 * order, addresses and nothing else in network byte order. Times are
 * nanoseconds of CLOCK_MONOTONIC unless said otherwise; record_clock relates
 * them to the wall clock.
 */
#ifndef WIRESPAN_BPF_RECORD_H
#define WIRESPAN_BPF_RECORD_H

#include <linux/types.h>

enum record_kind {
	RECORD_DATA = 1,    /* bytes passed a socket: struct record_data + fragments */
	RECORD_STATE = 2,   /* a connection changed its state: struct record_state */
	RECORD_PROCESS = 3, /* a program was executed (or found running): struct record_process + strings */
	RECORD_FORK = 4,    /* a process was forked: struct record_fork */
	RECORD_EXIT = 5,    /* a process (its last thread) ended: struct record_exit */
	RECORD_SOCKET = 6,  /* a connection older than the agent: struct record_socket */
	RECORD_CLOCK = 7,   /* wall clock against monotonic clock: struct record_clock */
	RECORD_IGNORED = 8, /* a connection is reported no more, by what it speaks: struct record_ignored */
	RECORD_DETAIL = 9,  /* more of a process that has been told of: struct record_detail + strings */
};

struct record_header {
	__u16 kind;  /* enum record_kind */
	__u16 flags; /* of the kind's own */
	__u32 size;  /* bytes, header included, multiple of 8 */
	__u64 time;  /* CLOCK_MONOTONIC ns; for calls, when the call returned */
	__u32 tgid;  /* process id in the initial pid namespace; 0: not in a process's context */
	__u32 tid;   /* thread id in the initial pid namespace */
	__u32 cpu;
	__u32 reserved;
};
_Static_assert(sizeof(struct record_header) == 32, "record_header has no holes");

enum record_family {
	RECORD_FAMILY_UNIX = 1,
	RECORD_FAMILY_INET = 2,
	RECORD_FAMILY_INET6 = 10,
};

enum record_role {
	RECORD_ROLE_UNKNOWN = 0,
	RECORD_ROLE_CLIENT = 1, /* connect() was called on it */
	RECORD_ROLE_SERVER = 2, /* it was accepted */
};

/* One socket, as its owner sees it. Local and remote are the owner's. */
struct record_connection {
	__u64 cookie; /* the socket cookie: identity; never 0 */
	__u32 netns;  /* inode number of the network namespace */
	__u8 family;  /* enum record_family */
	__u8 role;    /* enum record_role */
	__u16 reserved;
	__u16 local_port; /* host byte order */
	__u16 remote_port;
	__u8 local_address[16]; /* network byte order; IPv4 uses the first 4; IPv4-mapped are IPv4 */
	__u8 remote_address[16];
	__u32 reserved2;
};
_Static_assert(sizeof(struct record_connection) == 56, "record_connection has no holes");

enum record_direction {
	RECORD_RECEIVE = 0,
	RECORD_SEND = 1,
};

enum record_data_flags {
	/*
	 * The first bytes of this direction since the other direction moved. Of a connection older
	 * than the agent (LATE) only after the other one was seen to move.
	 */
	RECORD_DATA_TURN = 1 << 0,
	/* The call's bytes begin where the connection's stream begins. */
	RECORD_DATA_BEGIN = 1 << 1,
	/* The bytes could not be read (sendfile, splice, io_uring, a page away). */
	RECORD_DATA_UNREADABLE = 1 << 2,
	/* Positions are counted by us, from 1<<32, not TCP's: they say nothing to the other end. */
	RECORD_DATA_OWN_POSITIONS = 1 << 3,
	/* The beginning of this connection was not seen (it is older than the agent). */
	RECORD_DATA_LATE = 1 << 4,
	/* Another writer moved the position during this call: `position` is a best guess. */
	RECORD_DATA_CONCURRENT = 1 << 5,
	/* A receive that would not have waited for bytes: O_NONBLOCK or MSG_DONTWAIT. */
	RECORD_DATA_NONBLOCKING = 1 << 6,
	/* Nothing has moved over this connection before, in neither direction. */
	RECORD_DATA_FIRST = 1 << 7,
};

/*
 * `length` bytes passed the socket in one direction, beginning at stream
 * position `position`. What of them was copied follows as fragments, ascending
 * and not overlapping; the rest is known to exist but was not copied.
 *
 * Positions: the low 32 bits are the TCP sequence number of the byte, so that
 * both ends of a connection name the same byte by the same number; the high
 * bits count wraps seen at this end (from 1).
 */
struct record_data {
	struct record_header header;
	struct record_connection connection;
	__u64 begin;          /* CLOCK_MONOTONIC ns at which a send began; for a receive = header.time */
	__u64 position;       /* of the first byte of this call */
	__u64 other_position; /* where the other direction stood when this call returned:
			       * for a receive the position of the next byte to be sent, for
			       * a send that of the next byte to be read; 0 if unknown */
	__u32 length;         /* bytes that the call moved, > 0 */
	__u8 direction;       /* enum record_direction */
	__u8 recognised;      /* enum recognised, as what the bytes were read; NOT_YET also in
			       * recordings made before it was told */
	__u16 fragments;      /* how many follow */
};
_Static_assert(sizeof(struct record_data) == 120, "record_data has no holes");

/* Followed by `length` bytes, padded with zeros to a multiple of 8. */
struct record_fragment {
	__u32 offset; /* from record_data.position */
	__u32 length; /* > 0 */
};

#define RECORD_FRAGMENTS_MAX 1024
#define RECORD_SIZE_MAX (24 * 1024) /* no record is larger */

enum record_state_flags {
	RECORD_STATE_PEER_CLOSED = 1 << 0, /* the peer's FIN has arrived: receive_end is final */
	RECORD_STATE_CLOSED = 1 << 1,      /* we closed our direction: send_end is final */
	RECORD_STATE_GONE = 1 << 2,        /* the connection is over */
	RECORD_STATE_RESET = 1 << 3,       /* ... by a reset, sent or received (see error) */
	RECORD_STATE_HELD = 1 << 4,        /* ... but its owner has the socket still, and can read what arrived */
	RECORD_STATE_LEFT = 1 << 5,        /* its owner has closed the socket: no call will move bytes */
	RECORD_STATE_REFUSED = 1 << 6,     /* a send failed: the peer is gone, or this end has closed */
};

struct record_state {
	struct record_header header;
	struct record_connection connection;
	__u64 send_end;    /* position after the last byte ever sent; 0: unknown */
	__u64 receive_end; /* position after the last byte that arrived (read or not); 0: unknown */
	__u64 read_end;    /* position after the last byte read; 0: unknown */
	__s32 error;       /* the socket's error, positive errno (ECONNRESET, ETIMEDOUT, ...), 0 none */
	__u32 reserved;
};
_Static_assert(sizeof(struct record_state) == 120, "record_state has no holes");

enum record_process_flags {
	RECORD_PROCESS_FOUND = 1 << 0, /* ran before the agent: from /proc */
	/* Its runtime moves work between threads (Go): what a thread does says nothing of the request it read. */
	RECORD_PROCESS_SHARED_THREADS = 1 << 1,
	/* Its environment or its command line starts an OpenTelemetry SDK with it. */
	RECORD_PROCESS_SDK = 1 << 2,
	/* A manager of services (systemd, supervisord) started it, or who forked it: it is what that manages. */
	RECORD_PROCESS_MANAGED = 1 << 3,
};

/*
 * A program's identity. The five strings follow in this order, each of the
 * stated length, not terminated, the whole padded with zeros to a multiple of 8:
 * executable (path), arguments (each ended by NUL, cut at 512 bytes),
 * cgroup (path in the v2 hierarchy, or the v1 path that names a container),
 * environment (the OTEL_* variables, each "NAME=value" ended by NUL),
 * facts (what the agent found out besides, of the same form; the kernel tells none).
 */
struct record_process {
	struct record_header header;
	__u64 start_time; /* CLOCK_BOOTTIME ns at which the process started */
	__u32 parent_tgid;
	__u16 executable_length;
	__u16 arguments_length;
	__u16 cgroup_length;
	__u16 environment_length;
	__u16 facts_length;
	__u16 reserved;
};
_Static_assert(sizeof(struct record_process) == 56, "record_process has no holes");

#define RECORD_ARGUMENTS_MAX 512
#define RECORD_EXECUTABLE_MAX 1024
#define RECORD_CGROUP_MAX 1024
#define RECORD_ENVIRONMENT_MAX 2048
#define RECORD_FACTS_MAX 2048

/*
 * What a process shows once it runs: a title in place of its arguments, and facts. Two strings follow as in
 * record_process: arguments (none: they stay), facts (they go before those that are known).
 */
struct record_detail {
	struct record_header header;
	__u16 arguments_length;
	__u16 facts_length;
	__u32 reserved;
};
_Static_assert(sizeof(struct record_detail) == 40, "record_detail has no holes");

/* header.tgid is the child. */
struct record_fork {
	struct record_header header;
	__u64 start_time; /* CLOCK_BOOTTIME ns */
	__u32 parent_tgid;
	__u32 reserved;
};

struct record_exit {
	struct record_header header;
	__s32 code; /* as wait() reports it */
	__u32 reserved;
};

enum record_socket_flags {
	RECORD_SOCKET_LISTENS = 1 << 0, /* accepts connections; has no remote end */
	/*
	 * Nothing it received is unread, nothing it sent unacknowledged, and nothing has moved for a moment;
	 * what moved last was sent, or received. Neither where that is not certain.
	 */
	RECORD_SOCKET_QUIET_SENT = 1 << 1,
	RECORD_SOCKET_QUIET_RECEIVED = 1 << 2,
};

/* A socket found at the agent's start. */
struct record_socket {
	struct record_header header;
	struct record_connection connection;
};

/* header.time is CLOCK_MONOTONIC; `wall` the same instant on CLOCK_REALTIME. */
struct record_clock {
	struct record_header header;
	__u64 wall;     /* ns since the epoch */
	__u64 boottime; /* the same instant on CLOCK_BOOTTIME */
};

/* What a connection speaks. The numbers stand in records: a new one comes last. */
enum recognised {
	RECOGNISED_NOT_YET = 0,
	RECOGNISED_HTTP1 = 1,
	RECOGNISED_TLS = 2,
	RECOGNISED_SSH = 3,
	RECOGNISED_HTTP2 = 4,
	RECOGNISED_REDIS = 5,
	RECOGNISED_POSTGRESQL = 6,
	RECOGNISED_TUNNEL = 7, /* was HTTP/1 until an Upgrade or a CONNECT */
	RECOGNISED_UNKNOWN = 8,
	RECOGNISED_FASTCGI = 9,
	RECOGNISED_COUNT,
};

enum record_ignored_flags {
	RECORD_IGNORED_LATE = 1 << 0, /* it is older than the agent: how it began was not seen */
};

/*
 * Once per connection and end that speaks nothing that is read, or no longer; header.tgid is who moved the bytes
 * that showed it.
 */
struct record_ignored {
	struct record_header header;
	struct record_connection connection;
	__u8 recognised; /* enum recognised, from RECOGNISED_TLS on */
	__u8 reserved[7];
};
_Static_assert(sizeof(struct record_ignored) == 96, "record_ignored has no holes");

#endif
