/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a kernel socket to our connection; and whether anybody asked for it. Who is
 * handed sockets by the kernel, not by a walk from a descriptor, defines
 * SOCKET_IS_TRUSTED: then fields are plain loads instead of a helper's call each.
 */
#ifndef WIRESPAN_BPF_TRACE_SOCKET_H
#define WIRESPAN_BPF_TRACE_SOCKET_H

#include <bpf/bpf_endian.h>

#include "bpf/trace/maps.h"

#ifdef SOCKET_IS_TRUSTED
#define SOCKET_READ(pointer, field) ((pointer)->field)
#else
#define SOCKET_READ(pointer, field) BPF_CORE_READ(pointer, field)
#endif

/* NULL for what is no TCP socket itself (MPTCP). */
static __always_inline const struct tcp_sock *tcp_of(const struct sock *sk)
{
#ifdef SOCKET_IS_TRUSTED
	return bpf_skc_to_tcp_sock((void *)sk);
#else
	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? (const struct tcp_sock *)sk : NULL;
#endif
}

static __always_inline bool port_selected(__u32 port)
{
	__u32 index = port / 64;
	__u64 *word = bpf_map_lookup_elem(&ports, &index);

	return word && *word >> (port % 64) & 1;
}

/* skc_num is gone as soon as a reset came, while the call that provoked it goes on. */
static __always_inline __u16 local_port(const struct sock *sk)
{
	return bpf_ntohs(BPF_CORE_READ((const struct inet_sock *)sk, inet_sport));
}

/* Is it a TCP socket (or what looks like one to its owner) on a selected port? */
static __always_inline bool socket_selected(const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;
	__u16 family = SOCKET_READ(common, skc_family);
	__u16 protocol;

	if (family != AF_INET && family != AF_INET6)
		return false;
	protocol = SOCKET_READ(sk, sk_protocol);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP)
		return false;
	return !config.filter_ports || port_selected(local_port(sk)) ||
	       port_selected(bpf_ntohs(SOCKET_READ(common, skc_dport)));
}

/* Does anybody want to know of this process? */
static __always_inline bool process_selected(__u32 tgid)
{
	__u32 *verdict;

	if (tgid == 0 || tgid == config.agent)
		return false;
	verdict = bpf_map_lookup_elem(&processes, &tgid);
	return !verdict || *verdict != VERDICT_IGNORE;
}

/* The same, asked once for a connection's owner. `connection` may be NULL. */
static __always_inline bool process_selected_for(struct connection *connection, __u32 tgid)
{
	__u32 round = *(volatile __u32 *)&verdicts_round;

	if (connection && tgid && connection->process == tgid && connection->process_round == round)
		return true;
	if (!process_selected(tgid))
		return false;
	if (connection) {
		connection->process = tgid;
		connection->process_round = round;
	}
	return true;
}

static __always_inline void identity_read(const struct sock *sk, struct record_connection *identity)
{
	const struct sock_common *common = &sk->__sk_common;
	__u32 words[4];

	identity->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	identity->family = BPF_CORE_READ(common, skc_family);
	identity->local_port = local_port(sk);
	identity->remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	if (identity->family == AF_INET) {
		*(__u32 *)identity->local_address = BPF_CORE_READ(common, skc_rcv_saddr);
		*(__u32 *)identity->remote_address = BPF_CORE_READ(common, skc_daddr);
		return;
	}
	BPF_CORE_READ_INTO(&words, common, skc_v6_daddr);
	if (words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff)) {
		/* RFC 4291, 2.5.5.2: an IPv4 connection of an IPv6 socket */
		identity->family = AF_INET;
		*(__u32 *)identity->remote_address = words[3];
		BPF_CORE_READ_INTO(&words, common, skc_v6_rcv_saddr);
		*(__u32 *)identity->local_address = words[3];
		return;
	}
	__builtin_memcpy(identity->remote_address, words, sizeof(words));
	BPF_CORE_READ_INTO(&words, common, skc_v6_rcv_saddr);
	__builtin_memcpy(identity->local_address, words, sizeof(words));
}

/* Where a socket stands; positions are TCP sequence numbers. */
struct positions {
	__u32 write;
	__u32 read;
	__u32 receive_next; /* after the last byte that arrived */
	bool own; /* the numbers are not the byte stream's: we count ourselves */
};

/* The first byte's sequence number. The socket is not locked here: what arrives in between is told by a second look. */
static __always_inline __u32 tcp_first_received(const struct tcp_sock *tcp)
{
	__u32 next = BPF_CORE_READ(tcp, rcv_nxt);
	__u32 first = next - (__u32)BPF_CORE_READ(tcp, bytes_received);
	__u32 again = BPF_CORE_READ(tcp, rcv_nxt);

	return again == next ? first : again - (__u32)BPF_CORE_READ(tcp, bytes_received);
}

/* Where the peer speaks plain TCP, it knows the numbers of the one TCP connection, which we opened: a SYN comes first. */
static __always_inline void positions_read_fallen_back(const struct mptcp_sock *mptcp, const struct tcp_sock *tcp,
							struct positions *ret_positions)
{
	__u32 sent = BPF_CORE_READ(mptcp, write_seq) - BPF_CORE_READ(mptcp, snd_una) + BPF_CORE_READ(mptcp, bytes_acked);
	__u32 fin = BPF_CORE_READ((const struct sock *)tcp, __sk_common.skc_flags) >> SOCK_DONE_BIT & 1;

	ret_positions->write = BPF_CORE_READ(tcp, snd_una) - (__u32)BPF_CORE_READ(tcp, bytes_acked) + 1 + sent;
	ret_positions->read = tcp_first_received(tcp) + (__u32)BPF_CORE_READ(mptcp, bytes_consumed);
	ret_positions->receive_next = BPF_CORE_READ(tcp, rcv_nxt) - fin;
}

/*
 * MPTCP's positions are the data's sequence numbers, which both ends know; the end of the data counts as a byte.
 * Kernels that do not tell what was read (before Linux 6.15) leave us to count ourselves.
 */
static inline __noinline void positions_read_mptcp(const struct sock *sk, struct positions *ret_positions)
{
	const struct mptcp_sock *mptcp = (const struct mptcp_sock *)sk;
	const struct tcp_sock *tcp;
	__u64 next, end;

	__builtin_memset(ret_positions, 0, sizeof(*ret_positions));
	ret_positions->own = true;
	if (!bpf_core_field_exists(mptcp->bytes_consumed))
		return;
	if (!BPF_CORE_READ(mptcp, remote_key)) {
		tcp = (const struct tcp_sock *)BPF_CORE_READ(mptcp, first);
		ret_positions->own = !tcp;
		if (tcp)
			positions_read_fallen_back(mptcp, tcp, ret_positions);
		return;
	}
	next = BPF_CORE_READ(mptcp, ack_seq);
	end = BPF_CORE_READ(mptcp, rcv_data_fin_seq);
	if (end && next == end + 1)
		next--;
	ret_positions->own = false;
	ret_positions->write = BPF_CORE_READ(mptcp, write_seq);
	ret_positions->read = next - BPF_CORE_READ(mptcp, bytes_received) + BPF_CORE_READ(mptcp, bytes_consumed);
	ret_positions->receive_next = next;
}

/*
 * Reads them off. A FIN counts as a byte: one that was read or has arrived is
 * subtracted. Kernel TLS numbers something else than the bytes.
 */
static __always_inline void positions_read(const struct sock *sk, struct positions *ret_positions)
{
	const struct tcp_sock *tcp = tcp_of(sk);
	__u32 fin = SOCKET_READ(sk, __sk_common.skc_flags) >> SOCK_DONE_BIT & 1;

	if (!tcp) {
		positions_read_mptcp(sk, ret_positions);
		return;
	}
	ret_positions->own = SOCKET_READ(tcp, inet_conn.icsk_ulp_ops) != NULL;
	ret_positions->write = SOCKET_READ(tcp, write_seq);
	ret_positions->read = SOCKET_READ(tcp, copied_seq);
	ret_positions->receive_next = SOCKET_READ(tcp, rcv_nxt);
	if (fin && ret_positions->read == ret_positions->receive_next)
		ret_positions->read--;
	ret_positions->receive_next -= fin;
}

enum beginning {
	BEGINNING_MISSED,   /* bytes passed before */
	BEGINNING_ACCEPTED, /* none did, and the peer opened the connection */
	BEGINNING_OPENED,   /* none did, and we opened it */
	BEGINNING_UNKNOWN,  /* the counts are not the byte stream's */
};

/*
 * Did nothing pass before this movement? TCP counts what arrived and what was
 * acknowledged; who opened the connection had a SYN acknowledged, too.
 */
static __always_inline enum beginning positions_beginning(const struct sock *sk, const struct positions *positions,
							   __u32 received, __u32 sent)
{
	const struct mptcp_sock *mptcp = (const struct mptcp_sock *)sk;
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;
	__u32 first_sent = BPF_CORE_READ(tcp, snd_una) - (__u32)BPF_CORE_READ(tcp, bytes_acked);

	if (positions->own)
		return BEGINNING_UNKNOWN;
	if (bpf_core_field_exists(mptcp->bytes_consumed) && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_MPTCP)
		return (__u32)BPF_CORE_READ(mptcp, bytes_consumed) == received ?
			       BEGINNING_UNKNOWN :
			       BEGINNING_MISSED;
	if (positions->read - received != tcp_first_received(tcp))
		return BEGINNING_MISSED;
	switch (positions->write - sent - first_sent) {
	case 0:
		return BEGINNING_ACCEPTED;
	case 1:
		return BEGINNING_OPENED;
	default:
		return BEGINNING_MISSED;
	}
}

static __always_inline void connection_born(struct connection *connection, __u8 role, bool late)
{
	connection->identity.role = role;
	connection->last_direction = NO_DIRECTION;
	connection->first_direction = NO_DIRECTION;
	connection->late = late;
}

/*
 * Fills in what only the first movement tells, but for the cookie. Not inlined: its
 * stack is free again before the deep calls of a capture.
 */
static inline __noinline void connection_fill(struct connection *connection, const struct sock *sk,
					      const struct positions *positions, __u32 received, __u32 sent)
{
	enum beginning beginning;

	if (connection->identity.role == RECORD_ROLE_UNKNOWN) {
		beginning = positions_beginning(sk, positions, received, sent);
		connection_born(connection,
				beginning == BEGINNING_ACCEPTED ? RECORD_ROLE_SERVER :
				beginning == BEGINNING_OPENED	? RECORD_ROLE_CLIENT :
								  RECORD_ROLE_UNKNOWN,
				beginning == BEGINNING_MISSED);
	}
	/* What came before a reset can be read after it; nothing was known of the socket when it was over. */
	if (SOCKET_READ(sk, __sk_common.skc_state) == TCP_CLOSE && !connection->end) {
		connection->end_error = BPF_CORE_READ(sk, sk_err);
		connection->end = RECORD_STATE_GONE | (connection->end_error ? RECORD_STATE_RESET : 0);
	}
	identity_read(sk, &connection->identity);
	connection->own_positions = positions->own;
}

#endif
