// SPDX-License-Identifier: Apache-2.0
#include "agent/process/runtime.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/process/proc_file.h"
#include "agent/process/runtime_elf.h"
#include "agent/process/runtime_java.h"
#include "base/path.h"
#include "base/slice.h"

#define REMEMBERED 256 /* executables; a host runs few different ones at a time */
#define MAPS_MAX (256 * 1024)

/* How an interpreter's files tell its version. */
static const struct family {
	const char *executable; /* base name without version */
	const char *name;       /* process.runtime.name, by the semantic conventions */
	const char *symbol;     /* read at once, from the executable */
	const char *constant;   /* what stands before the version among the constants */
	const char *library;    /* how the file's name begins that has them where the executable does not */
	bool (*read)(int fd, const char *symbol, char *version, size_t size);
} families[] = {
	{ "python", "cpython", "Py_Version", NULL, "libpython3.", elf_number_version },
	{ "ruby", "ruby", "ruby_version", NULL, "libruby", elf_string_version },
	{ "node", "nodejs", NULL, "node.js/v", "libnode.so", NULL },
	{ "nodejs", "nodejs", NULL, "node.js/v", "libnode.so", NULL },
	{ "php", "cli", NULL, "X-Powered-By: PHP/", NULL, NULL },
	{ "php-fpm", "fpm-fcgi", NULL, "X-Powered-By: PHP/", NULL, NULL },
	{ "php-cgi", "cgi-fcgi", NULL, "X-Powered-By: PHP/", NULL, NULL },
};

struct remembered {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	const struct family *family; /* NULL none */
	bool looked;
	struct runtime runtime;
};

static const struct family *family_of(struct slice executable)
{
	struct slice name = path_without_version(path_last(executable));

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (slice_equal(name, slice_of_string(families[i].executable)))
			return &families[i];
	return NULL;
}

/* By the name of what was opened: by now the process may have executed something else. */
static void read_executable(int fd, uint32_t pid, struct remembered *entry)
{
	char path[PATH_MAX], link[32];

	snprintf(link, sizeof(link), "fd/%d", fd);
	ssize_t length = proc_link_read((uint32_t)getpid(), link, path, sizeof(path));
	struct slice executable = slice_of(path, length > 0 ? (size_t)length : 0);
	const struct family *family = entry->family = family_of(executable);
	struct runtime *runtime = &entry->runtime;

	if (family) {
		snprintf(runtime->name, sizeof(runtime->name), "%s", family->name);
		if (family->symbol)
			family->read(fd, family->symbol, runtime->version, sizeof(runtime->version));
		runtime->may_tell_more = true;
	} else if (slice_equal(path_last(executable), SLICE_LITERAL("java"))) {
		java_describe(pid, executable, runtime);
	} else if (elf_go_version(fd, runtime->version, sizeof(runtime->version))) {
		runtime->shares_threads = true;
		snprintf(runtime->name, sizeof(runtime->name), "go");
	}
}

/* The remembered one of the file that the process runs, which is read where it is another; NULL where it can't be. */
static struct remembered *remember(uint32_t pid, int *ret_fd)
{
	static struct remembered table[REMEMBERED];
	struct remembered *entry;
	struct stat status;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return NULL;
	}
	entry = &table[(status.st_ino ^ status.st_dev) % REMEMBERED];
	if (entry->device != status.st_dev || entry->inode != status.st_ino ||
	    entry->changed.tv_sec != status.st_ctim.tv_sec || entry->changed.tv_nsec != status.st_ctim.tv_nsec) {
		*entry = (struct remembered){ .device = status.st_dev,
					      .inode = status.st_ino,
					      .changed = status.st_ctim };
		read_executable(fd, pid, entry);
	}
	*ret_fd = fd;
	return entry;
}

void runtime_describe(uint32_t pid, struct runtime *ret_runtime)
{
	int fd;
	struct remembered *entry = remember(pid, &fd);

	*ret_runtime = (struct runtime){ .shares_threads = false };
	if (!entry)
		return;
	close(fd);
	*ret_runtime = entry->runtime;
}

static void read_version(int fd, const struct family *family, struct runtime *runtime)
{
	if (family->symbol)
		family->read(fd, family->symbol, runtime->version, sizeof(runtime->version));
	else
		elf_constant_version(fd, family->constant, runtime->version, sizeof(runtime->version));
}

/* The path of the library in the process's maps, terminated. */
static bool find_library(uint32_t pid, struct slice begin, char path[MAPS_MAX])
{
	ssize_t length = proc_file_read(pid, "maps", path, MAPS_MAX);
	struct slice text = slice_of(path, length > 0 ? (size_t)length : 0);

	while (text.length) {
		struct slice line = slice_head(text, slice_find(text, '\n'));
		struct slice file = slice_from(line, slice_find(line, '/'));

		text = slice_from(text, line.length + 1);
		if (!text.data || !slice_starts_with(path_last(file), begin) || !file.length)
			continue;
		memmove(path, file.data, file.length);
		path[file.length] = '\0';
		return true;
	}
	return false;
}

static void read_library(uint32_t pid, const struct family *family, struct runtime *runtime)
{
	static char path[MAPS_MAX + 1];
	int fd;

	if (!family->library || !find_library(pid, slice_of_string(family->library), path))
		return;
	fd = proc_root_open(pid, path);
	if (fd < 0)
		return;
	read_version(fd, family, runtime);
	close(fd);
}

void runtime_look(uint32_t pid, struct runtime *ret_runtime)
{
	int fd;
	struct remembered *entry = remember(pid, &fd);

	*ret_runtime = (struct runtime){ .shares_threads = false };
	if (!entry)
		return;
	if (entry->family && !entry->looked && !entry->runtime.version[0]) {
		read_version(fd, entry->family, &entry->runtime);
		if (!entry->runtime.version[0])
			read_library(pid, entry->family, &entry->runtime);
	}
	entry->looked = true;
	close(fd);
	*ret_runtime = entry->runtime;
}
