// SPDX-License-Identifier: Apache-2.0
#include "agent/recording/test/recording_sample.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/recording/writer.h"
#include "bpf/record.h"

/* From record to record: a block's time is over several times. */
#define STEP UINT64_C(8000000)
#define LOSS_AT 30
#define RECORD_SIZE(number) (sizeof(struct record_header) + 8 * ((number) % 5))

union sample_record {
	struct record_header header;
	uint8_t bytes[RECORD_SIZE(4)];
};

static void fill_record(union sample_record *record, unsigned int number)
{
	memset(record, 0, sizeof(*record));
	for (size_t i = 0; i < RECORD_SIZE(number); i++)
		record->bytes[i] = (uint8_t)(number * 131 + i * i * (number + 7));
	record->header.kind = (uint16_t)(1 + number % 7);
	record->header.size = (uint32_t)RECORD_SIZE(number);
	record->header.time = SAMPLE_START + number * STEP;
	record->header.tgid = number;
}

bool sample_is_record(const void *record, size_t size)
{
	const struct record_header *header = record;
	union sample_record expected;

	if (size < sizeof(*header))
		return false;
	fill_record(&expected, header->tgid);
	return size == expected.header.size && memcmp(record, &expected, size) == 0;
}

/* Records whose size is not what the ring said: nobody can tell what they are. */
static void write_malformed(struct recording_writer *writer)
{
	union sample_record record;

	fill_record(&record, 0);
	recording_writer_record(writer, &record, record.header.size + 8);
	recording_writer_record(writer, &record, 4);
}

static void write_all(struct sample *sample, int fd, unsigned int count)
{
	static const struct recording_header header = {
		.id = 4711,
		.monotonic = SAMPLE_START,
		.wall = 5 * SAMPLE_START,
		.boottime = 2 * SAMPLE_START,
		.agent_version = "1.2.3",
		.host_name = "host",
	};
	static const struct counter counters[] = { { "ring_full_other", 7 }, { "hook_skipped", 0 } };
	struct recording_writer *writer;

	assert(recording_writer_new(fd, &header, &writer) == 0);
	write_malformed(writer);
	for (unsigned int i = 0; i < count; i++) {
		union sample_record record;

		fill_record(&record, i);
		recording_writer_record(writer, &record, record.header.size);
		if (i == LOSS_AT)
			recording_writer_note_loss(writer, SAMPLE_LOSS_TIME);
		recording_writer_advance(writer, record.header.time);
	}
	sample->finish = recording_writer_finish(writer, counters, sizeof(counters) / sizeof(counters[0]));
	sample->lost = recording_writer_lost(writer);
	recording_writer_free(writer);
}

static void load(struct sample *sample, int fd)
{
	struct stat status;

	assert(fstat(fd, &status) == 0);
	sample->size = (size_t)status.st_size;
	sample->bytes = malloc(sample->size);
	assert(sample->bytes && pread(fd, sample->bytes, sample->size, 0) == (ssize_t)sample->size);
}

/* Records of the block: each comes with an advance, but for what stands at the beginning. */
static void find_blocks(struct sample *sample)
{
	size_t at = sizeof(struct recording_header);

	while (at < sample->size) {
		struct recording_block block;
		size_t i = sample->blocks++;

		assert(i < SAMPLE_BLOCKS_MAX && sample->size - at >= sizeof(block));
		memcpy(&block, sample->bytes + at, sizeof(block));
		at += sizeof(block) + block.stored;
		assert(at <= sample->size);
		sample->block_ends[i] = at;
		sample->block_items[i] = block.items;
		sample->block_begins[i] = block.begin;
		/* The first block has the loss, too. */
		if (block.kind == RECORDING_ITEMS)
			sample->block_records[i] = (block.items - (i == 0 ? SAMPLE_MALFORMED + 1 : 0)) / 2;
	}
}

static void make(struct sample *sample, unsigned int count, const struct rlimit *limit)
{
	struct rlimit before;
	int fd = memfd_create("recording", MFD_CLOEXEC);

	memset(sample, 0, sizeof(*sample));
	assert(fd >= 0 && getrlimit(RLIMIT_FSIZE, &before) == 0);
	if (limit)
		assert(setrlimit(RLIMIT_FSIZE, limit) == 0);
	write_all(sample, fd, count);
	assert(setrlimit(RLIMIT_FSIZE, &before) == 0);
	load(sample, fd);
	close(fd);
	find_blocks(sample);
}

void sample_make(struct sample *sample, unsigned int count)
{
	make(sample, count, NULL);
	assert(sample->finish == 0 && sample->lost == 0);
}

void sample_make_limited(struct sample *sample, unsigned int count)
{
	struct rlimit limit;
	struct sample whole;

	sample_make(&whole, count);
	assert(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	/* Into the third block. */
	limit.rlim_cur = whole.block_ends[1] + 10;
	sample_done(&whole);
	signal(SIGXFSZ, SIG_IGN);
	make(sample, count, &limit);
}

void sample_done(struct sample *sample)
{
	free(sample->bytes);
	sample->bytes = NULL;
}
