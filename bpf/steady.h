/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernel lets a thread be preempted inside of a tracepoint's programs
 * (seen on 7.2), it skips a program for every other thread on that CPU until the
 * first one goes on, and what a CPU has once, like its scratch, two share. So
 * what runs often stands here twice: as it is, and with preemption disabled,
 * "_steady", for kernels that have the functions for that. Two programs, as an
 * older kernel refuses one that calls what it does not have, even where the call
 * is never reached.
 */
#ifndef WIRESPAN_BPF_STEADY_H
#define WIRESPAN_BPF_STEADY_H

/*
 * Not to be preempted in between; defined in steady.bpf.c, as the linker takes
 * the kernel's functions from one file only.
 */
void steady_begin(void);
void steady_end(void);

/* Both programs of a tracepoint: `name` and `name`_steady make the same `call`. The rest are their parameters. */
#define HOOK(tracepoint, name, call, ...)         \
	SEC("tp_btf/" tracepoint)                 \
	int BPF_PROG(name, __VA_ARGS__)           \
	{                                         \
		return call;                      \
	}                                         \
                                                  \
	SEC("tp_btf/" tracepoint)                 \
	int BPF_PROG(name##_steady, __VA_ARGS__)  \
	{                                         \
		steady_begin();                   \
		call;                             \
		steady_end();                     \
		return 0;                         \
	}

#endif
