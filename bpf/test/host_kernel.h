/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in for bpf/kernel.h where a test compiles the kernel programs' logic
 * for the host: include it first. The test defines the helpers.
 */
#ifndef WIRESPAN_BPF_KERNEL_H
#define WIRESPAN_BPF_KERNEL_H

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __hidden
#define SEC(name)
#define __uint(name, value) int(*name)[value]
#define __type(name, type) __typeof__(type) *name
#define barrier_var(variable) __asm__ volatile("" : "+r"(variable))

/* The registers' names are one architecture's; nothing here reads them. */
#define __TARGET_ARCH_x86

struct pt_regs {
	unsigned long bx, cx, dx, si, di, r10, ax, cs, orig_ax;
};

void *bpf_map_lookup_elem(const void *map, const void *key);
long bpf_probe_read_user(void *to, __u32 size, const void *from);
long bpf_ringbuf_output(void *ring, void *data, __u64 size, __u64 flags);
__u64 bpf_ringbuf_query(void *ring, __u64 flags);
__u64 bpf_get_current_pid_tgid(void);
__u32 bpf_get_smp_processor_id(void);
__u64 bpf_ktime_get_ns(void);

#endif
