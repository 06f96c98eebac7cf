// SPDX-License-Identifier: Apache-2.0
#include "agent/recording/writer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "bpf/record.h"

/* The fastest one that compresses as well as level 1 does on heads, whose text repeats itself. */
#define COMPRESSION_LEVEL 1

struct recording_writer {
	int fd;
	uint64_t id;
	uint64_t offset; /* in the file, of the next block */
	uint32_t number; /* of the block under way */
	uint32_t items, records;
	size_t size;     /* of the items */
	uint64_t begin;  /* recording_block.begin */
	uint64_t latest; /* of all times told */
	uint64_t opened; /* time of the block's first advance; 0: none yet */
	uint64_t lost;
	int error;
	ZSTD_CCtx *compressor;
	struct recording_block block; /* with what is stored behind it */
	uint8_t stored[RECORDING_STORED_MAX];
	_Alignas(8) uint8_t data[RECORDING_BLOCK_SIZE];
};
_Static_assert(offsetof(struct recording_writer, stored) ==
		       offsetof(struct recording_writer, block) + sizeof(struct recording_block),
	       "a block is written by one call");

static int write_whole(const struct recording_writer *writer, const void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t written =
			pwrite(writer->fd, (const char *)data + done, size - done, (off_t)(writer->offset + done));

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -ENOSPC;
		done += (size_t)written;
	}
	return 0;
}

/* Compresses `size` bytes of `data` behind the block's header. 0 or -ENOMEM. */
static int seal(struct recording_writer *writer, enum recording_block_kind kind, uint32_t items)
{
	size_t stored =
		ZSTD_compress2(writer->compressor, writer->stored, sizeof(writer->stored), writer->data, writer->size);
	struct recording_block *block = &writer->block;

	/* There is room, so nothing else can fail. */
	if (ZSTD_isError(stored))
		return -ENOMEM;
	*block = (struct recording_block){
		.magic = RECORDING_BLOCK_MAGIC,
		.id = writer->id,
		.kind = (uint16_t)kind,
		.number = writer->number,
		.begin = writer->begin,
		.items = items,
		.size = (uint32_t)writer->size,
		.stored = (uint32_t)stored,
		.data_crc = recording_checksum(writer->stored, stored),
	};
	block->crc = recording_checksum(block, offsetof(struct recording_block, crc));
	return 0;
}

/* Ends the block under way; the next one begins. */
static void close_block(struct recording_writer *writer, enum recording_block_kind kind)
{
	int error = seal(writer, kind, writer->items);

	if (!error)
		error = write_whole(writer, &writer->block, sizeof(writer->block) + writer->block.stored);
	if (!error) {
		writer->offset += sizeof(writer->block) + writer->block.stored;
	} else {
		writer->error = error;
		writer->lost += writer->records;
		/* What was written of it; where that is not possible, the next block replaces it. */
		(void)!ftruncate(writer->fd, (off_t)writer->offset);
	}
	writer->number++;
	writer->begin = writer->latest;
	writer->items = writer->records = 0;
	writer->size = 0;
	writer->opened = 0;
}

static void add_item(struct recording_writer *writer, const void *item, size_t size)
{
	if (writer->size + size > sizeof(writer->data))
		close_block(writer, RECORDING_ITEMS);
	memcpy(writer->data + writer->size, item, size);
	writer->size += size;
	writer->items++;
}

static void note_time(struct recording_writer *writer, uint64_t time)
{
	if (time > writer->latest)
		writer->latest = time;
}

/* The item comes first: the block that it may close knows nothing of its time. */
static void add_mark(struct recording_writer *writer, enum recording_mark_kind kind, uint64_t time)
{
	const struct recording_mark mark = { .kind = (uint16_t)kind, .size = sizeof(mark), .time = time };

	add_item(writer, &mark, sizeof(mark));
	note_time(writer, time);
}

void recording_writer_record(struct recording_writer *writer, const void *record, size_t size)
{
	const struct record_header *header = record;

	if (recording_is_record(record, size)) {
		add_item(writer, record, size);
		note_time(writer, header->time);
	} else {
		add_mark(writer, RECORDING_MALFORMED, 0);
	}
	writer->records++;
}

void recording_writer_advance(struct recording_writer *writer, uint64_t time)
{
	add_mark(writer, RECORDING_ADVANCE, time);
	if (!writer->opened)
		writer->opened = time;
	else if (time >= writer->opened && time - writer->opened >= RECORDING_BLOCK_NS)
		close_block(writer, RECORDING_ITEMS);
}

void recording_writer_note_loss(struct recording_writer *writer, uint64_t time)
{
	add_mark(writer, RECORDING_LOSS, time);
}

int recording_writer_finish(struct recording_writer *writer, const struct counter *counters, size_t count)
{
	if (writer->items)
		close_block(writer, RECORDING_ITEMS);
	for (size_t i = 0; i < count && writer->items < RECORDING_COUNTERS_MAX; i++) {
		struct recording_counter counter = { .value = counters[i].value };

		snprintf(counter.name, sizeof(counter.name), "%s", counters[i].name);
		if (counter.value)
			add_item(writer, &counter, sizeof(counter));
	}
	close_block(writer, RECORDING_END);
	return writer->error;
}

uint64_t recording_writer_lost(const struct recording_writer *writer)
{
	return writer->lost;
}

int recording_writer_error(const struct recording_writer *writer)
{
	return writer->error;
}

static int write_header(struct recording_writer *writer, const struct recording_header *facts)
{
	struct recording_header header = *facts;
	int error;

	memcpy(header.magic, RECORDING_MAGIC, sizeof(header.magic));
	header.byte_order = RECORDING_BYTE_ORDER;
	header.version = RECORDING_VERSION;
	header.crc = recording_checksum(&header, offsetof(struct recording_header, crc));
	error = write_whole(writer, &header, sizeof(header));
	if (!error)
		writer->offset = sizeof(header);
	return error;
}

int recording_writer_new(int fd, const struct recording_header *header, struct recording_writer **ret_writer)
{
	struct recording_writer *writer = calloc(1, sizeof(*writer));
	int error = -ENOMEM;

	if (!writer)
		return -ENOMEM;
	writer->fd = fd;
	writer->id = header->id;
	writer->begin = writer->latest = header->monotonic;
	writer->compressor = ZSTD_createCCtx();
	if (writer->compressor &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(writer->compressor, ZSTD_c_compressionLevel, COMPRESSION_LEVEL)))
		error = write_header(writer, header);
	if (error) {
		recording_writer_free(writer);
		return error;
	}
	*ret_writer = writer;
	return 0;
}

void recording_writer_free(struct recording_writer *writer)
{
	if (!writer)
		return;
	ZSTD_freeCCtx(writer->compressor);
	free(writer);
}
