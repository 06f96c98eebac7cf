/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sockets that are older than the agent. They are gathered first, because
 * only who knows all listening ones can tell which end of its connection a
 * socket is.
 */
#ifndef WIRESPAN_AGENT_KERNEL_SOCKETS_H
#define WIRESPAN_AGENT_KERNEL_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "agent/source/source.h"
#include "bpf/record.h"

#define SOCKETS_MAX 65536 /* as many connections as the engine keeps */

/* Zero-initialised, it is empty. */
struct socket_list {
	struct record_socket *sockets;
	size_t count;
	size_t capacity;
	uint64_t left_out; /* past SOCKETS_MAX, or for want of memory */
};

/* Frees; the list is empty again. */
void socket_list_done(struct socket_list *list);

/* For record_sink.accept; `context` is the list. Takes each RECORD_SOCKET, nothing else. */
void socket_list_accept(void *context, const void *record, size_t size);

/*
 * Gives the connected sockets to `sink`, each with its role: a server's where
 * its namespace listens on its local port, else a client's. Those that listen
 * stay here. 0 or -ENOMEM, when none was given.
 */
int socket_list_deliver(const struct socket_list *list, const struct record_sink *sink);

#endif
