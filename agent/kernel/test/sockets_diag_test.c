// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/sockets.h"
#include "agent/kernel/sockets_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/kernel/capture.h"

/* A listening socket and one connection to it, both ends of it ours. */
struct pair {
	int listening, client, server;
	uint16_t port, client_port;
};

static const struct selection everything;

static uint64_t own_namespace(void)
{
	struct stat status;

	assert_int_equal(stat("/proc/self/ns/net", &status), 0);
	return status.st_ino;
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
						  : ((struct sockaddr_in6 *)&address)->sin6_port);
}

static int listen_on(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, size) || listen(fd, 1)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void connect_to(struct pair *pair, struct sockaddr *address, socklen_t size)
{
	pair->client = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(pair->client, address, size), 0);
	pair->server = accept(pair->listening, NULL, NULL);
	assert_true(pair->server >= 0);
	pair->client_port = bound_port(pair->client);
}

static void pair_open(struct pair *pair)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };

	pair->listening = listen_on((struct sockaddr *)&address, sizeof(address));
	assert_true(pair->listening >= 0);
	pair->port = bound_port(pair->listening);
	address.sin_port = htons(pair->port);
	connect_to(pair, (struct sockaddr *)&address, sizeof(address));
}

static void pair_close(struct pair *pair)
{
	close(pair->listening);
	close(pair->client);
	close(pair->server);
}

/* The process's socket with these ports; remote 0: the listening one. */
static const struct record_socket *list_find(const struct socket_list *list, pid_t pid, uint16_t local, uint16_t remote)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct record_socket *socket = &list->sockets[i];

		if (socket->header.tgid == (uint32_t)pid && socket->connection.local_port == local &&
		    socket->connection.remote_port == remote)
			return socket;
	}
	return NULL;
}

static void find_by_diag(struct socket_list *list, const struct selection *selection)
{
	const struct record_sink sink = { socket_list_accept, list };
	int error = sockets_diag_find(selection, &sink);

	/* Processes more privileged than we are stay closed to us. */
	if (error && error != -EACCES && error != -EPERM)
		fail_msg("sockets_diag_find: %s", strerror(-error));
	assert_int_equal(list->left_out, 0);
}

static void own_sockets_are_found(void **state)
{
	const uint8_t loopback[16] = { 127, 0, 0, 1 };
	const struct record_socket *listening, *client, *server;
	struct socket_list list = { 0 };
	uint64_t namespace = own_namespace();
	struct pair pair;

	(void)state;
	pair_open(&pair);
	find_by_diag(&list, &everything);
	listening = list_find(&list, getpid(), pair.port, 0);
	client = list_find(&list, getpid(), pair.client_port, pair.port);
	server = list_find(&list, getpid(), pair.port, pair.client_port);
	assert_true(listening && client && server);
	assert_int_equal(listening->header.flags, RECORD_SOCKET_LISTENS);
	assert_false(client->header.flags & RECORD_SOCKET_LISTENS);
	assert_int_equal(client->header.size, sizeof(*client));
	assert_int_equal(client->connection.family, RECORD_FAMILY_INET);
	assert_int_equal(client->connection.netns, namespace);
	assert_memory_equal(client->connection.local_address, loopback, sizeof(loopback));
	assert_memory_equal(client->connection.remote_address, loopback, sizeof(loopback));
	assert_true(client->connection.cookie && server->connection.cookie && listening->connection.cookie);
	assert_true(client->connection.cookie != server->connection.cookie);
	assert_int_equal(own_namespace(), namespace);
	socket_list_done(&list);
	pair_close(&pair);
}

/* Flags of one end of the pair. */
static uint16_t flags_of(uint16_t local, uint16_t remote)
{
	struct selection selection = { .port_count = 1, .ports = { local } };
	struct socket_list list = { 0 };
	const struct record_socket *socket;
	uint16_t flags;

	find_by_diag(&list, &selection);
	socket = list_find(&list, getpid(), local, remote);
	assert_non_null(socket);
	flags = socket->header.flags;
	socket_list_done(&list);
	return flags;
}

/* What moved last is told once nothing has moved for a while; never while something is unread. */
static void quiet_sockets_are_told(void **state)
{
	char byte = 'b';
	struct pair pair;

	(void)state;
	pair_open(&pair);
	usleep(30000); /* longer than a tick of the kernel's clock: what is sent now is later than what opened it */
	assert_int_equal(send(pair.client, &byte, 1, 0), 1);
	assert_int_equal(recv(pair.server, &byte, 1, 0), 1);
	while (!(flags_of(pair.client_port, pair.port) & RECORD_SOCKET_QUIET_SENT))
		usleep(1000);
	while (!(flags_of(pair.port, pair.client_port) & RECORD_SOCKET_QUIET_RECEIVED))
		usleep(1000);
	assert_false(flags_of(pair.client_port, pair.port) & RECORD_SOCKET_QUIET_RECEIVED);
	assert_int_equal(send(pair.client, &byte, 1, 0), 1);
	for (int i = 0; i < 5; i++) {
		assert_false(flags_of(pair.port, pair.client_port) & RECORD_SOCKET_QUIET_RECEIVED);
		usleep(10000);
	}
	pair_close(&pair);
}

/* An IPv4 connection accepted by an IPv6 socket is IPv4. */
static void mapped_addresses_are_ipv4(void **state)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct socket_list list = { 0 };
	const struct record_socket *server;
	struct pair pair;

	(void)state;
	pair.listening = listen_on((struct sockaddr *)&any, sizeof(any));
	if (pair.listening < 0)
		skip();
	pair.port = bound_port(pair.listening);
	address.sin_port = htons(pair.port);
	connect_to(&pair, (struct sockaddr *)&address, sizeof(address));
	find_by_diag(&list, &everything);
	assert_int_equal(list_find(&list, getpid(), pair.port, 0)->connection.family, RECORD_FAMILY_INET6);
	server = list_find(&list, getpid(), pair.port, pair.client_port);
	assert_non_null(server);
	assert_int_equal(server->connection.family, RECORD_FAMILY_INET);
	assert_memory_equal(server->connection.local_address, "\x7f\0\0\x01\0\0\0", 8);
	assert_memory_equal(server->connection.remote_address, "\x7f\0\0\x01\0\0\0", 8);
	socket_list_done(&list);
	pair_close(&pair);
}

static void only_selected_ports_are_found(void **state)
{
	struct selection selection = { .port_count = 1 };
	struct socket_list list = { 0 };
	struct pair pair, other;

	(void)state;
	pair_open(&pair);
	pair_open(&other);
	selection.ports[0] = pair.port;
	find_by_diag(&list, &selection);
	assert_non_null(list_find(&list, getpid(), pair.port, 0));
	assert_non_null(list_find(&list, getpid(), pair.client_port, pair.port));
	assert_null(list_find(&list, getpid(), other.port, 0));
	assert_null(list_find(&list, getpid(), other.client_port, other.port));
	socket_list_done(&list);
	pair_close(&pair);
	pair_close(&other);
}

/* In a child: a namespace of its own with a connection in it, until the parent has looked. */
static void live_elsewhere(int ready, int done)
{
	struct ifreq interface = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct pair pair;
	char byte;
	int fd;

	if (unshare(CLONE_NEWNET) || (fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0 ||
	    ioctl(fd, SIOCSIFFLAGS, &interface)) {
		memset(&pair, 0, sizeof(pair));
	} else {
		pair_open(&pair);
	}
	if (write(ready, &pair, sizeof(pair)) == sizeof(pair) && read(done, &byte, 1) >= 0)
		_exit(0);
	_exit(1);
}

static pid_t child_start(int *ret_done, struct pair *ret_pair)
{
	int ready[2], done[2];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	pid = fork();
	if (pid == 0) {
		close(done[1]);
		live_elsewhere(ready[1], done[0]);
	}
	close(ready[1]);
	close(done[0]);
	*ret_done = done[1];
	assert_int_equal(read(ready[0], ret_pair, sizeof(*ret_pair)), sizeof(*ret_pair));
	close(ready[0]);
	return pid;
}

static void child_end(pid_t pid, int done)
{
	int status;

	close(done);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void other_namespaces_are_looked_into(void **state)
{
	uint64_t namespace = own_namespace();
	const struct record_socket *client;
	struct socket_list list = { 0 };
	struct pair pair;
	pid_t pid;
	int done;

	(void)state;
	pid = child_start(&done, &pair);
	if (pair.port) {
		find_by_diag(&list, &everything);
		client = list_find(&list, pid, pair.client_port, pair.port);
		assert_non_null(client);
		assert_non_null(list_find(&list, pid, pair.port, 0));
		assert_true(client->connection.netns != namespace);
		assert_int_equal(own_namespace(), namespace);
		socket_list_done(&list);
	}
	child_end(pid, done);
	if (!pair.port)
		skip();
}

static int record_compare(const void *a, const void *b)
{
	const struct record_socket *one = a, *other = b;

	if (one->header.tgid != other->header.tgid)
		return one->header.tgid < other->header.tgid ? -1 : 1;
	return memcmp(&one->connection.cookie, &other->connection.cookie, sizeof(one->connection.cookie));
}

/* Leaves the sockets of the two processes, in order, without what differs from one look to the next. */
static void list_reduce(struct socket_list *list, pid_t one, pid_t other)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct record_socket *socket = &list->sockets[i];

		if (socket->header.tgid != (uint32_t)one && socket->header.tgid != (uint32_t)other)
			continue;
		socket->header.time = 0;
		socket->header.flags &= RECORD_SOCKET_LISTENS;
		list->sockets[count++] = *socket;
	}
	list->count = count;
	qsort(list->sockets, list->count, sizeof(*list->sockets), record_compare);
}

static void iterator_and_diag_agree(void **state)
{
	const struct capture_options options = {
		.mode = CAPTURE_SYSTEM_CALLS, .socket_cookie = true, .find_sockets = true, .ring_size = 1 << 16
	};
	struct socket_list by_iterator = { 0 }, by_diag = { 0 };
	const struct record_sink sink = { socket_list_accept, &by_iterator };
	struct pair pair, elsewhere;
	struct capture *capture;
	pid_t pid;
	int done;

	(void)state;
	if (geteuid() || capture_open(&options, &capture))
		skip();
	pid = child_start(&done, &elsewhere);
	pair_open(&pair);
	assert_int_equal(capture_attach(capture), 0);
	assert_int_equal(capture_find_sockets(capture, &sink), 0);
	capture_free(capture);
	find_by_diag(&by_diag, &everything);
	list_reduce(&by_iterator, getpid(), pid);
	list_reduce(&by_diag, getpid(), pid);
	assert_int_equal(by_iterator.count, elsewhere.port ? 6 : 3);
	assert_int_equal(by_diag.count, by_iterator.count);
	assert_memory_equal(by_diag.sockets, by_iterator.sockets, by_diag.count * sizeof(*by_diag.sockets));
	socket_list_done(&by_iterator);
	socket_list_done(&by_diag);
	pair_close(&pair);
	child_end(pid, done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_sockets_are_found),
		cmocka_unit_test(quiet_sockets_are_told),         cmocka_unit_test(mapped_addresses_are_ipv4),
		cmocka_unit_test(only_selected_ports_are_found), cmocka_unit_test(other_namespaces_are_looked_into),
		cmocka_unit_test(iterator_and_diag_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
