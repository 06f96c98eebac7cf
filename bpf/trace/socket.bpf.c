// SPDX-License-Identifier: GPL-2.0
/*
 * Attached to the socket's own tracepoints (Linux 6.3): the socket is in hand,
 * its positions are final, and calls that touch no socket cost nothing.
 */
#define SOCKET_IS_TRUSTED
#include "bpf/trace/capture.h"
#include "bpf/trace/maps.h"
#include "bpf/trace/socket.h"
#include "bpf/trace/state.h"
#include "bpf/steady.h"

/* NULL where nothing is known of a socket. That most carry nothing at all is told without a call. */
static __always_inline struct connection *connection_of(struct sock *sk)
{
	return sk->sk_bpf_storage ? bpf_sk_storage_get(&socket_connections, sk, NULL, 0) : NULL;
}

/* Once something is known of a socket, it was selected. `connection` may be NULL. */
static __always_inline bool is_known(const struct connection *connection)
{
	return connection && connection->identity.cookie;
}

/* The socket first: most that are none of ours are none of TCP's, which costs least to see. */
static __always_inline bool is_wanted(const struct sock *sk, struct connection *connection, __u32 tgid)
{
	return (is_known(connection) || socket_selected(sk)) && process_selected_for(connection, tgid);
}

static __always_inline struct connection *connection_new(struct sock *sk, const struct positions *positions,
							  __u32 received, __u32 sent)
{
	struct connection *connection = bpf_sk_storage_get(&socket_connections, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!connection) {
		count(COUNTER_CONNECTION_MAP_FULL);
		return NULL;
	}
	connection_fill(connection, sk, positions, received, sent);
	connection->identity.cookie = bpf_get_socket_cookie(sk);
	return connection;
}

/*
 * The message of a sendmmsg or recvmmsg that this event is about. The call goes
 * on to the next message as long as it lasts: until the last one, an error
 * (messages_ended) or a message sent in part. Not inlined: few need its stack.
 */
static __noinline void source_of_messages(const struct call_registers *call, __u32 length,
					   struct call_source *ret_source)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct messages_progress *known = bpf_map_lookup_elem(&message_calls, &thread);
	struct messages_progress progress = { .address = call->arguments[1] };
	__u64 size = call->compat ? sizeof(struct compat_messages) : sizeof(struct user_messages);
	__u64 first = 0; /* the first buffer's length */

	if (known && known->address == progress.address && known->next < (__u32)call->arguments[2])
		progress.next = known->next;
	ret_source->kind = SOURCE_NONE;
	ret_source->compat = call->compat;
	if (!message_read(progress.address + progress.next * size, call->compat, ret_source))
		return;
	if (call->compat)
		first = compat_word(ret_source->address + __builtin_offsetof(struct compat_iovec, length), 0);
	else
		bpf_probe_read_user(&first, sizeof(first),
				    (void *)(ret_source->address + __builtin_offsetof(struct user_iovec, length)));
	/* With one buffer a part is told from the whole; with more, the next event may be misplaced only after one. */
	if (ret_source->count == 1 && length < first && call->number == CALL_SENDMMSG)
		progress.address = 0;
	if (++progress.next >= (__u32)call->arguments[2])
		progress.address = 0;
	bpf_map_update_elem(&message_calls, &thread, &progress, BPF_ANY);
}

/* An error ends a call with several messages. */
static __always_inline void messages_ended(__u64 thread)
{
	struct pt_regs *registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	struct call_registers call;

	call_registers_read(registers, &call);
	if (call.inside && (call.number == CALL_RECVMMSG || call.number == CALL_SENDMMSG))
		bpf_map_delete_elem(&message_calls, &thread);
}

/*
 * The caller's buffer. False in the context of another call (io_uring, a kernel
 * thread): there, nobody knows.
 */
static __always_inline bool source_of_current(enum call_direction direction, __u32 length,
					       struct call_source *ret_source)
{
	struct pt_regs *registers = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	struct call_registers call;
	struct call_layout layout;

	ret_source->kind = SOURCE_NONE;
	call_registers_read(registers, &call);
	if (!call.inside || !call_layout_of(&call, &layout) || !(layout.direction & direction))
		return false;
	if (layout.source == SOURCE_MESSAGES)
		source_of_messages(&call, length, ret_source);
	else
		source_from_call(layout.source, &call, ret_source);
	return true;
}

/* This thread's send is over, or the end of the one it noted was not seen (some kernels skip programs). */
static __always_inline void send_begin_forget(struct connection *connection, __u64 thread)
{
	if (connection->send_begin && connection->send_thread == (__u32)thread)
		connection->send_begin = connection->send_contended = 0;
}

static __always_inline int receive(struct sock *sk, int result, int flags)
{
	struct movement movement = { .direction = RECORD_RECEIVE, .thread = bpf_get_current_pid_tgid() };
	struct connection *connection;
	struct positions positions;

	if (flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB))
		return 0;
	connection = connection_of(sk);
	if (!is_wanted(sk, connection, movement.thread >> 32))
		return 0;
	if (result <= 0) {
		if (connection)
			messages_ended(movement.thread);
		return 0;
	}
	positions_read(sk, &positions);
	if (!is_known(connection))
		connection = connection_new(sk, &positions, result, 0);
	if (!connection || !protocol_is_read(connection->recognised))
		return 0;
	/* Who receives is in no send. */
	send_begin_forget(connection, movement.thread);
	movement.length = result;
	movement.nonblocking = flags & MSG_DONTWAIT;
	movement.start = positions.read - result;
	movement.other = positions.write;
	if (!(flags & MSG_TRUNC))
		source_of_current(CALL_RECEIVE, result, &movement.source);
	return capture_movement(connection, &movement);
}

HOOK("sock_recv_length", socket_received, receive(sk, result, flags), struct sock *sk, int result, int flags)

/*
 * When and where this thread's send began, as noted by send_begins_at; another's stays. A note from which the
 * bytes of this send don't lead to where it ended is that of an earlier one, whose end was not seen.
 */
static __always_inline void send_begin_take(struct connection *connection, struct movement *movement)
{
	bool stale;

	if (!connection->send_begin || connection->send_thread != (__u32)movement->thread)
		return;
	stale = !connection->own_positions && !connection->send_contended && connection->send_start != movement->start;
	if (!stale) {
		movement->begin = connection->send_begin;
		movement->start = connection->send_start;
		movement->contended = connection->send_contended;
	}
	send_begin_forget(connection, movement->thread);
}

static __always_inline int send(struct sock *sk, int result, int flags)
{
	struct movement movement = { .direction = RECORD_SEND, .thread = bpf_get_current_pid_tgid() };
	struct connection *connection = connection_of(sk);
	struct positions positions;
	bool in_call;

	if (!is_wanted(sk, connection, movement.thread >> 32))
		return 0;
	if (result <= 0) {
		if (connection) {
			send_begin_forget(connection, movement.thread);
			messages_ended(movement.thread);
			if (send_is_refused(result))
				state_refused(connection, movement.thread);
		}
		return 0;
	}
	positions_read(sk, &positions);
	if (!is_known(connection))
		connection = connection_new(sk, &positions, 0, result);
	if (!connection)
		return 0;
	movement.start = positions.write - result;
	send_begin_take(connection, &movement);
	if (!protocol_is_read(connection->recognised))
		return 0;
	movement.length = result;
	movement.other = positions.read;
	in_call = source_of_current(CALL_SEND, result, &movement.source);
	if (!config.socket_send_begin && in_call)
		movement.begin = send_began(movement.thread);
	return capture_movement(connection, &movement);
}

HOOK("sock_send_length", socket_sent, send(sk, result, flags), struct sock *sk, int result, int flags)

/*
 * A send begins: its time, and exactly where. Where another thread sleeps in a
 * send of its own, the bytes of the two mix: neither knows its place any more.
 */
static __always_inline int send_begin_note(struct sock *sk)
{
	struct connection *connection = connection_of(sk);
	const struct tcp_sock *tcp;
	__u64 thread;

	if (!connection || !protocol_is_read(connection->recognised))
		return 0;
	thread = bpf_get_current_pid_tgid();
	if (!process_selected_for(connection, thread >> 32))
		return 0;
	if (connection->send_begin) {
		connection->send_contended |= connection->send_thread != (__u32)thread;
		return 0;
	}
	tcp = tcp_of(sk);
	if (!tcp)
		return 0;
	connection->send_begin = bpf_ktime_get_ns();
	connection->send_start = tcp->write_seq;
	connection->send_thread = thread;
	return 0;
}

HOOK("tcp_sendmsg_locked", send_begins_at, send_begin_note(sk), struct sock *sk)

/* Where a receive by splice began that is over: where the last receive ended, or where the stream begins. */
static __always_inline __u32 splice_start(struct sock *sk, const struct connection *connection)
{
	__u64 next = connection ? connection->directions[RECORD_RECEIVE].next : 0;

	return next ? next : tcp_first_received((const struct tcp_sock *)sk);
}

/* What leaves a socket by splice passes no receive; this hook is passed by every one. */
static __always_inline int splice(struct sock *sk)
{
	struct movement movement = { .direction = RECORD_RECEIVE };
	struct connection *connection;
	struct positions positions;
	struct call_registers call;

	call_registers_read((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()), &call);
	if (!call.inside || call.number != CALL_SPLICE_CALL)
		return 0;
	movement.thread = bpf_get_current_pid_tgid();
	connection = connection_of(sk);
	if (!is_wanted(sk, connection, movement.thread >> 32))
		return 0;
	positions_read(sk, &positions);
	movement.start = splice_start(sk, connection);
	movement.length = positions.read - movement.start;
	movement.other = positions.write;
	if (positions.own || (__s32)movement.length <= 0)
		return 0;
	if (!is_known(connection))
		connection = connection_new(sk, &positions, movement.length, 0);
	if (!connection || !protocol_is_read(connection->recognised))
		return 0;
	return capture_movement(connection, &movement);
}

HOOK("tcp_rcv_space_adjust", socket_spliced, splice(sk), struct sock *sk)
