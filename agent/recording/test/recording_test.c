// SPDX-License-Identifier: Apache-2.0
/* What is written is read; of what is damaged, what is whole, and a loss where the rest was. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "agent/recording/reader.h"
#include "agent/recording/test/recording_sample.h"
#include "base/test/guard.h"
#include "bpf/record.h"

#define MANY 400

/* Everything that a reader gave. */
struct reading {
	int opened, result;
	size_t records, advances, losses, malformed;
	uint64_t first_loss, last_loss;
	uint64_t next; /* number that the next record must have at least: they keep their order, none comes twice */
	struct recording_damage damage;
	size_t counters;
};

static void take(struct reading *reading, const struct recording_item *item)
{
	const struct record_header *header = item->record;

	if (item->kind == RECORDING_ITEM_ADVANCE) {
		reading->advances++;
	} else if (item->kind == RECORDING_ITEM_LOSS) {
		reading->first_loss = reading->losses++ ? reading->first_loss : item->time;
		reading->last_loss = item->time;
	} else if (!item->size) {
		reading->malformed++;
	} else {
		assert_true(sample_is_record(item->record, item->size));
		assert_true(header->tgid >= reading->next);
		reading->next = header->tgid + UINT64_C(1);
		reading->records++;
	}
}

/* A file of its own, whose end is the memory's: stdio's buffer is not. */
static struct reading read_bytes(const char *bytes, size_t size)
{
	char *copy = guard_copy(bytes, size);
	FILE *file = fmemopen(copy, size ? size : 1, "r");
	struct reading reading = { 0 };
	struct recording_reader *reader;
	struct recording_item item;
	const struct counter *counters;

	assert_non_null(file);
	reading.opened = size ? recording_reader_new(file, &reader) : -EBADMSG;
	if (reading.opened == 0) {
		while ((reading.result = recording_reader_next(reader, &item)) > 0)
			take(&reading, &item);
		reading.damage = recording_reader_damage(reader);
		reading.counters = recording_reader_counters(reader, &counters);
		recording_reader_free(reader);
	}
	fclose(file);
	guard_free(copy, size);
	return reading;
}

static bool is_whole(const struct reading *reading)
{
	return !reading->damage.blocks && !reading->damage.bytes && !reading->damage.cut;
}

static int make_sample(void **state)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	assert_non_null(sample);
	sample_make(sample, MANY);
	*state = sample;
	return 0;
}

static int free_sample(void **state)
{
	sample_done(*state);
	free(*state);
	return 0;
}

static void what_is_written_is_read(void **state)
{
	const struct sample *sample = *state;
	struct reading reading = read_bytes(sample->bytes, sample->size);

	assert_int_equal(reading.opened, 0);
	assert_int_equal(reading.result, 0);
	assert_true(is_whole(&reading));
	assert_int_equal(reading.records, MANY);
	assert_int_equal(reading.advances, MANY);
	assert_int_equal(reading.malformed, SAMPLE_MALFORMED);
	assert_int_equal(reading.losses, 1);
	assert_int_equal(reading.first_loss, SAMPLE_LOSS_TIME);
	/* The one that is zero is not told. */
	assert_int_equal(reading.counters, 1);
}

static void the_header_tells_of_the_machine(void **state)
{
	const struct sample *sample = *state;
	FILE *file = fmemopen((void *)sample->bytes, sample->size, "r");
	const struct recording_header *header;
	struct recording_reader *reader;

	assert_int_equal(recording_reader_new(file, &reader), 0);
	header = recording_reader_header(reader);
	assert_string_equal(header->host_name, "host");
	assert_string_equal(header->agent_version, "1.2.3");
	assert_int_equal(header->wall, 5 * SAMPLE_START);
	assert_int_equal(header->monotonic, SAMPLE_START);
	recording_reader_free(reader);
	fclose(file);
}

static void blocks_are_bounded_in_size_and_time(void **state)
{
	const struct sample *sample = *state;

	assert_true(sample->blocks >= 3);
	assert_true(ZSTD_compressBound(RECORDING_BLOCK_SIZE) <= RECORDING_STORED_MAX);
	for (size_t i = 0; i < sample->blocks; i++)
		assert_true(sample->block_items[i] > 0);
}

/* Blocks that are whole in the first `size` bytes, and what records they have. */
static size_t records_before(const struct sample *sample, size_t size, size_t *ret_blocks)
{
	size_t records = 0;

	*ret_blocks = 0;
	for (size_t i = 0; i < sample->blocks && sample->block_ends[i] <= size; i++) {
		records += sample->block_records[i];
		(*ret_blocks)++;
	}
	return records;
}

static void cut_anywhere_it_is_read_up_to_its_last_whole_block(void **state)
{
	const struct sample *sample = *state;

	for (size_t size = 0; size < sample->size; size++) {
		struct reading reading = read_bytes(sample->bytes, size);
		size_t blocks;

		if (size < sizeof(struct recording_header)) {
			assert_int_equal(reading.opened,
					 size < offsetof(struct recording_header, hooks) ? -EBADMSG : -EILSEQ);
			continue;
		}
		assert_int_equal(reading.opened, 0);
		assert_int_equal(reading.result, 0);
		assert_int_equal(reading.records, records_before(sample, size, &blocks));
		assert_true(reading.damage.cut);
		assert_int_equal(reading.damage.bytes, 0);
		/* Nobody knows up to when records are missing. */
		assert_true(reading.last_loss == UINT64_MAX);
		assert_int_equal(reading.counters, 0);
	}
}

static size_t block_at(const struct sample *sample, size_t offset)
{
	size_t block = 0;

	while (offset >= sample->block_ends[block])
		block++;
	return block;
}

/* The block that was hit is missing, and no other: what comes before the next one is a loss up to its beginning. */
static void check_flipped(const struct sample *sample, const struct reading *reading, size_t offset)
{
	size_t block = block_at(sample, offset);
	bool last = block + 1 == sample->blocks;

	assert_int_equal(reading->opened, 0);
	assert_int_equal(reading->result, 0);
	assert_false(is_whole(reading));
	assert_int_equal(reading->records, MANY - sample->block_records[block]);
	assert_int_equal(reading->damage.blocks, last ? 0 : 1);
	assert_int_equal(reading->damage.cut, last);
	assert_true(reading->losses >= 1);
	if (last)
		assert_true(reading->last_loss == UINT64_MAX);
	else
		assert_true(reading->first_loss == sample->block_begins[block + 1] ||
			    reading->last_loss == sample->block_begins[block + 1]);
}

static void a_flipped_bit_costs_its_block_only(void **state)
{
	const struct sample *sample = *state;
	char *bytes = malloc(sample->size);

	assert_non_null(bytes);
	memcpy(bytes, sample->bytes, sample->size);
	for (size_t offset = 0; offset < sample->size; offset++) {
		char bit = (char)(1 << offset % 8);
		struct reading reading;

		bytes[offset] ^= bit;
		reading = read_bytes(bytes, sample->size);
		if (offset < sizeof(struct recording_header))
			assert_true(reading.opened < 0);
		else
			check_flipped(sample, &reading, offset);
		bytes[offset] ^= bit;
	}
	free(bytes);
}

static void a_missing_byte_costs_its_block_only(void **state)
{
	const struct sample *sample = *state;
	size_t first = sizeof(struct recording_header), end = sample->block_ends[0];
	char *bytes = malloc(sample->size);

	assert_non_null(bytes);
	for (size_t offset = first; offset < end; offset++) {
		struct reading reading;

		memcpy(bytes, sample->bytes, offset);
		memcpy(bytes + offset, sample->bytes + offset + 1, sample->size - offset - 1);
		reading = read_bytes(bytes, sample->size - 1);
		assert_int_equal(reading.records, MANY - sample->block_records[0]);
		assert_int_equal(reading.damage.blocks, 1);
		assert_int_equal(reading.damage.bytes, end - first - 1);
		assert_false(reading.damage.cut);
	}
	free(bytes);
}

static void blocks_that_are_missing_twice_or_swapped_are_no_blocks(void **state)
{
	const struct sample *sample = *state;
	size_t first = sizeof(struct recording_header), second = sample->block_ends[0], third = sample->block_ends[1];
	char *bytes = malloc(2 * sample->size);
	struct reading reading;

	assert_non_null(bytes);
	/* Without the first. */
	memcpy(bytes, sample->bytes, first);
	memcpy(bytes + first, sample->bytes + second, sample->size - second);
	reading = read_bytes(bytes, sample->size - second + first);
	assert_int_equal(reading.records, MANY - sample->block_records[0]);
	assert_int_equal(reading.damage.blocks, 1);
	assert_int_equal(reading.damage.bytes, 0);
	assert_int_equal(reading.first_loss, sample->block_begins[1]);
	/* The first twice: the second time it is left out. */
	memcpy(bytes, sample->bytes, second);
	memcpy(bytes + second, sample->bytes + first, sample->size - first);
	reading = read_bytes(bytes, sample->size + second - first);
	assert_int_equal(reading.records, MANY);
	assert_int_equal(reading.damage.blocks, 0);
	assert_int_equal(reading.damage.bytes, second - first);
	/* The second before the first. */
	memcpy(bytes + first, sample->bytes + second, third - second);
	memcpy(bytes + first + third - second, sample->bytes + first, second - first);
	memcpy(bytes + third, sample->bytes + third, sample->size - third);
	reading = read_bytes(bytes, sample->size);
	assert_int_equal(reading.records, MANY - sample->block_records[0]);
	free(bytes);
}

static void what_follows_the_end_is_left_out(void **state)
{
	const struct sample *sample = *state;
	char *bytes = malloc(2 * sample->size);
	struct reading reading;

	assert_non_null(bytes);
	memcpy(bytes, sample->bytes, sample->size);
	memcpy(bytes + sample->size, sample->bytes, sample->size);
	reading = read_bytes(bytes, 2 * sample->size);
	assert_int_equal(reading.records, MANY);
	assert_int_equal(reading.damage.bytes, sample->size);
	assert_false(reading.damage.cut);
	free(bytes);
}

static void the_blocks_of_another_recording_are_foreign(void **state)
{
	const struct sample *sample = *state;
	struct recording_header header;
	char *bytes = malloc(sample->size);
	struct reading reading;

	assert_non_null(bytes);
	memcpy(bytes, sample->bytes, sample->size);
	memcpy(&header, bytes, sizeof(header));
	header.id++;
	header.crc = recording_checksum(&header, offsetof(struct recording_header, crc));
	memcpy(bytes, &header, sizeof(header));
	reading = read_bytes(bytes, sample->size);
	assert_int_equal(reading.opened, 0);
	assert_int_equal(reading.records, 0);
	assert_true(reading.damage.cut);
	assert_int_equal(reading.damage.bytes, sample->size - sizeof(header));
	free(bytes);
}

static int open_with(const struct sample *sample, size_t offset, const void *value, size_t size)
{
	struct recording_header header;
	char bytes[sizeof(header)];

	memcpy(&header, sample->bytes, sizeof(header));
	memcpy((char *)&header + offset, value, size);
	header.crc = recording_checksum(&header, offsetof(struct recording_header, crc));
	memcpy(bytes, &header, sizeof(header));
	return read_bytes(bytes, sizeof(bytes)).opened;
}

static void foreign_and_newer_files_are_told_apart(void **state)
{
	const struct sample *sample = *state;
	static const char text[] = "GET / HTTP/1.1\r\nHost: nothing that we have written\r\n\r\n";
	const uint32_t swapped = __builtin_bswap32(RECORDING_BYTE_ORDER);
	const uint16_t newer = RECORDING_VERSION + 1;

	assert_int_equal(read_bytes(text, sizeof(text)).opened, -EBADMSG);
	assert_int_equal(open_with(sample, offsetof(struct recording_header, byte_order), &swapped, sizeof(swapped)),
			 -EXDEV);
	assert_int_equal(open_with(sample, offsetof(struct recording_header, version), &newer, sizeof(newer)),
			 -EPROTONOSUPPORT);
	assert_int_equal(open_with(sample, offsetof(struct recording_header, hooks), &newer, sizeof(newer)), 0);
}

/* Room for the header and some more, then none. */
static void a_full_disk_costs_blocks_and_no_more(void **state)
{
	struct reading reading;
	struct sample sample;

	(void)state;
	sample_make_limited(&sample, MANY);
	assert_int_equal(sample.finish, -EFBIG);
	assert_true(sample.lost > 0);
	reading = read_bytes(sample.bytes, sample.size);
	assert_int_equal(reading.opened, 0);
	assert_int_equal(reading.malformed, SAMPLE_MALFORMED);
	assert_int_equal(reading.records + sample.lost, MANY);
	assert_true(reading.damage.cut);
	assert_int_equal(reading.damage.bytes, 0);
	sample_done(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_is_read, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(the_header_tells_of_the_machine, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(blocks_are_bounded_in_size_and_time, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(cut_anywhere_it_is_read_up_to_its_last_whole_block, make_sample,
						free_sample),
		cmocka_unit_test_setup_teardown(a_flipped_bit_costs_its_block_only, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(a_missing_byte_costs_its_block_only, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(blocks_that_are_missing_twice_or_swapped_are_no_blocks, make_sample,
						free_sample),
		cmocka_unit_test_setup_teardown(what_follows_the_end_is_left_out, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(the_blocks_of_another_recording_are_foreign, make_sample, free_sample),
		cmocka_unit_test_setup_teardown(foreign_and_newer_files_are_told_apart, make_sample, free_sample),
		cmocka_unit_test(a_full_disk_costs_blocks_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
