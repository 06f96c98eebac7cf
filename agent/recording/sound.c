// SPDX-License-Identifier: Apache-2.0
#include "agent/recording/sound.h"

#include <stddef.h>
#include <string.h>

#include "bpf/record.h"

bool recording_block_is_sound(const struct recording_block *block, uint64_t id, uint32_t expected)
{
	return memcmp(block->magic, RECORDING_BLOCK_MAGIC, sizeof(block->magic)) == 0 &&
	       block->crc == recording_checksum(block, offsetof(struct recording_block, crc)) &&
	       block->id == id && block->number >= expected &&
	       (block->kind == RECORDING_ITEMS || block->kind == RECORDING_END) &&
	       block->stored <= RECORDING_STORED_MAX && block->size <= RECORDING_BLOCK_SIZE;
}

/* The size of the item at the beginning of `left` bytes; 0: it is none. */
static size_t item_size(const uint8_t *item, size_t left)
{
	const struct recording_mark *mark = (const void *)item;

	if (left < sizeof(*mark) || mark->size > left)
		return 0;
	if (mark->kind < RECORDING_MARKS)
		return recording_is_record(mark, mark->size) ? mark->size : 0;
	return mark->size == sizeof(*mark) && mark->kind >= RECORDING_ADVANCE && mark->kind <= RECORDING_MALFORMED
		       ? mark->size
		       : 0;
}

bool recording_items_are_sound(const struct recording_block *block, const uint8_t *items)
{
	uint32_t count = 0;
	size_t at = 0;

	while (at < block->size) {
		size_t size = item_size(items + at, block->size - at);

		if (!size)
			return false;
		at += size;
		count++;
	}
	return count == block->items;
}

bool recording_name_is_sound(const char *name)
{
	size_t length = strnlen(name, RECORDING_SHORT_SIZE);

	return length && length < RECORDING_SHORT_SIZE &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}
