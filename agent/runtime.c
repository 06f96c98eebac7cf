// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gelf.h>
#include <libelf.h>

#define REMEMBERED 256 /* executables; a host runs few different ones at a time */

struct remembered {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	bool shares_threads;
};

static bool elf_has_section(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

static bool file_shares_threads(int fd)
{
	bool found;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	found = elf && elf_kind(elf) == ELF_K_ELF && elf_has_section(elf, ".go.buildinfo");
	elf_end(elf);
	return found;
}

bool runtime_shares_threads(uint32_t pid)
{
	static struct remembered table[REMEMBERED];
	struct remembered *entry;
	struct stat status;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return false;
	}
	entry = &table[(status.st_ino ^ status.st_dev) % REMEMBERED];
	if (entry->device != status.st_dev || entry->inode != status.st_ino ||
	    entry->changed.tv_sec != status.st_ctim.tv_sec || entry->changed.tv_nsec != status.st_ctim.tv_nsec) {
		*entry = (struct remembered){ .device = status.st_dev, .inode = status.st_ino,
					      .changed = status.st_ctim,
					      .shares_threads = file_shares_threads(fd) };
	}
	close(fd);
	return entry->shares_threads;
}
