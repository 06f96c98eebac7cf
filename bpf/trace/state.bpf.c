// SPDX-License-Identifier: GPL-2.0
/* A connection's life: who opened it, and how it ends. */
#include "bpf/trace/state.h"

#include "bpf/trace/maps.h"
#include "bpf/trace/socket.h"
#include "bpf/steady.h"

static __always_inline struct connection *connection_find(struct sock *sk, bool create)
{
	__u64 address = (__u64)sk;

	if (config.socket_storage)
		return bpf_sk_storage_get(&socket_connections, sk, NULL, create ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (create)
		bpf_map_update_elem(&address_connections, &address, (const void *)&no_connection, BPF_ANY);
	return bpf_map_lookup_elem(&address_connections, &address);
}

static __always_inline bool has_flag(const struct sock *sk, int bit)
{
	return BPF_CORE_READ(sk, __sk_common.skc_flags) >> bit & 1;
}

/*
 * A reset or the last FIN can come while the owner still has the socket: that it is closed then
 * shows by tcp_destroy_sock, which is TCP's own.
 */
static __always_inline __u8 owner_flags(const struct sock *sk)
{
	if (has_flag(sk, SOCK_DEAD_BIT) || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return RECORD_STATE_LEFT;
	return RECORD_STATE_HELD;
}

static __always_inline __u8 state_flags(int old_state, int new_state, int error, bool fin)
{
	switch (new_state) {
	case TCP_CLOSE_WAIT:
		return RECORD_STATE_PEER_CLOSED;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK:
		return RECORD_STATE_CLOSED;
	case TCP_CLOSE:
		/* Straight from here means that we sent a reset (RFC 9293, 3.10.4: ABORT). */
		if (error == ECONNRESET || error == EPIPE || old_state == TCP_ESTABLISHED ||
		    old_state == TCP_CLOSE_WAIT)
			return RECORD_STATE_GONE | RECORD_STATE_RESET;
		/* Who closed first learns of the peer's FIN only now. */
		return RECORD_STATE_GONE | (fin ? RECORD_STATE_PEER_CLOSED : 0);
	default:
		return 0;
	}
}

static __always_inline __u64 state_position(const struct connection *connection, __u32 direction, __u32 sequence)
{
	__u64 stand = connection->directions[direction].next;

	return stand ? stand + (__s32)(sequence - (__u32)stand) : 0;
}

/* A record that says what is known without the socket: how far its bytes were seen to move. NULL: no room. */
static __always_inline struct record_state *state_reserve(const struct connection *connection, __u8 flags, __u64 thread)
{
	struct record_state *state = bpf_ringbuf_reserve(&ring, sizeof(*state), 0);

	if (!state) {
		count_lost_record(COUNTER_RING_FULL_OTHER);
		return NULL;
	}
	__builtin_memset(state, 0, sizeof(*state));
	state->header.kind = RECORD_STATE;
	state->header.flags = flags;
	state->header.size = sizeof(*state);
	state->header.time = bpf_ktime_get_ns();
	state->header.tgid = thread >> 32;
	state->header.tid = thread;
	state->header.cpu = bpf_get_smp_processor_id();
	state->connection = connection->identity;
	state->send_end = connection->directions[RECORD_SEND].next;
	state->read_end = connection->directions[RECORD_RECEIVE].next;
	state->error = connection->end_error;
	return state;
}

static __always_inline void state_report(struct sock *sk, const struct connection *connection, int old_state,
					 __u8 flags, int error)
{
	struct record_state *state = state_reserve(connection, flags, 0);
	bool fin_sent = old_state != TCP_ESTABLISHED && old_state != TCP_CLOSE_WAIT;
	struct positions positions;

	if (!state)
		return;
	positions_read(sk, &positions);
	/* What has arrived unread, nobody can tell by positions of our own. */
	if (!connection->own_positions && !positions.own) {
		state->send_end = state_position(connection, RECORD_SEND, positions.write - fin_sent);
		state->receive_end = state_position(connection, RECORD_RECEIVE, positions.receive_next);
		state->read_end = state_position(connection, RECORD_RECEIVE, positions.read);
	}
	state->error = error;
	bpf_ringbuf_submit(state, ring_flags());
}

__hidden int state_refused(struct connection *connection, __u64 thread)
{
	struct record_state *state;

	if (!connection->reported || connection->refused || !protocol_is_read(connection->recognised))
		return 0;
	connection->refused = 1;
	state = state_reserve(connection, RECORD_STATE_REFUSED | (connection->end & RECORD_STATE_RESET), thread);
	if (state)
		bpf_ringbuf_submit(state, ring_flags());
	return 0;
}

static __always_inline int state_change(struct sock *sk, int old_state, int new_state)
{
	__u64 address = (__u64)sk;
	struct connection *connection;
	__u8 flags;
	int error;

	if (new_state == TCP_SYN_SENT) {
		if (!process_selected(bpf_get_current_pid_tgid() >> 32) || !socket_selected(sk))
			return 0;
		connection = connection_find(sk, true);
		if (!connection)
			return 0;
		/* A socket may be connected again: nothing of its last connection holds. */
		__builtin_memset(connection, 0, sizeof(*connection));
		connection_born(connection, RECORD_ROLE_CLIENT, false);
		return 0;
	}
	/* A cookie at birth: later it is read where no helper reaches. */
	if (new_state == TCP_ESTABLISHED && !config.socket_storage && config.socket_cookie)
		bpf_get_socket_cookie(sk);
	error = BPF_CORE_READ(sk, sk_err);
	flags = state_flags(old_state, new_state, error, has_flag(sk, SOCK_DONE_BIT));
	if (!flags)
		return 0;
	connection = connection_find(sk, false);
	if (!connection)
		return 0;
	if (new_state == TCP_CLOSE) {
		flags |= owner_flags(sk);
		connection->end = flags;
		connection->end_error = error;
	}
	if (connection->reported)
		state_report(sk, connection, old_state, flags, error);
	if (flags & RECORD_STATE_LEFT && !config.socket_storage)
		bpf_map_delete_elem(&address_connections, &address);
	return 0;
}

HOOK("inet_sock_set_state", connection_state, state_change(sk, old_state, new_state), struct sock *sk, int old_state,
     int new_state)

/* The owner has closed it, as far as that was not told when its connection was over. */
static __always_inline int socket_end(struct sock *sk)
{
	__u64 address = (__u64)sk;
	struct connection *connection;
	struct record_state *state;

	if (config.socket_storage && !BPF_CORE_READ(sk, sk_bpf_storage))
		return 0;
	connection = connection_find(sk, false);
	if (!connection)
		return 0;
	if (connection->reported && !(connection->end & RECORD_STATE_LEFT)) {
		state = state_reserve(connection,
				      RECORD_STATE_GONE | RECORD_STATE_LEFT | (connection->end & RECORD_STATE_RESET), 0);
		if (state)
			bpf_ringbuf_submit(state, ring_flags());
	}
	if (!config.socket_storage)
		bpf_map_delete_elem(&address_connections, &address);
	return 0;
}

HOOK("tcp_destroy_sock", socket_destroyed, socket_end(sk), struct sock *sk)
