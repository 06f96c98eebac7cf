// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks that the agent attaches to, with programs that do nothing: what
 * being called costs. One list per way of attaching, as agent/kernel/capture.c chooses.
 */
#include "bpf/kernel.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sock_recv_length")
int empty_received(void *context)
{
	return 0;
}

SEC("tp_btf/sock_send_length")
int empty_sent(void *context)
{
	return 0;
}

SEC("tp_btf/tcp_sendmsg_locked")
int empty_send_begins(void *context)
{
	return 0;
}

SEC("tp_btf/tcp_rcv_space_adjust")
int empty_spliced(void *context)
{
	return 0;
}

SEC("tp_btf/sys_enter")
int empty_call_begins(void *context)
{
	return 0;
}

SEC("tp_btf/sys_exit")
int empty_call_ends(void *context)
{
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int empty_destroyed(void *context)
{
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int empty_state(void *context)
{
	return 0;
}

SEC("tp_btf/sched_process_exec")
int empty_exec(void *context)
{
	return 0;
}

SEC("tp_btf/sched_process_fork")
int empty_fork(void *context)
{
	return 0;
}

SEC("tp_btf/sched_process_exit")
int empty_exit(void *context)
{
	return 0;
}
