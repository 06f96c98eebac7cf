/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls that move bytes over a socket: one table of argument layouts
 * instead of a program for each.
 */
#ifndef WIRESPAN_BPF_CALL_H
#define WIRESPAN_BPF_CALL_H

#include "bpf/call_layout.h"
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
#endif

/* By the system call's number; defined in call.bpf.c. */
extern const volatile struct call_layout call_layouts[CALL_NUMBER_MAX];

/* The system call that saved registers belong to. */
struct call_registers {
	long number;
	__u64 arguments[4];
	bool native; /* not a 32-bit call, whose numbers and structures differ */
	bool inside; /* the call is under way: what happens now is its doing */
};

#define USER32_CS 0x23

static __always_inline void call_registers_read(struct pt_regs *regs, struct call_registers *call)
{
#if defined(__TARGET_ARCH_x86)
	call->number = regs->orig_ax;
	call->arguments[0] = regs->di;
	call->arguments[1] = regs->si;
	call->arguments[2] = regs->dx;
	call->arguments[3] = regs->r10;
	call->native = regs->cs != USER32_CS;
	/* The result is written when the call is over; io_uring's work runs then. */
	call->inside = (long)regs->ax == -ENOSYS;
#else
	call->number = regs->syscallno;
	call->arguments[0] = regs->orig_x0;
	call->arguments[1] = regs->regs[1];
	call->arguments[2] = regs->regs[2];
	call->arguments[3] = regs->regs[3];
	call->native = true;
	call->inside = regs->regs[0] == regs->orig_x0;
#endif
}

/* False when the call moves no bytes. */
static __always_inline bool call_layout_of(const struct call_registers *call, struct call_layout *ret_layout)
{
	__u64 number = call->number;

	if (!call->native || number >= CALL_NUMBER_MAX)
		return false;
	barrier_var(number);
	if (number >= CALL_NUMBER_MAX)
		return false;
	ret_layout->direction = call_layouts[number].direction;
	ret_layout->source = call_layouts[number].source;
	ret_layout->flags = call_layouts[number].flags;
	return ret_layout->direction != CALL_NONE;
}

static __always_inline void source_from_call(enum source_kind kind, const struct call_registers *call,
					     struct call_source *ret_source)
{
	__u64 vector[2]; /* iov and iov_count alone: the stack is short */

	ret_source->kind = kind;
	ret_source->address = call->arguments[1];
	ret_source->count = call->arguments[2];
	if (kind != SOURCE_MESSAGE)
		return;
	ret_source->kind = SOURCE_NONE;
	if (bpf_probe_read_user(vector, sizeof(vector),
				(void *)(call->arguments[1] + __builtin_offsetof(struct user_message, iov))))
		return;
	ret_source->kind = SOURCE_VECTOR;
	ret_source->address = vector[0];
	ret_source->count = vector[1];
}

#endif
