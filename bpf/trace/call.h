/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls that move bytes over a socket: one table of argument layouts
 * instead of a program for each. Those of 32-bit code are told by the numbers
 * of 64-bit code.
 */
#ifndef WIRESPAN_BPF_TRACE_CALL_H
#define WIRESPAN_BPF_TRACE_CALL_H

#include "bpf/trace/call_layout.h"
#include "bpf/kernel.h"

#if defined(__TARGET_ARCH_x86)
/* arch/x86/entry/syscalls/syscall_64.tbl */
enum {
	CALL_READ = 0,
	CALL_WRITE = 1,
	CALL_READV = 19,
	CALL_WRITEV = 20,
	CALL_SENDFILE = 40,
	CALL_SENDTO = 44,
	CALL_RECVFROM = 45,
	CALL_SENDMSG = 46,
	CALL_RECVMSG = 47,
	CALL_SPLICE_CALL = 275,
	CALL_RECVMMSG = 299,
	CALL_SENDMMSG = 307,
	CALL_PREADV2 = 327,
	CALL_PWRITEV2 = 328,
};

/* arch/x86/entry/syscalls/syscall_32.tbl, include/uapi/linux/net.h */
enum {
	COMPAT_READ = 3,
	COMPAT_WRITE = 4,
	COMPAT_SOCKETCALL = 102,
	COMPAT_READV = 145,
	COMPAT_WRITEV = 146,
	COMPAT_SENDFILE = 187,
	COMPAT_SENDFILE64 = 239,
	COMPAT_SPLICE = 313,
	COMPAT_RECVMMSG = 337,
	COMPAT_SENDMMSG = 345,
	COMPAT_SENDTO = 369,
	COMPAT_SENDMSG = 370,
	COMPAT_RECVFROM = 371,
	COMPAT_RECVMSG = 372,
	COMPAT_PREADV2 = 378,
	COMPAT_PWRITEV2 = 379,
	COMPAT_RECVMMSG_TIME64 = 417,
	/* What socketcall's first argument names, behind the calls themselves. */
	COMPAT_SOCKET_CALLS = CALL_NUMBER_MAX - 32,
	COMPAT_SOCKET_SEND = COMPAT_SOCKET_CALLS + 9,
	COMPAT_SOCKET_RECV = COMPAT_SOCKET_CALLS + 10,
	COMPAT_SOCKET_SENDTO = COMPAT_SOCKET_CALLS + 11,
	COMPAT_SOCKET_RECVFROM = COMPAT_SOCKET_CALLS + 12,
	COMPAT_SOCKET_SENDMSG = COMPAT_SOCKET_CALLS + 16,
	COMPAT_SOCKET_RECVMSG = COMPAT_SOCKET_CALLS + 17,
	COMPAT_SOCKET_RECVMMSG = COMPAT_SOCKET_CALLS + 19,
	COMPAT_SOCKET_SENDMMSG = COMPAT_SOCKET_CALLS + 20,
};
#elif defined(__TARGET_ARCH_arm64)
/* include/uapi/asm-generic/unistd.h */
enum {
	CALL_READ = 63,
	CALL_WRITE = 64,
	CALL_READV = 65,
	CALL_WRITEV = 66,
	CALL_SENDFILE = 71,
	CALL_SPLICE_CALL = 76,
	CALL_SENDTO = 206,
	CALL_RECVFROM = 207,
	CALL_SENDMSG = 211,
	CALL_RECVMSG = 212,
	CALL_RECVMMSG = 243,
	CALL_SENDMMSG = 269,
	CALL_PREADV2 = 286,
	CALL_PWRITEV2 = 287,
};

/* arch/arm/tools/syscall.tbl */
enum {
	COMPAT_READ = 3,
	COMPAT_WRITE = 4,
	COMPAT_READV = 145,
	COMPAT_WRITEV = 146,
	COMPAT_SENDFILE = 187,
	COMPAT_SENDFILE64 = 239,
	COMPAT_SOCKET_SEND = 289,
	COMPAT_SENDTO = 290,
	COMPAT_SOCKET_RECV = 291,
	COMPAT_RECVFROM = 292,
	COMPAT_SENDMSG = 296,
	COMPAT_RECVMSG = 297,
	COMPAT_SPLICE = 340,
	COMPAT_RECVMMSG = 365,
	COMPAT_SENDMMSG = 374,
	COMPAT_PREADV2 = 392,
	COMPAT_PWRITEV2 = 393,
	COMPAT_RECVMMSG_TIME64 = 417,
};
#endif

/* By the system call's number; defined in call.bpf.c. */
extern const volatile struct call_layout call_layouts[CALL_NUMBER_MAX];

/* The system call that saved registers belong to. */
struct call_registers {
	long number; /* as 64-bit code has it; of 32-bit code's calls -1 for those that move no bytes */
	__u64 arguments[4];
	__u64 compat; /* 1: 32-bit code made it, its structures are narrower; else 0 */
	bool inside;  /* the call is under way: what happens now is its doing */
};

/*
 * The number as 64-bit code has it of a call that 32-bit code made; `first` is the first argument. Defined in
 * call.bpf.c, and global as the next ones: of their results the verifier knows as little as of 64-bit code's
 * registers, and so goes on from both but once.
 */
long compat_number(__u32 number, __u32 first);
/* What a register of 32-bit code holds. */
__u64 compat_register(__u64 value);
/* Word `index` of 32-bit code's memory at `address`; 0: it can't be read. */
__u64 compat_word(__u64 address, __u32 index);

/* As if 64-bit code had made the call. */
static __always_inline void call_read_native(const struct pt_regs *regs, struct call_registers *call)
{
#if defined(__TARGET_ARCH_x86)
	call->number = regs->orig_ax;
	call->arguments[0] = regs->di;
	call->arguments[1] = regs->si;
	call->arguments[2] = regs->dx;
	call->arguments[3] = regs->r10;
	/* User code's segment is 0x33 or, of 32 bits, 0x23. Without a branch: the verifier would follow each way. */
	call->compat = ~regs->cs >> 4 & 1;
	/* The result is written when the call is over; io_uring's work runs then. */
	call->inside = (long)regs->ax == -ENOSYS;
#else
	call->number = regs->syscallno;
	call->arguments[0] = regs->orig_x0;
	call->arguments[1] = regs->regs[1];
	call->arguments[2] = regs->regs[2];
	call->arguments[3] = regs->regs[3];
	call->compat = regs->pstate >> 4 & 1; /* PSR_MODE32_BIT */
	call->inside = regs->regs[0] == regs->orig_x0;
#endif
}

/* Number and arguments of a call that 32-bit code made. */
static __always_inline void call_read_compat(const struct pt_regs *regs, struct call_registers *call)
{
#if defined(__TARGET_ARCH_x86)
	__u32 number = call->number;

	call->number = compat_number(number, regs->bx);
	if (number == COMPAT_SOCKETCALL) {
		call->arguments[0] = compat_word(regs->cx, 0);
		call->arguments[1] = compat_word(regs->cx, 1);
		call->arguments[2] = compat_word(regs->cx, 2);
		call->arguments[3] = compat_word(regs->cx, 3);
	} else {
		call->arguments[0] = compat_register(regs->bx);
		call->arguments[1] = compat_register(regs->cx);
		call->arguments[2] = compat_register(regs->dx);
		call->arguments[3] = compat_register(regs->si);
	}
#else
	call->number = compat_number(call->number, 0);
	call->arguments[0] = compat_register(call->arguments[0]);
	call->arguments[1] = compat_register(call->arguments[1]);
	call->arguments[2] = compat_register(call->arguments[2]);
	call->arguments[3] = compat_register(call->arguments[3]);
#endif
}

static __always_inline void call_registers_read(const struct pt_regs *regs, struct call_registers *call)
{
	__u64 compat;

	call_read_native(regs, call);
	compat = call->compat;
	barrier_var(compat); /* what is kept of it stays unknown to the verifier */
	if (compat)
		call_read_compat(regs, call);
}

/* False when the call moves no bytes. */
static __always_inline bool call_layout_of(const struct call_registers *call, struct call_layout *ret_layout)
{
	__u64 number = call->number;

	if (number >= CALL_NUMBER_MAX)
		return false;
	barrier_var(number);
	if (number >= CALL_NUMBER_MAX)
		return false;
	ret_layout->direction = call_layouts[number].direction;
	ret_layout->source = call_layouts[number].source;
	ret_layout->flags = call_layouts[number].flags;
	return ret_layout->direction != CALL_NONE;
}

/* Where a struct msghdr at `address` has its vector; `compat` of the source is there already. */
static __always_inline bool message_read(__u64 address, __u64 compat, struct call_source *ret_source)
{
	__u64 vector[2]; /* iov and iov_count alone: the stack is short */

	if (compat) {
		vector[0] = compat_word(address + __builtin_offsetof(struct compat_message, iov), 0);
		vector[1] = compat_word(address + __builtin_offsetof(struct compat_message, iov), 1);
	} else if (bpf_probe_read_user(vector, sizeof(vector),
				       (void *)(address + __builtin_offsetof(struct user_message, iov)))) {
		return false;
	}
	ret_source->kind = SOURCE_VECTOR;
	ret_source->address = vector[0];
	ret_source->count = vector[1];
	return true;
}

static __always_inline void source_from_call(enum source_kind kind, const struct call_registers *call,
					     struct call_source *ret_source)
{
	ret_source->kind = kind;
	ret_source->compat = call->compat;
	ret_source->address = call->arguments[1];
	ret_source->count = call->arguments[2];
	if (kind == SOURCE_MESSAGE && !message_read(call->arguments[1], call->compat, ret_source))
		ret_source->kind = SOURCE_NONE;
}

#endif
