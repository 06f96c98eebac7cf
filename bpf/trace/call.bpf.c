// SPDX-License-Identifier: GPL-2.0
#include "bpf/trace/call.h"

const volatile struct call_layout call_layouts[CALL_NUMBER_MAX] = {
	[CALL_READ] = { CALL_RECEIVE, SOURCE_BUFFER, 0 },
	[CALL_WRITE] = { CALL_SEND, SOURCE_BUFFER, 0 },
	[CALL_READV] = { CALL_RECEIVE, SOURCE_VECTOR, 0 },
	[CALL_WRITEV] = { CALL_SEND, SOURCE_VECTOR, 0 },
	[CALL_PREADV2] = { CALL_RECEIVE, SOURCE_VECTOR, 0 },
	[CALL_PWRITEV2] = { CALL_SEND, SOURCE_VECTOR, 0 },
	[CALL_RECVFROM] = { CALL_RECEIVE, SOURCE_BUFFER, 3 },
	[CALL_SENDTO] = { CALL_SEND, SOURCE_BUFFER, 0 },
	[CALL_RECVMSG] = { CALL_RECEIVE, SOURCE_MESSAGE, 2 },
	[CALL_SENDMSG] = { CALL_SEND, SOURCE_MESSAGE, 0 },
	[CALL_RECVMMSG] = { CALL_RECEIVE, SOURCE_MESSAGES, 3 },
	[CALL_SENDMMSG] = { CALL_SEND, SOURCE_MESSAGES, 0 },
	[CALL_SENDFILE] = { CALL_SEND, SOURCE_NONE, 0 },
	[CALL_SPLICE_CALL] = { CALL_SPLICE, SOURCE_NONE, 0 },
};

/* A 32-bit call's number -> the 64-bit one's, and one more, so that 0 is none. */
const volatile __u16 compat_calls[CALL_NUMBER_MAX] = {
	[COMPAT_READ] = 1 + CALL_READ,
	[COMPAT_WRITE] = 1 + CALL_WRITE,
	[COMPAT_READV] = 1 + CALL_READV,
	[COMPAT_WRITEV] = 1 + CALL_WRITEV,
	[COMPAT_PREADV2] = 1 + CALL_PREADV2,
	[COMPAT_PWRITEV2] = 1 + CALL_PWRITEV2,
	[COMPAT_RECVFROM] = 1 + CALL_RECVFROM,
	[COMPAT_SENDTO] = 1 + CALL_SENDTO,
	[COMPAT_RECVMSG] = 1 + CALL_RECVMSG,
	[COMPAT_SENDMSG] = 1 + CALL_SENDMSG,
	[COMPAT_RECVMMSG] = 1 + CALL_RECVMMSG,
	[COMPAT_RECVMMSG_TIME64] = 1 + CALL_RECVMMSG,
	[COMPAT_SENDMMSG] = 1 + CALL_SENDMMSG,
	[COMPAT_SENDFILE] = 1 + CALL_SENDFILE,
	[COMPAT_SENDFILE64] = 1 + CALL_SENDFILE,
	[COMPAT_SPLICE] = 1 + CALL_SPLICE_CALL,
	[COMPAT_SOCKET_SEND] = 1 + CALL_SENDTO,
	[COMPAT_SOCKET_RECV] = 1 + CALL_RECVFROM,
#if defined(__TARGET_ARCH_x86)
	[COMPAT_SOCKET_SENDTO] = 1 + CALL_SENDTO,
	[COMPAT_SOCKET_RECVFROM] = 1 + CALL_RECVFROM,
	[COMPAT_SOCKET_SENDMSG] = 1 + CALL_SENDMSG,
	[COMPAT_SOCKET_RECVMSG] = 1 + CALL_RECVMSG,
	[COMPAT_SOCKET_RECVMMSG] = 1 + CALL_RECVMMSG,
	[COMPAT_SOCKET_SENDMMSG] = 1 + CALL_SENDMMSG,
#endif
};

long compat_number(__u32 number, __u32 first)
{
	__u64 index = number;

#if defined(__TARGET_ARCH_x86)
	if (number == COMPAT_SOCKETCALL)
		index = (__u64)COMPAT_SOCKET_CALLS + first;
	else if (number >= COMPAT_SOCKET_CALLS)
		return -1;
#endif
	barrier_var(index);
	return index < CALL_NUMBER_MAX ? compat_calls[index] - 1 : -1;
}

__u64 compat_register(__u64 value)
{
	return (__u32)value;
}

__u64 compat_word(__u64 address, __u32 index)
{
	__u32 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)((__u32)address + (__u64)index * sizeof(word)));
	return word;
}
