// SPDX-License-Identifier: GPL-2.0
/* The connections that are older than the agent: a record each, by an iterator over all open files. */
#include "bpf/trace/maps.h"
#include "bpf/trace/socket.h"

#define QUIET_JIFFIES 3 /* 3 to 30 ms, as the kernel was configured */
#define ACK_JIFFIES 50  /* acknowledgements are delayed by 40 ms at first; a keep-alive's probe comes after a second */

/*
 * Sent and received within one jiffy: what came first? All that was sent has been acknowledged, and each new
 * acknowledgement sets snd_wl1. One that stands behind all that was received came after it, and was for what was
 * sent: for a request, if this is the client, or for its answer. A server takes it for the answer's only where no probe
 * and no repetition can have asked for it.
 */
static __always_inline __u16 quiet_flags_of_one_jiffy(const struct tcp_sock *tcp, __u32 sent)
{
	if (BPF_CORE_READ(tcp, snd_wl1) != BPF_CORE_READ(tcp, rcv_nxt))
		return RECORD_SOCKET_QUIET_RECEIVED;
	if (BPF_CORE_READ(tcp, rcv_tstamp) - sent >= ACK_JIFFIES || BPF_CORE_READ(tcp, total_retrans))
		return 0;
	return RECORD_SOCKET_QUIET_SENT;
}

/* enum record_socket_flags: whether nothing is under way, and what moved last. */
static __always_inline __u16 quiet_flags(const struct sock *sk)
{
	const struct tcp_sock *tcp = tcp_of(sk);
	__u32 now = bpf_jiffies64(), sent, received;

	if (!tcp || BPF_CORE_READ(tcp, inet_conn.icsk_ulp_ops) ||
	    BPF_CORE_READ(tcp, rcv_nxt) != BPF_CORE_READ(tcp, copied_seq) ||
	    BPF_CORE_READ(tcp, write_seq) != BPF_CORE_READ(tcp, snd_una))
		return 0;
	sent = BPF_CORE_READ(tcp, lsndtime);
	received = BPF_CORE_READ(tcp, inet_conn.icsk_ack.lrcvtime);
	if (now - sent < QUIET_JIFFIES || now - received < QUIET_JIFFIES)
		return 0;
	if (sent == received)
		return quiet_flags_of_one_jiffy(tcp, sent);
	return (__s32)(sent - received) > 0 ? RECORD_SOCKET_QUIET_SENT : RECORD_SOCKET_QUIET_RECEIVED;
}

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
	record.header.flags = state == TCP_LISTEN ? RECORD_SOCKET_LISTENS : quiet_flags(sk);
	record.header.size = sizeof(record);
	record.header.time = bpf_ktime_get_ns();
	record.header.tgid = task->tgid;
	record.header.tid = task->pid;
	identity_read(sk, &record.connection);
	record.connection.cookie = bpf_get_socket_cookie(sk);
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}
