// SPDX-License-Identifier: GPL-2.0
/* Processes begin, become other programs, and end. */
#include "bpf/trace/maps.h"

#define CGROUP_DEPTH_MAX 12
#define CGROUP_NAME_MAX 128
#define ENVIRONMENT_STEP 16 /* variables looked at in one function */
#define ENVIRONMENT_STEPS 32
#define ENVIRONMENT_VARIABLE_MAX 512

/* Bytes of all strings; behind them room for one more, of whatever length. */
#define STRINGS_MAX (RECORD_EXECUTABLE_MAX + RECORD_ARGUMENTS_MAX + RECORD_CGROUP_MAX + RECORD_ENVIRONMENT_MAX)

/*
 * A process record under construction. As in capture, what the loops need
 * stands in memory, so that the verifier checks each function once.
 */
struct process_scratch {
	__u64 environment; /* the next variable, in the process's memory */
	__u64 environment_end;
	__u64 used; /* bytes of strings so far */
	__u64 cut;  /* the variable under way is too long: its pieces are skipped */
	struct record_process process; /* the record begins here ... */
	__u8 bytes[STRINGS_MAX + RECORD_EXECUTABLE_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct process_scratch);
} process_scratches SEC(".maps");

static __always_inline struct process_scratch *process_scratch_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&process_scratches, &zero);
}

/* The program that runs: for a script, its interpreter. */
static __always_inline void append_executable(struct process_scratch *scratch, const struct linux_binprm *program)
{
	long size = bpf_probe_read_kernel_str(scratch->bytes, RECORD_EXECUTABLE_MAX, BPF_CORE_READ(program, interp));

	scratch->process.executable_length = size > 1 ? size - 1 : 0;
	scratch->used = scratch->process.executable_length;
}

static __always_inline void append_arguments(struct process_scratch *scratch, struct mm_struct *mm)
{
	unsigned long begin = BPF_CORE_READ(mm, arg_start);
	unsigned long length = BPF_CORE_READ(mm, arg_end) - begin;
	__u64 at = scratch->used;

	if (length > RECORD_ARGUMENTS_MAX)
		length = RECORD_ARGUMENTS_MAX;
	if (at > STRINGS_MAX || bpf_probe_read_user(&scratch->bytes[at], length, (void *)begin))
		return;
	scratch->process.arguments_length = length;
	scratch->used += length;
}

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
	struct kernfs_node___6_15 *newer = (void *)node;

	if (bpf_core_field_exists(newer->__parent))
		return (void *)BPF_CORE_READ(newer, __parent);
	return BPF_CORE_READ(node, parent);
}

/* The path's names, the last one first, each ended by '/': user space turns them round. */
__noinline int append_cgroup(void)
{
	struct process_scratch *scratch = process_scratch_get();
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);

	for (__u32 i = 0; i < CGROUP_DEPTH_MAX; i++) {
		struct kernfs_node *parent;
		__u64 at;
		long size;

		if (!scratch || !node || scratch->process.cgroup_length > RECORD_CGROUP_MAX - CGROUP_NAME_MAX)
			break;
		parent = kernfs_parent(node);
		at = scratch->used;
		if (!parent || at > STRINGS_MAX)
			break;
		size = bpf_probe_read_kernel_str(&scratch->bytes[at], CGROUP_NAME_MAX, BPF_CORE_READ(node, name));
		if (size <= 0 || size > CGROUP_NAME_MAX)
			break;
		scratch->bytes[at + size - 1] = '/';
		scratch->used = at + size;
		scratch->process.cgroup_length += size;
		node = parent;
	}
	return 0;
}

/* Keeps those of the next variables whose names begin with OTEL_. 0 at the end. */
__noinline int append_variables(void)
{
	struct process_scratch *scratch = process_scratch_get();

	for (__u32 i = 0; i < ENVIRONMENT_STEP; i++) {
		const __u8 *name;
		__u64 at;
		long size;

		if (!scratch || scratch->environment >= scratch->environment_end)
			return 0;
		at = scratch->used;
		if (at > STRINGS_MAX ||
		    scratch->process.environment_length > RECORD_ENVIRONMENT_MAX - ENVIRONMENT_VARIABLE_MAX)
			return 0;
		name = &scratch->bytes[at];
		size = bpf_probe_read_user_str(&scratch->bytes[at], ENVIRONMENT_VARIABLE_MAX,
					       (void *)scratch->environment);
		if (size <= 0)
			return 0;
		scratch->environment += size;
		if (scratch->cut || size == ENVIRONMENT_VARIABLE_MAX) {
			scratch->cut = size == ENVIRONMENT_VARIABLE_MAX;
			scratch->environment -= scratch->cut; /* its terminator was not the process's */
			continue;
		}
		if (name[0] == 'O' && name[1] == 'T' && name[2] == 'E' && name[3] == 'L' && name[4] == '_') {
			scratch->process.environment_length += size;
			scratch->used += size;
		}
	}
	return 1;
}

static __always_inline void process_init(struct record_process *process, struct task_struct *task)
{
	__builtin_memset(process, 0, sizeof(*process));
	process->header.kind = RECORD_PROCESS;
	process->header.time = bpf_ktime_get_ns();
	process->header.tgid = BPF_CORE_READ(task, tgid);
	process->header.tid = BPF_CORE_READ(task, pid);
	process->header.cpu = bpf_get_smp_processor_id();
	process->start_time = BPF_CORE_READ(task, start_boottime);
	process->parent_tgid = BPF_CORE_READ(task, real_parent, tgid);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_executed, struct task_struct *task, int old_pid, struct linux_binprm *program)
{
	struct process_scratch *scratch = process_scratch_get();
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u32 tgid = BPF_CORE_READ(task, tgid);
	__u32 *verdict;
	__u64 size;

	if (!scratch)
		return 0;
	process_init(&scratch->process, task);
	append_executable(scratch, program);
	append_arguments(scratch, mm);
	append_cgroup();
	scratch->environment = BPF_CORE_READ(mm, env_start);
	scratch->environment_end = BPF_CORE_READ(mm, env_end);
	scratch->cut = 0;
	for (__u32 i = 0; i < ENVIRONMENT_STEPS && append_variables(); i++)
		;
	size = (sizeof(scratch->process) + scratch->used + 7) & ~7ull;
	scratch->process.header.size = size;
	if (size > sizeof(scratch->process) + STRINGS_MAX ||
	    bpf_ringbuf_output(&ring, &scratch->process, size, ring_flags()))
		count_lost_record(COUNTER_RING_FULL_OTHER);
	/* Another program: it is judged anew. */
	verdict = bpf_map_lookup_elem(&processes, &tgid);
	if (verdict)
		*verdict = VERDICT_UNJUDGED;
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	__u32 tgid = BPF_CORE_READ(child, tgid);
	__u32 parent_tgid = BPF_CORE_READ(parent, tgid);
	struct record_fork *fork;
	__u32 *verdict, copy;

	if (tgid != (__u32)BPF_CORE_READ(child, pid))
		return 0; /* a thread */
	verdict = bpf_map_lookup_elem(&processes, &parent_tgid);
	copy = verdict ? *verdict : VERDICT_UNJUDGED;
	if (copy != VERDICT_UNJUDGED && bpf_map_update_elem(&processes, &tgid, &copy, BPF_ANY))
		count(COUNTER_PROCESS_MAP_FULL);
	fork = bpf_ringbuf_reserve(&ring, sizeof(*fork), 0);
	if (!fork) {
		count_lost_record(COUNTER_RING_FULL_OTHER);
		return 0;
	}
	__builtin_memset(fork, 0, sizeof(*fork));
	fork->header.kind = RECORD_FORK;
	fork->header.size = sizeof(*fork);
	fork->header.time = bpf_ktime_get_ns();
	fork->header.tgid = tgid;
	fork->header.tid = tgid;
	fork->header.cpu = bpf_get_smp_processor_id();
	fork->start_time = BPF_CORE_READ(child, start_boottime);
	fork->parent_tgid = parent_tgid;
	bpf_ringbuf_submit(fork, ring_flags());
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct *task)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);
	struct record_exit *exit;

	if (BPF_CORE_READ(task, signal, live.counter) > 0)
		return 0; /* a thread of several */
	bpf_map_delete_elem(&processes, &tgid);
	exit = bpf_ringbuf_reserve(&ring, sizeof(*exit), 0);
	if (!exit) {
		count_lost_record(COUNTER_RING_FULL_OTHER);
		return 0;
	}
	__builtin_memset(exit, 0, sizeof(*exit));
	exit->header.kind = RECORD_EXIT;
	exit->header.size = sizeof(*exit);
	exit->header.time = bpf_ktime_get_ns();
	exit->header.tgid = tgid;
	exit->header.tid = BPF_CORE_READ(task, pid);
	exit->header.cpu = bpf_get_smp_processor_id();
	exit->code = BPF_CORE_READ(task, exit_code);
	bpf_ringbuf_submit(exit, ring_flags());
	return 0;
}
