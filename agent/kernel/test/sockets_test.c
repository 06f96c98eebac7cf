// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/sockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct record_socket connected(uint64_t cookie, uint32_t netns, uint16_t local, uint16_t remote)
{
	return (struct record_socket){
		.header = { .kind = RECORD_SOCKET, .size = sizeof(struct record_socket), .tgid = 1 },
		.connection = { .cookie = cookie, .netns = netns, .local_port = local, .remote_port = remote },
	};
}

static struct record_socket listening(uint64_t cookie, uint32_t netns, uint16_t port)
{
	struct record_socket socket = connected(cookie, netns, port, 0);

	socket.header.flags = RECORD_SOCKET_LISTENS;
	return socket;
}

static void list_add(struct socket_list *list, struct record_socket socket)
{
	socket_list_accept(list, &socket, sizeof(socket));
}

/* Delivers from one list to another. */
static void list_copy(const struct socket_list *list, struct socket_list *copy)
{
	const struct record_sink sink = { socket_list_accept, copy };

	assert_int_equal(socket_list_deliver(list, &sink), 0);
}

static void who_is_listened_for_is_a_server(void **state)
{
	struct socket_list list = { 0 }, delivered = { 0 };

	(void)state;
	list_add(&list, connected(1, 7, 80, 50000));
	list_add(&list, connected(2, 7, 50000, 80));
	list_add(&list, connected(3, 8, 80, 50001)); /* nobody listens there in this namespace */
	list_add(&list, listening(4, 7, 80));
	list_add(&list, listening(5, 7, 80)); /* a second one by SO_REUSEPORT, or another process's */
	list_add(&list, connected(6, 7, 80, 50002));
	list_copy(&list, &delivered);
	assert_int_equal(delivered.count, 4);
	assert_int_equal(delivered.sockets[0].connection.cookie, 1);
	assert_int_equal(delivered.sockets[0].connection.role, RECORD_ROLE_SERVER);
	assert_int_equal(delivered.sockets[1].connection.role, RECORD_ROLE_CLIENT);
	assert_int_equal(delivered.sockets[2].connection.role, RECORD_ROLE_CLIENT);
	assert_int_equal(delivered.sockets[3].connection.cookie, 6);
	assert_int_equal(delivered.sockets[3].connection.role, RECORD_ROLE_SERVER);
	socket_list_done(&list);
	socket_list_done(&delivered);
}

static void other_records_are_not_taken(void **state)
{
	struct record_socket socket = connected(1, 1, 1, 1);
	struct socket_list list = { 0 };

	(void)state;
	socket_list_accept(&list, &socket, sizeof(socket) - 8);
	socket.header.kind = RECORD_STATE;
	socket_list_accept(&list, &socket, sizeof(socket));
	assert_int_equal(list.count, 0);
	assert_int_equal(list.left_out, 0);
}

static void the_list_has_a_maximum(void **state)
{
	struct socket_list list = { 0 }, delivered = { 0 };

	(void)state;
	for (size_t i = 0; i < SOCKETS_MAX + 3; i++)
		list_add(&list, i % 2 ? listening(i, i, 80) : connected(i, i, 80, 50000));
	assert_int_equal(list.count, SOCKETS_MAX);
	assert_int_equal(list.left_out, 3);
	list_copy(&list, &delivered);
	assert_int_equal(delivered.count, SOCKETS_MAX / 2);
	socket_list_done(&list);
	socket_list_done(&list);
	assert_int_equal(list.count, 0);
	socket_list_done(&delivered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_listened_for_is_a_server),
		cmocka_unit_test(other_records_are_not_taken),
		cmocka_unit_test(the_list_has_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
