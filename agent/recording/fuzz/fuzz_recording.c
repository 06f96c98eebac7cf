// SPDX-License-Identifier: Apache-2.0
/*
 * A file that anybody may have made, read to its end and put through the engine. Checksums would keep
 * the fuzzer out, so it may say that they are to be put right first: by the input's first byte, of which
 * bit 0 does so for the file's header and bit 1 for the blocks'.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/recording/reader.h"
#include "bpf/record.h"
#include "correlate/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum repair { REPAIR_HEADER = 1, REPAIR_BLOCKS = 2 };

static void repair_header(uint8_t *bytes)
{
	struct recording_header header;

	memcpy(&header, bytes, sizeof(header));
	memcpy(header.magic, RECORDING_MAGIC, sizeof(header.magic));
	header.byte_order = RECORDING_BYTE_ORDER;
	header.version = RECORDING_VERSION;
	header.crc = recording_checksum(&header, offsetof(struct recording_header, crc));
	memcpy(bytes, &header, sizeof(header));
}

/* Where a block's magic stands, the rest follows from what is there. */
static void repair_blocks(uint8_t *bytes, size_t size, uint64_t id)
{
	struct recording_block block;

	for (size_t at = sizeof(struct recording_header); at + sizeof(block) <= size; at++) {
		if (memcmp(bytes + at, RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_SIZE) != 0)
			continue;
		memcpy(&block, bytes + at, sizeof(block));
		block.id = id;
		if (block.stored > size - at - sizeof(block))
			block.stored = (uint32_t)(size - at - sizeof(block));
		block.data_crc = recording_checksum(bytes + at + sizeof(block), block.stored);
		block.crc = recording_checksum(&block, offsetof(struct recording_block, crc));
		memcpy(bytes + at, &block, sizeof(block));
	}
}

static void repair(uint8_t *bytes, size_t size, uint8_t what)
{
	uint64_t id;

	if (size < sizeof(struct recording_header))
		return;
	if (what & REPAIR_HEADER)
		repair_header(bytes);
	memcpy(&id, bytes + offsetof(struct recording_header, id), sizeof(id));
	if (what & REPAIR_BLOCKS)
		repair_blocks(bytes, size, id);
}

static void ignore_span(void *context, const struct span *span)
{
	(void)context;
	(void)span;
}

static void check_counters(const struct recording_reader *reader)
{
	const struct counter *counters;
	size_t count = recording_reader_counters(reader, &counters);

	assert(count <= RECORDING_COUNTERS_MAX);
	for (size_t i = 0; i < count; i++)
		assert(strlen(counters[i].name) < RECORDING_SHORT_SIZE);
}

static void read_all(struct recording_reader *reader, struct engine *engine)
{
	struct recording_item item;

	while (recording_reader_next(reader, &item) > 0) {
		assert((uintptr_t)item.record % 8 == 0);
		assert(item.size <= RECORD_SIZE_MAX);
		if (item.kind == RECORDING_ITEM_RECORD)
			(void)engine_record(engine, item.record, item.size);
		else if (item.kind == RECORDING_ITEM_LOSS)
			engine_note_loss(engine, item.time);
		else
			engine_advance(engine, item.time);
	}
	assert(recording_reader_next(reader, &item) == 0);
	engine_finish(engine);
	check_counters(reader);
}

static void read_file(FILE *file)
{
	const struct engine_options options = { .sink = { ignore_span, NULL }, .seed = 1, .infer_routes = true };
	struct recording_reader *reader;
	struct engine *engine;

	if (recording_reader_new(file, &reader) < 0)
		return;
	engine = engine_new(&options);
	assert(engine);
	read_all(reader, engine);
	engine_free(engine);
	recording_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;
	FILE *file;

	if (size < 2)
		return 0;
	bytes = malloc(size - 1);
	assert(bytes);
	memcpy(bytes, data + 1, size - 1);
	repair(bytes, size - 1, data[0]);
	file = fmemopen(bytes, size - 1, "r");
	assert(file);
	read_file(file);
	fclose(file);
	free(bytes);
	return 0;
}
