// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/sockets.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hashmap.h"

struct listening_key {
	uint32_t netns;
	uint32_t port;
};

static struct listening_key listening_key_of(const struct record_connection *connection)
{
	return (struct listening_key){ connection->netns, connection->local_port };
}

void socket_list_done(struct socket_list *list)
{
	free(list->sockets);
	*list = (struct socket_list){ 0 };
}

static int socket_list_grow(struct socket_list *list)
{
	size_t capacity = list->capacity ? list->capacity * 2 : 64;
	struct record_socket *sockets;

	if (list->count < list->capacity)
		return 0;
	if (capacity > SOCKETS_MAX)
		return -ENOSPC;
	sockets = realloc(list->sockets, capacity * sizeof(*sockets));
	if (!sockets)
		return -ENOMEM;
	list->sockets = sockets;
	list->capacity = capacity;
	return 0;
}

void socket_list_accept(void *context, const void *record, size_t size)
{
	const struct record_header *header = record;
	struct socket_list *list = context;

	if (size != sizeof(struct record_socket) || header->kind != RECORD_SOCKET)
		return;
	if (socket_list_grow(list)) {
		list->left_out++;
		return;
	}
	list->sockets[list->count++] = *(const struct record_socket *)record;
}

/* The places that are listened on, as a set; NULL when out of memory. */
static struct hashmap *socket_list_listening(const struct socket_list *list)
{
	struct hashmap *listening = hashmap_new(SOCKETS_MAX);

	for (size_t i = 0; i < list->count && listening; i++) {
		struct record_socket *socket = &list->sockets[i];
		struct listening_key key = listening_key_of(&socket->connection);

		if (!(socket->header.flags & RECORD_SOCKET_LISTENS) ||
		    hashmap_put(listening, &key, sizeof(key), socket) == 0)
			continue;
		hashmap_free(listening, NULL);
		return NULL;
	}
	return listening;
}

int socket_list_deliver(const struct socket_list *list, const struct record_sink *sink)
{
	struct hashmap *listening = socket_list_listening(list);

	if (!listening)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		struct record_socket socket = list->sockets[i];
		struct listening_key key = listening_key_of(&socket.connection);
		bool accepted = hashmap_get(listening, &key, sizeof(key));

		if (socket.header.flags & RECORD_SOCKET_LISTENS)
			continue;
		socket.connection.role = accepted ? RECORD_ROLE_SERVER : RECORD_ROLE_CLIENT;
		sink->accept(sink->context, &socket, sizeof(socket));
	}
	hashmap_free(listening, NULL);
	return 0;
}
