// SPDX-License-Identifier: Apache-2.0
#include "base/test/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Accessible bytes: at least a page, so that an empty copy has an address too. */
static size_t room_for(size_t length)
{
	size_t page = page_size();

	return length == 0 ? page : (length + page - 1) / page * page;
}

char *guard_copy(const void *data, size_t length)
{
	size_t room = room_for(length);
	char *base = mmap(NULL, room + page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED || mprotect(base + room, page_size(), PROT_NONE) != 0) {
		perror("guard_copy");
		abort();
	}
	if (length > 0)
		memcpy(base + room - length, data, length);
	return base + room - length;
}

void guard_free(char *copy, size_t length)
{
	size_t room = room_for(length);

	if (copy)
		munmap(copy + length - room, room + page_size());
}
