// SPDX-License-Identifier: Apache-2.0
#include "agent/process/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t proc_file_read(uint32_t pid, const char *name, char *buffer, size_t size)
{
	char path[64];
	size_t length = 0;
	ssize_t part = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (length < size && (part = read(fd, buffer + length, size - length)) > 0)
		length += part;
	part = part < 0 ? -errno : 0;
	close(fd);
	return part < 0 ? part : (ssize_t)length;
}

ssize_t proc_link_read(uint32_t pid, const char *name, char *target, size_t size)
{
	const ssize_t deleted = sizeof(" (deleted)") - 1;
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	length = readlink(path, target, size - 1);
	if (length < 0)
		return -errno;
	/* What an upgrade has replaced still has its name. */
	if (length > deleted && memcmp(target + length - deleted, " (deleted)", deleted) == 0)
		length -= deleted;
	target[length] = '\0';
	return length;
}

int proc_root_open(uint32_t pid, const char *path)
{
	/* A path may lead anywhere: not to our own files, and a device is not to be opened. */
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	struct stat status;
	char name[64];
	int root, found, fd;

	snprintf(name, sizeof(name), "/proc/%u/root", pid);
	root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	found = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	fd = found < 0 ? -errno : -EINVAL;
	close(root);
	if (found < 0)
		return fd;
	/* What the kernel makes up, as /proc/kmsg, has no size: it may keep a reader waiting, or be used up by reading. */
	if (fstat(found, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", found);
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		fd = fd < 0 ? -errno : fd;
	}
	close(found);
	return fd;
}
