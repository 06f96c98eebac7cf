// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* dup3 */
#include "otlp/export/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/terminal.h"

/* Between two tries where a file that is called writable takes nothing. */
#define NAP_MS 10

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
		.terminal = terminal_open_own(fd),
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
	if (writer->terminal >= 0)
		close(writer->terminal);
	writer->cancel_fd = -1;
}

static int fd_to_write(const struct writer *writer)
{
	return writer->terminal >= 0 ? writer->terminal : writer->fd;
}

/* When a write that begins now has waited long enough; UINT64_MAX: never. */
static uint64_t patience_end(const struct writer *writer)
{
	if (writer->timeout_ms < 0)
		return UINT64_MAX;
	return writer->unread ? 0 : clock_monotonic() + (uint64_t)writer->timeout_ms * NSEC_PER_MSEC;
}

static int milliseconds_until(uint64_t end)
{
	uint64_t now = clock_monotonic();

	if (end == UINT64_MAX)
		return -1;
	return end > now ? (int)((end - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC) : 0;
}

static int wait_writable(struct writer *writer, uint64_t end)
{
	struct pollfd fds[] = {
		{ .fd = writer->cancel_fd, .events = POLLIN },
		{ .fd = fd_to_write(writer), .events = POLLOUT },
	};
	int ready;

	do
		ready = poll(fds, 2, milliseconds_until(end));
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	if (ready == 0)
		return -ETIMEDOUT;
	return fds[0].revents ? -ECANCELED : 0;
}

/* A terminal may have room, but not for a newline, which takes two bytes there. */
static int nap(struct writer *writer, uint64_t end)
{
	struct pollfd cancel = { .fd = writer->cancel_fd, .events = POLLIN };

	if (milliseconds_until(end) == 0)
		return -ETIMEDOUT;
	return poll(&cancel, 1, NAP_MS) > 0 ? -ECANCELED : 0;
}

static int write_all(struct writer *writer, struct slice data)
{
	uint64_t end = patience_end(writer);

	while (data.length) {
		/* A writable pipe takes PIPE_BUF bytes without blocking, but perhaps not one more. */
		size_t length = writer->waits && data.length > PIPE_BUF ? PIPE_BUF : data.length;
		ssize_t written;
		int result = wait_writable(writer, end);

		if (result < 0)
			return result;
		written = write(fd_to_write(writer), data.data, length);
		if (written >= 0)
			data = slice_from(data, (size_t)written);
		else if (errno == EAGAIN)
			result = nap(writer, end);
		else if (errno != EINTR)
			return -errno;
		if (result < 0)
			return result;
	}
	return 0;
}

int writer_write(struct writer *writer, struct slice data)
{
	int result = write_all(writer, data);

	writer->unread = result == -ETIMEDOUT;
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
