// SPDX-License-Identifier: GPL-2.0
/*
 * Attached to system calls, where the sockets' own tracepoints don't exist: the
 * same body, the socket found through the descriptor.
 */
#include "bpf/trace/capture.h"
#include "bpf/trace/maps.h"
#include "bpf/trace/socket.h"
#include "bpf/trace/source.h"
#include "bpf/trace/state.h"
#include "bpf/steady.h"

/* task->files->fdt->fd[descriptor], when it is a socket's. */
static __noinline struct file *socket_file(__u32 descriptor)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file;

	if (descriptor >= BPF_CORE_READ(table, max_fds))
		return NULL;
	if (bpf_probe_read_kernel(&file, sizeof(file), &files[descriptor]) || !file)
		return NULL;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	return file;
}

static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);

	return BPF_CORE_READ(socket, sk);
}

static __always_inline struct connection *connection_at(struct sock *sk, const struct positions *positions,
							 __u32 received, __u32 sent)
{
	__u64 cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	__u64 address = (__u64)sk;
	struct connection *connection = bpf_map_lookup_elem(&address_connections, &address);

	if (connection && cookie && connection->identity.cookie && connection->identity.cookie != cookie) {
		bpf_map_delete_elem(&address_connections, &address); /* its end was missed */
		connection = NULL;
	}
	if (!connection) {
		bpf_map_update_elem(&address_connections, &address, (const void *)&no_connection, BPF_NOEXIST);
		connection = bpf_map_lookup_elem(&address_connections, &address);
	}
	if (!connection) {
		count(COUNTER_CONNECTION_MAP_FULL);
		return NULL;
	}
	if (connection->identity.cookie)
		return connection;
	connection_fill(connection, sk, positions, received, sent);
	/* Without a cookie, the moment at which we met it; the high bit keeps the two apart. */
	connection->identity.cookie = cookie ? cookie : 1ull << 63 | bpf_ktime_get_ns();
	return connection;
}

/* sendmmsg and recvmmsg return how many messages they moved: their bytes. */
static __always_inline __u32 length_of_messages(struct call_source *source, __u32 count)
{
	struct scratch *scratch = scratch_get();

	if (!scratch)
		return 0;
	source->count = count;
	scratch->source = *source;
	return messages_length();
}

/* `movement` has its direction, length and source. */
static __always_inline int capture_call(__u32 descriptor, __u32 flags, struct movement *movement)
{
	struct file *file = socket_file(descriptor);
	struct sock *sk = file ? sock_of_file(file) : NULL;
	bool receive = movement->direction == RECORD_RECEIVE;
	struct connection *connection;
	struct positions positions;

	if (!sk || !socket_selected(sk))
		return 0;
	positions_read(sk, &positions);
	connection = connection_at(sk, &positions, receive ? movement->length : 0, receive ? 0 : movement->length);
	if (!connection)
		return 0;
	movement->start = (receive ? positions.read : positions.write) - movement->length;
	movement->other = receive ? positions.write : positions.read;
	movement->begin = receive ? 0 : send_began(movement->thread);
	movement->nonblocking = receive && (flags & MSG_DONTWAIT || BPF_CORE_READ(file, f_flags) & O_NONBLOCK);
	return capture_movement(connection, movement);
}

/* Notes when a send begins. */
static __always_inline int call_begin(struct pt_regs *registers)
{
	struct send_begin begin = { .time = bpf_ktime_get_ns() };
	__u64 thread = bpf_get_current_pid_tgid();
	struct call_registers call;
	struct call_layout layout;

	call_registers_read(registers, &call);
	if (!call_layout_of(&call, &layout) || !(layout.direction & CALL_SEND) || !process_selected(thread >> 32))
		return 0;
	bpf_map_update_elem(&send_begins, &thread, &begin, BPF_ANY);
	return 0;
}

HOOK("sys_enter", call_begins, call_begin(registers), struct pt_regs *registers)

/* A call failed as its connection is over; what it would have sent nobody gets. */
static __always_inline int call_refused(const struct call_layout *layout, const struct call_registers *call,
					__u64 thread)
{
	struct connection *connection;
	struct file *file;
	__u64 address;

	if (layout->direction == CALL_RECEIVE)
		return 0;
	file = socket_file(call->arguments[layout->direction == CALL_SPLICE ? 2 : 0]);
	address = file ? (__u64)sock_of_file(file) : 0;
	connection = bpf_map_lookup_elem(&address_connections, &address);
	return connection ? state_refused(connection, thread) : 0;
}

static __always_inline int call_end(struct pt_regs *registers, long result)
{
	struct movement movement = { .source.kind = SOURCE_NONE };
	struct call_registers call;
	struct call_layout layout;
	__u32 flags;

	if (result == 0 || (result < 0 && !send_is_refused(result)))
		return 0;
	call_registers_read(registers, &call);
	movement.thread = bpf_get_current_pid_tgid();
	if (!call_layout_of(&call, &layout) || !process_selected(movement.thread >> 32))
		return 0;
	if (result < 0)
		return call_refused(&layout, &call, movement.thread);
	flags = layout.flags ? call.arguments[layout.flags & 3] : 0;
	if (flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB))
		return 0;
	source_from_call(layout.source, &call, &movement.source);
	movement.length = layout.source == SOURCE_MESSAGES ? length_of_messages(&movement.source, result) : result;
	if (movement.length == 0)
		return 0;
	if (layout.direction == CALL_SPLICE) {
		movement.direction = RECORD_SEND;
		capture_call(call.arguments[2], 0, &movement);
	}
	if (flags & MSG_TRUNC)
		movement.source.kind = SOURCE_NONE;
	movement.direction = layout.direction == CALL_SEND ? RECORD_SEND : RECORD_RECEIVE;
	return capture_call(call.arguments[0], flags, &movement);
}

HOOK("sys_exit", call_ends, call_end(registers, result), struct pt_regs *registers, long result)
