/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* How system calls that move bytes over a socket name them. */
#ifndef WIRESPAN_BPF_CALL_LAYOUT_H
#define WIRESPAN_BPF_CALL_LAYOUT_H

#include <linux/types.h>

enum source_kind {
	SOURCE_NONE = 0, /* the bytes are not in the caller's memory, or nobody knows where */
	SOURCE_BUFFER,   /* argument 1 points to them */
	SOURCE_VECTOR,   /* argument 1 points to struct iovec, argument 2 counts them */
	SOURCE_MESSAGE,  /* argument 1 points to struct msghdr */
};

/* Where the bytes of a call are. */
struct call_source {
	__u64 address; /* of the bytes, or of the struct iovec */
	__u32 count;   /* of struct iovec */
	__u32 kind;    /* SOURCE_NONE, _BUFFER or _VECTOR */
};

#define VECTOR_MAX 16 /* buffers of a vector that are looked at */

enum call_direction {
	CALL_NONE = 0, /* moves no bytes */
	CALL_RECEIVE = 1,
	CALL_SEND = 2,
	CALL_SPLICE = 3, /* receives from argument 0, or sends to argument 2 */
};

/* Argument numbers count from 0. */
struct call_layout {
	__u8 direction; /* enum call_direction */
	__u8 source;    /* enum source_kind */
	__u8 flags;     /* number of the argument with MSG_* flags; 0: none */
};

#define CALL_NUMBER_MAX 512

#endif
