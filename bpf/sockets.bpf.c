// SPDX-License-Identifier: GPL-2.0
/* The connections that are older than the agent: a record each, by an iterator over all open files. */
#include "bpf/maps.h"
#include "bpf/socket.h"

SEC("iter/task_file")
int find_sockets(struct bpf_iter__task_file *context)
{
	struct task_struct *task = context->task;
	struct file *file = context->file;
	struct record_socket record = {};
	struct socket *socket;
	struct sock *sk;
	int state;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !socket_selected(sk))
		return 0;
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (state != TCP_ESTABLISHED && state != TCP_LISTEN)
		return 0;
	record.header.kind = RECORD_SOCKET;
	record.header.flags = state == TCP_LISTEN ? RECORD_SOCKET_LISTENS : 0;
	record.header.size = sizeof(record);
	record.header.time = bpf_ktime_get_ns();
	record.header.tgid = task->tgid;
	record.header.tid = task->pid;
	identity_read(sk, &record.connection);
	record.connection.cookie = bpf_get_socket_cookie(sk);
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}
