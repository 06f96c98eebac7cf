// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel/sockets_diag.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/kernel/diag_message.h"
#include "agent/kernel/sockets.h"
#include "base/clock.h"
#include "base/hashmap.h"
#include "base/slice.h"

#define NAMESPACES_MAX 4096

struct diag_search {
	const struct selection *selection;
	const struct record_sink *sink;
	struct socket_list sockets; /* nobody's yet */
	struct hashmap *by_inode;   /* inode -> its index in `sockets`, plus one */
	struct hashmap *namespaces; /* those looked into */
	uint64_t own_namespace;
	int error; /* the first */
};

/* What ended while we looked is no error. */
static void diag_failed(struct diag_search *search, int error)
{
	if (!search->error && error != -ENOENT && error != -ESRCH)
		search->error = error;
}

static void diag_add(struct diag_search *search, const struct inet_diag_msg *message, size_t size, uint64_t netns)
{
	struct record_socket record;
	size_t count = search->sockets.count;
	int error;

	if (!selection_wants_ports(search->selection, ntohs(message->id.idiag_sport), ntohs(message->id.idiag_dport)))
		return;
	record = diag_message_read(message, size, netns);
	socket_list_accept(&search->sockets, &record, sizeof(record));
	error = search->sockets.count == count ? -ENOSPC
					       : hashmap_put(search->by_inode, &message->idiag_inode,
							     sizeof(message->idiag_inode), (void *)(count + 1));
	if (error)
		diag_failed(search, error);
}

/* One datagram of the answer. 1: more follow; 0: the last; negative errno. */
static int diag_take(struct diag_search *search, const char *bytes, size_t size, uint64_t netns)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)bytes;
	unsigned int left = size;

	for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
		const void *data = NLMSG_DATA(header);

		if (header->nlmsg_type == NLMSG_DONE)
			return 0;
		if (header->nlmsg_type == NLMSG_ERROR) {
			/* The kernel says ENOENT where it has no diag module for the protocol. */
			int error = header->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr))
					    ? -EBADMSG
					    : ((const struct nlmsgerr *)data)->error;

			return error == -ENOENT ? -EOPNOTSUPP : error;
		}
		if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    header->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			diag_add(search, data, header->nlmsg_len - NLMSG_LENGTH(0), netns);
	}
	return 1;
}

static int diag_dump(struct diag_search *search, int netlink, int family, uint64_t netns)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 query;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.query = { .sdiag_family = family,
			   .sdiag_protocol = IPPROTO_TCP,
			   .idiag_ext = 1 << (INET_DIAG_INFO - 1),
			   .idiag_states = 1 << TCP_ESTABLISHED | 1 << TCP_LISTEN },
	};
	_Alignas(struct nlmsghdr) char answer[32 * 1024];
	int more = 1;

	if (send(netlink, &request, sizeof(request), 0) < 0)
		return -errno;
	while (more > 0) {
		ssize_t size = recv(netlink, answer, sizeof(answer), 0);

		if (size < 0 && errno == EINTR)
			continue;
		more = size < 0 ? -errno : diag_take(search, answer, size, netns);
	}
	return more;
}

/* In: a descriptor of the namespace. Out: a netlink socket of it, or negative errno. */
static void *diag_netlink_there(void *context)
{
	int *descriptor = context;
	int netlink = setns(*descriptor, CLONE_NEWNET) ? -1
						       : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	*descriptor = netlink < 0 ? -errno : netlink;
	return NULL;
}

/* A socket stays in the namespace it was made in: only a thread that ends at once goes there. */
static int diag_netlink(const struct diag_search *search, uint64_t netns, const char *path)
{
	int netlink, namespace, error;
	pthread_t thread;

	if (netns == search->own_namespace) {
		netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
		return netlink < 0 ? -errno : netlink;
	}
	namespace = open(path, O_RDONLY | O_CLOEXEC);
	if (namespace < 0)
		return -errno;
	netlink = namespace;
	error = -pthread_create(&thread, NULL, diag_netlink_there, &netlink);
	if (!error)
		pthread_join(thread, NULL);
	close(namespace);
	return error ? error : netlink;
}

/* Lists the sockets of the process's network namespace, unless done. */
static void diag_namespace(struct diag_search *search, uint32_t pid)
{
	struct stat status;
	char path[64];
	uint64_t netns;
	int netlink, error;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	if (stat(path, &status)) {
		diag_failed(search, -errno);
		return;
	}
	netns = status.st_ino;
	if (hashmap_get(search->namespaces, &netns, sizeof(netns)))
		return;
	netlink = diag_netlink(search, netns, path);
	if (netlink < 0) {
		diag_failed(search, netlink);
		return;
	}
	error = hashmap_put(search->namespaces, &netns, sizeof(netns), search);
	if (!error)
		error = diag_dump(search, netlink, AF_INET, netns);
	if (!error)
		error = diag_dump(search, netlink, AF_INET6, netns);
	if (error)
		diag_failed(search, error);
	close(netlink);
}

/* The socket that a link in /proc/PID/fd names, "socket:[INODE]", if it is one we found. */
static const struct record_socket *diag_find(const struct diag_search *search, struct slice link)
{
	const struct slice prefix = SLICE_LITERAL("socket:[");
	uint64_t number;
	uint32_t inode;
	size_t index;

	if (!slice_starts_with(link, prefix))
		return NULL;
	link = slice_from(link, prefix.length);
	if (!slice_to_u64(slice_head(link, slice_find(link, ']')), &number))
		return NULL;
	inode = number;
	index = (size_t)hashmap_get(search->by_inode, &inode, sizeof(inode));
	return index ? &search->sockets.sockets[index - 1] : NULL;
}

/* Gives the process's sockets to the sink. */
static void diag_process(struct diag_search *search, uint32_t pid)
{
	struct dirent *entry;
	DIR *directory;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	directory = opendir(path);
	if (!directory) {
		diag_failed(search, -errno);
		return;
	}
	while ((entry = readdir(directory))) {
		char link[64];
		ssize_t length = readlinkat(dirfd(directory), entry->d_name, link, sizeof(link));
		const struct record_socket *found = length > 0 ? diag_find(search, slice_of(link, length)) : NULL;
		struct record_socket record;

		if (!found)
			continue;
		record = *found;
		record.header.time = clock_monotonic();
		record.header.tgid = pid;
		record.header.tid = pid;
		search->sink->accept(search->sink->context, &record, sizeof(record));
	}
	closedir(directory);
}

static int diag_each_process(struct diag_search *search, void (*visit)(struct diag_search *search, uint32_t pid))
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	uint64_t pid;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		if (slice_to_u64(slice_of_string(entry->d_name), &pid) && pid <= UINT32_MAX)
			visit(search, pid);
	}
	closedir(directory);
	return 0;
}

static int diag_search_run(struct diag_search *search)
{
	struct stat status;
	int error;

	if (!search->by_inode || !search->namespaces)
		return -ENOMEM;
	if (stat("/proc/self/ns/net", &status))
		return -errno;
	search->own_namespace = status.st_ino;
	error = diag_each_process(search, diag_namespace);
	if (!error)
		error = diag_each_process(search, diag_process);
	return error ? error : search->error;
}

int sockets_diag_find(const struct selection *selection, const struct record_sink *sink)
{
	struct diag_search search = {
		.selection = selection,
		.sink = sink,
		.by_inode = hashmap_new(SOCKETS_MAX),
		.namespaces = hashmap_new(NAMESPACES_MAX),
	};
	int error = diag_search_run(&search);

	socket_list_done(&search.sockets);
	hashmap_free(search.by_inode, NULL);
	hashmap_free(search.namespaces, NULL);
	return error;
}
