/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* How system calls that move bytes over a socket name them. */
#ifndef WIRESPAN_BPF_TRACE_CALL_LAYOUT_H
#define WIRESPAN_BPF_TRACE_CALL_LAYOUT_H

#include <linux/types.h>

enum source_kind {
	SOURCE_NONE = 0, /* the bytes are not in the caller's memory, or nobody knows where */
	SOURCE_BUFFER,   /* argument 1 points to them */
	SOURCE_VECTOR,   /* argument 1 points to struct iovec, argument 2 counts them */
	SOURCE_MESSAGE,  /* argument 1 points to struct msghdr */
	SOURCE_MESSAGES, /* argument 1 points to struct mmsghdr, one after the other */
};

/* Where the bytes of a call are. */
struct call_source {
	__u64 address; /* of the bytes, the struct iovec or the struct mmsghdr */
	__u32 count;   /* of struct iovec or struct mmsghdr */
	__u16 kind;    /* SOURCE_NONE, _BUFFER, _VECTOR or _MESSAGES */
	__u16 compat;  /* they are 32-bit code's */
};

#define VECTOR_MAX 16   /* buffers of a vector that one read passes */
#define VECTORS_READ 4  /* of which so many are read at once */
#define MESSAGES_MAX 16 /* messages of one call that are looked at */

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

/* struct iovec, msghdr and mmsghdr of the caller, the same on all 64-bit architectures. */
struct user_iovec {
	__u64 base;
	__u64 length;
};

struct user_message {
	__u64 name;
	__u32 name_length;
	__u32 pad;
	__u64 iov;
	__u64 iov_count;
	__u64 control;
	__u64 control_length;
	__u32 flags;
	__u32 pad2;
};

/* struct mmsghdr: the kernel writes how many bytes a message moved once it has. */
struct user_messages {
	struct user_message message;
	__u32 length;
	__u32 pad;
};

/* The same of 32-bit code. */
struct compat_iovec {
	__u32 base;
	__u32 length;
};

struct compat_message {
	__u32 name;
	__u32 name_length;
	__u32 iov;
	__u32 iov_count;
	__u32 control;
	__u32 control_length;
	__u32 flags;
};

struct compat_messages {
	struct compat_message message;
	__u32 length;
};

#endif
