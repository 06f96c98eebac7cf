// SPDX-License-Identifier: Apache-2.0
#include "otlp/spool/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int write_all(int fd, struct iovec *parts, int count)
{
	while (count) {
		ssize_t written = writev(fd, parts, count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		while (count && (size_t)written >= parts->iov_len) {
			written -= (ssize_t)parts->iov_len;
			parts++;
			count--;
		}
		if (count) {
			parts->iov_base = (char *)parts->iov_base + written;
			parts->iov_len -= (size_t)written;
		}
	}
	return 0;
}

static int write_synced(int directory, const char *name, const struct batch *batch)
{
	uint8_t head[SPOOL_HEAD_SIZE];
	struct iovec parts[] = { { head, sizeof(head) }, { (void *)batch->body, batch->length } };
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result;

	if (fd < 0)
		return -errno;
	spool_head_write(batch, head);
	result = write_all(fd, parts, 2);
	if (result == 0 && fsync(fd) < 0)
		result = -errno;
	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result;
}

int spool_file_write(int directory, const struct batch *batch)
{
	char unfinished[SPOOL_NAME_MAX], finished[SPOOL_NAME_MAX];
	int result;

	if (batch->length > SPOOL_BODY_MAX || batch->sequence > SPOOL_SEQUENCE_MAX)
		return -EMSGSIZE;
	spool_name_write(batch->sequence, false, unfinished);
	spool_name_write(batch->sequence, true, finished);
	result = write_synced(directory, unfinished, batch);
	if (result == 0 && renameat(directory, unfinished, directory, finished) < 0)
		result = -errno;
	if (result < 0) {
		unlinkat(directory, unfinished, 0);
		return result;
	}
	if (fsync(directory) < 0) {
		result = -errno;
		unlinkat(directory, finished, 0);
	}
	return result;
}

static int read_exactly(int fd, void *data, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t size = read(fd, (char *)data + done, length - done);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (size == 0)
			return -EBADMSG;
		done += (size_t)size;
	}
	return 0;
}

/* The head of a regular file that is as long as it says and is named as it says. */
static int read_head(int fd, uint64_t sequence, struct spool_head *ret_head)
{
	uint8_t bytes[SPOOL_HEAD_SIZE];
	struct spool_head head;
	struct stat stat;
	int result;

	if (fstat(fd, &stat) < 0)
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EBADMSG;
	result = read_exactly(fd, bytes, sizeof(bytes));
	if (result == 0)
		result = spool_head_read(slice_of(bytes, sizeof(bytes)), &head);
	if (result < 0)
		return result;
	if (head.sequence != sequence || (uint64_t)stat.st_size != SPOOL_HEAD_SIZE + (uint64_t)head.length)
		return -EBADMSG;
	*ret_head = head;
	return 0;
}

static int open_finished(int directory, uint64_t sequence)
{
	char name[SPOOL_NAME_MAX];
	int fd;

	spool_name_write(sequence, true, name);
	/* Not to be kept waiting by a FIFO of that name. */
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int spool_file_read_head(int directory, uint64_t sequence, struct spool_head *ret_head)
{
	int fd = open_finished(directory, sequence);
	int result;

	if (fd < 0)
		return fd;
	result = read_head(fd, sequence, ret_head);
	close(fd);
	return result;
}

static int read_body(int fd, const struct spool_head *head, struct batch **ret_batch)
{
	struct batch *batch = spool_batch_allocate(head);
	int result;

	if (!batch)
		return -ENOMEM;
	result = read_exactly(fd, batch->body, batch->length);
	if (result == 0 && !spool_body_sound(head, batch))
		result = -EBADMSG;
	if (result < 0)
		batch_free(batch);
	else
		*ret_batch = batch;
	return result;
}

int spool_file_read(int directory, uint64_t sequence, struct batch **ret_batch)
{
	int fd = open_finished(directory, sequence);
	struct spool_head head;
	int result;

	if (fd < 0)
		return fd;
	result = read_head(fd, sequence, &head);
	if (result == 0)
		result = read_body(fd, &head, ret_batch);
	close(fd);
	return result;
}

void spool_file_remove(int directory, uint64_t sequence)
{
	char name[SPOOL_NAME_MAX];

	spool_name_write(sequence, true, name);
	unlinkat(directory, name, 0);
}

void spool_file_set_aside(int directory, uint64_t sequence)
{
	char name[SPOOL_NAME_MAX], aside[SPOOL_NAME_MAX + sizeof(".damaged")];

	spool_name_write(sequence, true, name);
	snprintf(aside, sizeof(aside), "%s.damaged", name);
	renameat(directory, name, directory, aside);
}

static int visit_entry(int directory, const char *name, int (*found)(void *context, bool ours, uint64_t sequence),
		       void *context)
{
	uint64_t sequence = 0;
	bool finished = false;
	bool ours = spool_name_read(name, &sequence, &finished);
	struct stat stat;

	if (ours && !finished) {
		unlinkat(directory, name, 0);
		return 0;
	}
	if (fstatat(directory, name, &stat, AT_SYMLINK_NOFOLLOW) < 0 || S_ISDIR(stat.st_mode))
		return 0;
	return found(context, ours, sequence);
}

int spool_files_visit(int directory, int (*found)(void *context, bool ours, uint64_t sequence), void *context)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int result = entries ? 0 : -errno;

	if (!entries) {
		if (fd >= 0)
			close(fd);
		return result;
	}
	while (result == 0 && (entry = readdir(entries)))
		result = visit_entry(directory, entry->d_name, found, context);
	closedir(entries);
	return result;
}
