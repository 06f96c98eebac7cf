// SPDX-License-Identifier: Apache-2.0
#include "otlp/spool/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

#define MAGIC "wirespan"
#define VERSION 1
#define HEAD_CRC_OFFSET 36
#define SEQUENCE_DIGITS 20

static void write_number(uint8_t *bytes, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t read_number(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

static uint32_t checksum(const void *data, size_t length)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, length);
}

void spool_head_write(const struct batch *batch, uint8_t ret_head[SPOOL_HEAD_SIZE])
{
	memset(ret_head, 0, SPOOL_HEAD_SIZE);
	memcpy(ret_head, MAGIC, sizeof(MAGIC) - 1);
	write_number(ret_head + 8, VERSION, 2);
	ret_head[10] = (uint8_t)batch->signal;
	ret_head[11] = (uint8_t)batch->encoding;
	ret_head[12] = batch->gzip;
	write_number(ret_head + 16, batch->sequence, 8);
	write_number(ret_head + 24, batch->items, 4);
	write_number(ret_head + 28, batch->length, 4);
	write_number(ret_head + 32, checksum(batch->body, batch->length), 4);
	write_number(ret_head + HEAD_CRC_OFFSET, checksum(ret_head, HEAD_CRC_OFFSET), 4);
}

static bool is_sound(const uint8_t *bytes, const struct spool_head *head)
{
	return bytes[10] == OTLP_TRACES && bytes[11] <= OTLP_JSON && bytes[12] <= 1 && !read_number(bytes + 13, 3) &&
	       head->sequence <= SPOOL_SEQUENCE_MAX && head->items && head->length <= SPOOL_BODY_MAX;
}

int spool_head_read(struct slice slice, struct spool_head *ret_head)
{
	const uint8_t *bytes = (const uint8_t *)slice.data;
	struct spool_head head;

	if (slice.length < SPOOL_HEAD_SIZE || memcmp(bytes, MAGIC, sizeof(MAGIC) - 1) != 0)
		return -EBADMSG;
	if (read_number(bytes + 8, 2) != VERSION)
		return -EPROTONOSUPPORT;
	if (read_number(bytes + HEAD_CRC_OFFSET, 4) != checksum(bytes, HEAD_CRC_OFFSET))
		return -EBADMSG;
	head.signal = bytes[10];
	head.encoding = bytes[11];
	head.gzip = bytes[12];
	head.sequence = read_number(bytes + 16, 8);
	head.items = (uint32_t)read_number(bytes + 24, 4);
	head.length = (uint32_t)read_number(bytes + 28, 4);
	head.body_crc = (uint32_t)read_number(bytes + 32, 4);
	if (!is_sound(bytes, &head))
		return -EBADMSG;
	*ret_head = head;
	return 0;
}

struct batch *spool_batch_allocate(const struct spool_head *head)
{
	struct batch *batch = batch_allocate(head->length);

	if (!batch)
		return NULL;
	batch->sequence = head->sequence;
	batch->signal = head->signal;
	batch->encoding = head->encoding;
	batch->gzip = head->gzip;
	batch->items = head->items;
	return batch;
}

bool spool_body_sound(const struct spool_head *head, const struct batch *batch)
{
	return batch->length == head->length && checksum(batch->body, batch->length) == head->body_crc;
}

void spool_name_write(uint64_t sequence, bool finished, char ret_name[SPOOL_NAME_MAX])
{
	snprintf(ret_name, SPOOL_NAME_MAX, "%0*" PRIu64 "%s", SEQUENCE_DIGITS, sequence, finished ? ".otlp" : ".tmp");
}

bool spool_name_read(const char *name, uint64_t *ret_sequence, bool *ret_finished)
{
	struct slice digits = slice_head(slice_of_string(name), SEQUENCE_DIGITS);
	bool finished = strcmp(name + digits.length, ".otlp") == 0;

	if (digits.length != SEQUENCE_DIGITS || (!finished && strcmp(name + digits.length, ".tmp") != 0))
		return false;
	if (!slice_to_u64(digits, ret_sequence) || *ret_sequence > SPOOL_SEQUENCE_MAX)
		return false;
	*ret_finished = finished;
	return true;
}
