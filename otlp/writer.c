// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* dup3 */
#include "otlp/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

int writer_init(struct writer *writer, int fd)
{
	struct stat stat;
	int cancel_fd;

	if (fstat(fd, &stat) < 0)
		return -errno;
	cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (cancel_fd < 0)
		return -errno;
	*writer = (struct writer){
		.fd = fd,
		.cancel_fd = cancel_fd,
		.timeout_ms = -1,
		.waits = !S_ISREG(stat.st_mode) && !S_ISBLK(stat.st_mode),
		.next_fd = -1,
	};
	return 0;
}

void writer_done(struct writer *writer)
{
	writer_replace(writer, -1);
	close(writer->cancel_fd);
	writer->cancel_fd = -1;
}

static int wait_writable(struct writer *writer)
{
	struct pollfd fds[] = {
		{ .fd = writer->cancel_fd, .events = POLLIN },
		{ .fd = writer->fd, .events = POLLOUT },
	};

	int ready;

	do
		ready = poll(fds, 2, writer->timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	if (ready == 0)
		return -ETIMEDOUT;
	return fds[0].revents ? -ECANCELED : 0;
}

static int write_all(struct writer *writer, struct slice data)
{
	while (data.length) {
		/* A writable pipe takes PIPE_BUF bytes without blocking, but perhaps not one more. */
		size_t length = writer->waits && data.length > PIPE_BUF ? PIPE_BUF : data.length;
		ssize_t written;
		int result = wait_writable(writer);

		if (result < 0)
			return result;
		written = write(writer->fd, data.data, length);
		if (written >= 0)
			data = slice_from(data, (size_t)written);
		else if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	return 0;
}

int writer_write(struct writer *writer, struct slice data)
{
	int result = write_all(writer, data);

	if (result < 0 && result != -ECANCELED && writer->failed)
		writer->failed(writer->context, result);
	return result;
}

void writer_replace(struct writer *writer, int fd)
{
	int unused = atomic_exchange(&writer->next_fd, fd);

	if (unused >= 0)
		close(unused);
}

bool writer_renew(struct writer *writer)
{
	int fd = atomic_exchange(&writer->next_fd, -1);

	if (fd < 0)
		return false;
	(void)!dup3(fd, writer->fd, O_CLOEXEC);
	close(fd);
	return true;
}

void writer_cancel(struct writer *writer)
{
	(void)!eventfd_write(writer->cancel_fd, 1);
}
