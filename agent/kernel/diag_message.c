// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/diag_message.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#define QUIET_MS 10 /* as QUIET_JIFFIES (bpf/trace/sockets.bpf.c) */

static bool is_mapped(const __be32 address[4])
{
	return address[0] == 0 && address[1] == 0 && address[2] == htonl(0xffff);
}

static void read_connection(const struct inet_diag_msg *message, uint64_t netns,
			    struct record_connection *ret_connection)
{
	const struct inet_diag_sockid *id = &message->id;
	/* RFC 4291, 2.5.5.2: an IPv4 connection of an IPv6 socket */
	bool mapped = message->idiag_family == AF_INET6 && is_mapped(id->idiag_dst);
	size_t first = mapped ? 3 : 0;
	size_t size = message->idiag_family == AF_INET6 && !mapped ? 16 : 4;

	ret_connection->cookie = (uint64_t)id->idiag_cookie[1] << 32 | id->idiag_cookie[0];
	ret_connection->netns = netns;
	ret_connection->family = mapped ? AF_INET : message->idiag_family;
	ret_connection->local_port = ntohs(id->idiag_sport);
	ret_connection->remote_port = ntohs(id->idiag_dport);
	memcpy(ret_connection->local_address, id->idiag_src + first, size);
	memcpy(ret_connection->remote_address, id->idiag_dst + first, size);
}

/* An attribute of the message, at least `least` bytes of it; NULL: there is none. */
static const void *find_attribute(const struct inet_diag_msg *message, size_t size, unsigned short type, size_t least)
{
	const struct rtattr *attribute = (const struct rtattr *)(message + 1);
	size_t left = size - sizeof(*message);

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == type && RTA_PAYLOAD(attribute) >= least)
			return RTA_DATA(attribute);
	return NULL;
}

/* As the iterator tells it (bpf/trace/sockets.bpf.c). Queues count what is unread, and what is unacknowledged. */
static uint16_t quiet_flags(const struct inet_diag_msg *message, size_t size)
{
	size_t least = offsetof(struct tcp_info, tcpi_last_ack_recv);
	const struct tcp_info *info = find_attribute(message, size, INET_DIAG_INFO, least);

	if (!info || message->idiag_rqueue || message->idiag_wqueue ||
	    info->tcpi_last_data_sent < QUIET_MS || info->tcpi_last_data_recv < QUIET_MS)
		return 0;
	/* Nothing here tells what came first within one jiffy. */
	return (info->tcpi_last_data_sent < info->tcpi_last_data_recv ? RECORD_SOCKET_QUIET_SENT : 0) |
	       (info->tcpi_last_data_recv < info->tcpi_last_data_sent ? RECORD_SOCKET_QUIET_RECEIVED : 0);
}

struct record_socket diag_message_read(const struct inet_diag_msg *message, size_t size, uint64_t netns)
{
	struct record_socket record = { .header = { .kind = RECORD_SOCKET, .size = sizeof(record) } };

	record.header.flags = message->idiag_state == TCP_LISTEN ? RECORD_SOCKET_LISTENS : quiet_flags(message, size);
	read_connection(message, netns, &record.connection);
	return record;
}
