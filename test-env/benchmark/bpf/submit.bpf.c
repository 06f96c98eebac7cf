// SPDX-License-Identifier: GPL-2.0
/*
 * The least that any tracer of sockets does: finds what it keeps of the socket
 * and submits a record, by the agent's own rules (never waking the reader). With
 * config.copies also what makes the record worth reading.
 */
#include "bpf/trace/call.h"
#include "bpf/config.h"
#include "bpf/record.h"
#include "test-env/benchmark/bpf/hooks.h"

#define COPY_FROM (sizeof(struct record_data) + sizeof(struct record_fragment))

const volatile struct hooks_config hooks = {};

/* One element a CPU. Twice, so that any bounded offset plus any bounded size fits. */
struct scratch {
	struct record_data data;
	__u8 bytes[2 * HOOKS_RECORD_MAX];
};

struct state {
	__u64 calls;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE_DEFAULT);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct state);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CONNECTIONS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct state);
} addresses SEC(".maps");

__u64 lost;

/* The caller's first bytes and what else a record says. */
static __always_inline void record_fill(struct scratch *scratch, __u32 length)
{
	struct pt_regs *registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	__u64 id = bpf_get_current_pid_tgid();
	__u32 size = hooks.record_size - COPY_FROM;
	struct call_registers call;

	call_read_native(registers, &call);
	scratch->data.header.time = bpf_ktime_get_ns();
	scratch->data.header.tgid = id >> 32;
	scratch->data.header.tid = id;
	scratch->data.header.cpu = bpf_get_smp_processor_id();
	scratch->data.length = length;
	if (size > length)
		size = length;
	if (size <= HOOKS_RECORD_MAX)
		bpf_probe_read_user(scratch->bytes, size, (void *)call.arguments[1]);
}

static __always_inline int record_submit(struct state *state, int result)
{
	__u32 cpu = bpf_get_smp_processor_id() & CPU_MASK;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);

	if (!state || !scratch)
		return 0;
	state->calls++;
	if (hooks.copies)
		record_fill(scratch, result);
	if (bpf_ringbuf_output(&ring, scratch, hooks.record_size, BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

static __always_inline int submit_for_socket(struct sock *sk, int result)
{
	if (result <= 0)
		return 0;
	return record_submit(bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE), result);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(submit_received, struct sock *sk, int result, int flags)
{
	return submit_for_socket(sk, result);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(submit_sent, struct sock *sk, int result, int flags)
{
	return submit_for_socket(sk, result);
}

/* The socket behind a descriptor of this process, NULL where there is none. */
static __always_inline struct sock *socket_of(__u32 descriptor)
{
	struct fdtable *table = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;
	struct socket *socket;

	if (descriptor >= BPF_CORE_READ(table, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), &files[descriptor]) ||
	    (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(submit_call_ended, struct pt_regs *registers, long result)
{
	struct call_registers call;
	struct state new_state = { 0 }, *state;
	__u64 address;

	call_read_native(registers, &call);
	if (result <= 0 || (call.number != CALL_READ && call.number != CALL_WRITE))
		return 0;
	address = (__u64)socket_of(call.arguments[0]);
	if (!address)
		return 0;
	state = bpf_map_lookup_elem(&addresses, &address);
	if (!state) {
		bpf_map_update_elem(&addresses, &address, &new_state, BPF_ANY);
		state = bpf_map_lookup_elem(&addresses, &address);
	}
	return record_submit(state, result);
}
