// SPDX-License-Identifier: GPL-2.0
#include "bpf/steady.h"

#include "bpf/kernel.h"

extern void bpf_preempt_disable(void) __weak __ksym;
extern void bpf_preempt_enable(void) __weak __ksym;

__hidden void steady_begin(void)
{
	bpf_preempt_disable();
}

__hidden void steady_end(void)
{
	bpf_preempt_enable();
}
