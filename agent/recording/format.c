// SPDX-License-Identifier: Apache-2.0
#include "agent/recording/format.h"

#include <zlib.h>

#include "bpf/record.h"

bool recording_is_record(const void *item, size_t size)
{
	const struct record_header *header = item;

	return size >= sizeof(*header) && size <= RECORD_SIZE_MAX && size % 8 == 0 && header->size == size &&
	       header->kind < RECORDING_MARKS;
}

uint32_t recording_checksum(const void *data, size_t size)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);
}
