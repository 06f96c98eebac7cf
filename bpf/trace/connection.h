/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the kernel keeps of one connection. */
#ifndef WIRESPAN_BPF_TRACE_CONNECTION_H
#define WIRESPAN_BPF_TRACE_CONNECTION_H

#include "bpf/record.h"
#include "bpf/trace/protocol/protocols.h"
#include "bpf/trace/protocol/recognise.h"

#define NO_DIRECTION 2

struct direction {
	__u64 next; /* position after the last byte seen; 0: nothing seen yet */
	union protocol_walk walk;
};

struct connection {
	struct record_connection identity; /* cookie 0: not filled in yet */
	struct direction directions[2];    /* by enum record_direction */
	__u64 send_begin;                  /* time at which the send under way began; 0: none */
	__u32 send_start;                  /* TCP sequence number at which it began */
	__u32 send_thread;                 /* whose it is */
	struct recogniser recogniser;
	union protocol_connection protocol;
	__u8 recognised;       /* enum recognised */
	__u8 last_direction;   /* enum record_direction or NO_DIRECTION */
	__u8 late;             /* older than the agent */
	__u8 late_turns;       /* turns seen without a head, or that could not be read */
	__u8 reported;         /* a record was sent: its end is reported too */
	__u8 request_lost;     /* the last request head was lost to a full ring */
	__u8 own_positions;
	__u8 first_direction;  /* in which the stream's first bytes moved */
	__u8 moved;            /* directions seen, a bit each */
	__u8 send_contended;   /* another thread sends, too */
	__u8 end;            /* flags of its end (enum record_state_flags); 0: not over, as far as was seen */
	__u8 end_error;      /* the socket's error then, a positive errno */
	__u8 refused;        /* a failed send was reported */
	__u32 process;       /* that was of interest when it last used the connection; 0: none */
	__u32 process_round; /* verdicts_round then: as long as that stands, it still is */
};

#endif
