// SPDX-License-Identifier: Apache-2.0
#include "test-env/benchmark/load/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"

#define EVENTS 256
#define READ_SIZE (256 * 1024)
#define BACKLOG 4096

static const struct slice head_end = SLICE_LITERAL("\r\n\r\n");
static const struct slice content_length = SLICE_LITERAL("content-length");

/* By descriptor. The generation tells a connection from the next one with its descriptor. */
static struct {
	struct buffer buffer;
	uint32_t generation;
} connections[SERVE_CONNECTIONS_MAX];

static uint64_t connection_id(int fd)
{
	return (uint64_t)connections[fd].generation << 32 | (uint32_t)fd;
}

static void connection_close(int fd)
{
	buffer_done(&connections[fd].buffer);
	connections[fd].generation++;
	close(fd);
}

void serve_answer(uint64_t connection, struct slice response)
{
	int fd = (int)(uint32_t)connection;

	if (connection_id(fd) != connection)
		return;
	while (response.length) {
		ssize_t sent = send(fd, response.data, response.length, MSG_NOSIGNAL);

		if (sent > 0) {
			response = slice_from(response, sent);
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		} else {
			/* The next read finds it broken. */
			return;
		}
	}
}

/* The Content-Length field's value; 0 where there is none. */
static uint64_t body_length(struct slice head)
{
	uint64_t length = 0;

	while (head.length) {
		struct slice line = slice_head(head, slice_find(head, '\n'));
		size_t colon = slice_find(line, ':');

		if (slice_equal_ignoring_case(slice_head(line, colon), content_length) &&
		    slice_to_u64(slice_trim(slice_head(slice_from(line, colon + 1), line.length - colon - 2)), &length))
			return length;
		head = slice_from(head, line.length + 1);
	}
	return 0;
}

/* Bytes of the first request; 0: not all of it is there. */
static size_t take_request(int fd, struct slice bytes, const struct serve_handler *handler)
{
	const char *end = memmem(bytes.data, bytes.length, head_end.data, head_end.length);
	struct slice head, body;
	uint64_t length;

	if (!end)
		return 0;
	head = slice_head(bytes, end + head_end.length - bytes.data);
	length = body_length(head);
	body = slice_from(bytes, head.length);
	if (body.length < length)
		return 0;
	handler->request(handler->context, connection_id(fd), head, slice_head(body, length));
	return head.length + length;
}

static void connection_read(int fd, const struct serve_handler *handler)
{
	static char bytes[READ_SIZE];
	struct buffer *buffer = &connections[fd].buffer;
	ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
	struct slice unread;
	size_t taken;

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0 || (buffer->length && buffer_append(buffer, bytes, got))) {
		connection_close(fd);
		return;
	}
	/* Most requests come whole, and need no copy. */
	unread = buffer->length ? buffer_slice(buffer) : slice_of(bytes, got);
	while (unread.length && (taken = take_request(fd, unread, handler)) != 0)
		unread = slice_from(unread, taken);
	if (buffer->length)
		buffer_consume(buffer, buffer->length - unread.length);
	else if (unread.length && buffer_append(buffer, unread.data, unread.length))
		connection_close(fd);
}

static void connections_accept(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		if (fd >= SERVE_CONNECTIONS_MAX || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		buffer_init(&connections[fd].buffer, SERVE_REQUEST_MAX);
	}
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG)) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

static int serve_round(int epoll, int listener, const struct serve_handler *handler)
{
	int64_t wait = handler->tick ? handler->tick(handler->context) : -1;
	struct timespec timeout = { .tv_sec = wait / (int64_t)NSEC_PER_SEC, .tv_nsec = wait % (int64_t)NSEC_PER_SEC };
	struct epoll_event events[EVENTS];
	int count = epoll_pwait2(epoll, events, EVENTS, wait < 0 ? NULL : &timeout, NULL);

	if (count < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (events[i].data.fd == listener)
			connections_accept(epoll, listener);
		else
			connection_read(events[i].data.fd, handler);
	}
	return 0;
}

int serve(uint16_t port, const struct serve_handler *handler)
{
	int listener = listen_on(port), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
	int error = listener < 0 ? listener : epoll < 0 ? -errno : 0;

	if (!error && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
		error = -errno;
	/* A tick is due when it says, not 50 µs later. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	while (!error)
		error = serve_round(epoll, listener, handler);
	if (epoll >= 0)
		close(epoll);
	if (listener >= 0)
		close(listener);
	return error;
}
