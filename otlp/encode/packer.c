// SPDX-License-Identifier: Apache-2.0
#include "otlp/encode/packer.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM_FIRST (256u << 10)

void packer_init(struct packer *packer, char *room, size_t size, size_t size_max)
{
	*packer =
		(struct packer){ .room = room, .size = size, .size_max = size_max, .front = room ? room + size : NULL };
}

static bool fail(struct packer *packer, int error)
{
	packer->error = error;
	return false;
}

bool packer_grow(struct packer *packer, size_t length)
{
	size_t written = packer_length(packer), size = packer->size ? packer->size : ROOM_FIRST;
	char *room;

	if (packer->error)
		return false;
	if (written > packer->size_max || length > packer->size_max - written)
		return fail(packer, -EMSGSIZE);
	while (size < written + length)
		size = size < packer->size_max / 2 ? 2 * size : packer->size_max;
	room = malloc(size);
	if (!room)
		return fail(packer, -ENOMEM);
	if (written)
		memcpy(room + size - written, packer->front, written);
	free(packer->room);
	packer->room = room;
	packer->size = size;
	packer->front = room + size - written;
	return true;
}

char *pack_long_varint(char *front, uint64_t value)
{
	size_t count = 1;

	for (uint64_t rest = value >> 7; rest; rest >>= 7)
		count++;
	front -= count;
	for (size_t i = 0; i < count - 1; i++, value >>= 7)
		front[i] = (char)(value | 0x80);
	front[count - 1] = (char)value;
	return front;
}
