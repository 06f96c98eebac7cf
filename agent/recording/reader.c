// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* memmem */
#include "agent/recording/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "agent/recording/sound.h"

/* A block, whatever it holds, fits in. */
#define WINDOW_SIZE (sizeof(struct recording_block) + RECORDING_STORED_MAX)

struct recording_reader {
	FILE *file;
	struct recording_header header;
	ZSTD_DCtx *decompressor;
	size_t from, to;   /* what of the window was read and is not used yet */
	uint32_t expected; /* number of the next block */
	size_t size, used; /* of the items */
	bool lost;         /* since the last block that was whole */
	bool done;         /* everything was read, or nothing more can be */
	int error;
	struct recording_damage damage;
	struct counter counters[RECORDING_COUNTERS_MAX];
	size_t counter_count;
	uint8_t window[WINDOW_SIZE];
	_Alignas(8) uint8_t items[RECORDING_BLOCK_SIZE];
};

/* Bytes at hand, at most `wanted`: fewer only where the file ends. Negative errno. */
static ssize_t fill(struct recording_reader *reader, size_t wanted)
{
	size_t have = reader->to - reader->from;

	if (have >= wanted)
		return (ssize_t)wanted;
	memmove(reader->window, reader->window + reader->from, have);
	have += fread(reader->window + have, 1, sizeof(reader->window) - have, reader->file);
	reader->from = 0;
	reader->to = have;
	if (ferror(reader->file))
		return -EIO;
	return (ssize_t)(have < wanted ? have : wanted);
}

static void skip(struct recording_reader *reader, size_t count)
{
	reader->from += count;
	reader->damage.bytes += count;
	reader->lost = true;
}

/* Leaves out at least one byte, and all up to what may be the next block. 0 or negative errno. */
static int resynchronise(struct recording_reader *reader)
{
	skip(reader, 1);
	for (;;) {
		ssize_t have = fill(reader, RECORDING_MAGIC_SIZE);
		const uint8_t *begin = reader->window + reader->from, *found;

		if (have < 0)
			return (int)have;
		if (have < RECORDING_MAGIC_SIZE) {
			skip(reader, (size_t)have);
			return 0;
		}
		found = memmem(begin, reader->to - reader->from, RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_SIZE);
		if (found) {
			skip(reader, (size_t)(found - begin));
			return 0;
		}
		/* The magic may begin in the window's last bytes. */
		skip(reader, reader->to - reader->from - (RECORDING_MAGIC_SIZE - 1));
	}
}

static bool take_counters(struct recording_reader *reader, const struct recording_block *block)
{
	const struct recording_counter *counters = (const void *)reader->items;

	if (block->items > RECORDING_COUNTERS_MAX || block->size != block->items * sizeof(*counters))
		return false;
	for (size_t i = 0; i < block->items; i++)
		if (!recording_name_is_sound(counters[i].name))
			return false;
	/* The names stay where they are: nothing is read after the end. */
	for (size_t i = 0; i < block->items; i++)
		reader->counters[i] = (struct counter){ counters[i].name, counters[i].value };
	reader->counter_count = block->items;
	return true;
}

static bool decompress(struct recording_reader *reader, const struct recording_block *block, const void *stored)
{
	size_t size;

	reader->size = reader->used = 0;
	if (recording_checksum(stored, block->stored) != block->data_crc)
		return false;
	size = ZSTD_decompressDCtx(reader->decompressor, reader->items, sizeof(reader->items), stored, block->stored);
	if (ZSTD_isError(size) || size != block->size)
		return false;
	reader->size = size;
	return true;
}

/* Takes the block at the window's beginning, whose header is sound. False: it is damaged. */
static bool take_block(struct recording_reader *reader, const struct recording_block *block)
{
	const uint8_t *stored = reader->window + reader->from + sizeof(*block);

	if (decompress(reader, block, stored) &&
	    (block->kind == RECORDING_END ? take_counters(reader, block) :
					    recording_items_are_sound(block, reader->items))) {
		reader->from += sizeof(*block) + block->stored;
		return true;
	}
	/* Not what its header says it holds: where bytes are missing, the next block begins in them. */
	reader->size = 0;
	skip(reader, sizeof(*block));
	return false;
}

/* Nothing comes any more; the end of the file was reached without the recording's. */
static void cut_off(struct recording_reader *reader)
{
	reader->done = reader->damage.cut = true;
	reader->lost = true;
}

/* What follows the end is none of the recording's. */
static int finish(struct recording_reader *reader)
{
	ssize_t more;

	reader->done = true;
	reader->size = 0;
	while ((more = fill(reader, WINDOW_SIZE)) > 0) {
		reader->from += (size_t)more;
		reader->damage.bytes += (size_t)more;
	}
	return (int)more;
}

/*
 * Reads the next block that is whole. 0: it was, or everything has been read; negative errno. *ret_begin:
 * the time before which nothing is missing any more.
 */
static int next_block(struct recording_reader *reader, uint64_t *ret_begin)
{
	for (;;) {
		struct recording_block block;
		ssize_t have = fill(reader, sizeof(block));
		int error = 0;

		if (have < 0)
			return (int)have;
		if (have < (ssize_t)sizeof(block)) {
			cut_off(reader);
			return 0;
		}
		memcpy(&block, reader->window + reader->from, sizeof(block));
		if (!recording_block_is_sound(&block, reader->header.id, reader->expected)) {
			error = resynchronise(reader);
			if (error)
				return error;
			continue;
		}
		have = fill(reader, sizeof(block) + block.stored);
		if (have < 0)
			return (int)have;
		if (have < (ssize_t)(sizeof(block) + block.stored)) {
			cut_off(reader);
			return 0;
		}
		if (!take_block(reader, &block))
			continue;
		reader->damage.blocks += block.number - reader->expected;
		reader->lost |= block.number != reader->expected;
		reader->expected = block.number + 1;
		*ret_begin = block.begin;
		return block.kind == RECORDING_END ? finish(reader) : 0;
	}
}

static void take_item(struct recording_reader *reader, struct recording_item *ret_item)
{
	const struct recording_mark *mark = (const void *)(reader->items + reader->used);
	struct recording_item item = { .record = mark };

	switch (mark->kind) {
	case RECORDING_ADVANCE:
	case RECORDING_LOSS:
		item.kind = mark->kind == RECORDING_LOSS ? RECORDING_ITEM_LOSS : RECORDING_ITEM_ADVANCE;
		item.time = mark->time;
		break;
	case RECORDING_MALFORMED:
		break;
	default:
		item.size = mark->size;
	}
	reader->used += mark->size;
	*ret_item = item;
}

int recording_reader_next(struct recording_reader *reader, struct recording_item *ret_item)
{
	/* Where the end is missing, nobody knows up to when. */
	uint64_t begin = UINT64_MAX;

	while (!reader->done && reader->used == reader->size) {
		reader->error = next_block(reader, &begin);
		if (reader->error)
			cut_off(reader);
		if (reader->lost) {
			reader->lost = false;
			*ret_item = (struct recording_item){ .kind = RECORDING_ITEM_LOSS, .time = begin };
			return 1;
		}
	}
	if (reader->used == reader->size)
		return reader->error;
	take_item(reader, ret_item);
	return 1;
}

struct recording_damage recording_reader_damage(const struct recording_reader *reader)
{
	return reader->damage;
}

const struct recording_header *recording_reader_header(const struct recording_reader *reader)
{
	return &reader->header;
}

size_t recording_reader_counters(const struct recording_reader *reader, const struct counter **ret_counters)
{
	*ret_counters = reader->counters;
	return reader->counter_count;
}

static int read_header(struct recording_reader *reader)
{
	struct recording_header *header = &reader->header;
	size_t fixed = offsetof(struct recording_header, hooks);
	size_t have;

	errno = 0;
	have = fread(header, 1, sizeof(*header), reader->file);
	if (ferror(reader->file))
		return errno ? -errno : -EIO;
	if (have < fixed || memcmp(header->magic, RECORDING_MAGIC, sizeof(header->magic)) != 0)
		return -EBADMSG;
	if (header->byte_order == __builtin_bswap32(RECORDING_BYTE_ORDER))
		return -EXDEV;
	if (header->byte_order == RECORDING_BYTE_ORDER && header->version != RECORDING_VERSION)
		return -EPROTONOSUPPORT;
	if (have < sizeof(*header) || header->crc != recording_checksum(header, offsetof(struct recording_header, crc)))
		return -EILSEQ;
	header->agent_version[RECORDING_SHORT_SIZE - 1] = header->boot_id[RECORDING_SHORT_SIZE - 1] = '\0';
	header->kernel_release[RECORDING_NAME_SIZE - 1] = header->machine[RECORDING_NAME_SIZE - 1] = '\0';
	header->host_name[RECORDING_NAME_SIZE - 1] = header->host_id[RECORDING_NAME_SIZE - 1] = '\0';
	return 0;
}

int recording_reader_new(FILE *file, struct recording_reader **ret_reader)
{
	struct recording_reader *reader = calloc(1, sizeof(*reader));
	int error;

	if (!reader)
		return -ENOMEM;
	reader->file = file;
	reader->decompressor = ZSTD_createDCtx();
	error = reader->decompressor ? read_header(reader) : -ENOMEM;
	if (error) {
		recording_reader_free(reader);
		return error;
	}
	*ret_reader = reader;
	return 0;
}

void recording_reader_free(struct recording_reader *reader)
{
	if (!reader)
		return;
	ZSTD_freeDCtx(reader->decompressor);
	free(reader);
}
