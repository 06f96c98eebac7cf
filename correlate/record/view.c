// SPDX-License-Identifier: Apache-2.0
#include "correlate/record/view.h"

#include <errno.h>
#include <stdint.h>

static const uint16_t minimum_sizes[] = {
	[RECORD_DATA] = sizeof(struct record_data),	  [RECORD_STATE] = sizeof(struct record_state),
	[RECORD_PROCESS] = sizeof(struct record_process), [RECORD_FORK] = sizeof(struct record_fork),
	[RECORD_EXIT] = sizeof(struct record_exit),	  [RECORD_SOCKET] = sizeof(struct record_socket),
	[RECORD_CLOCK] = sizeof(struct record_clock),	  [RECORD_IGNORED] = sizeof(struct record_ignored),
	[RECORD_DETAIL] = sizeof(struct record_detail),
};
#define KINDS (sizeof(minimum_sizes) / sizeof(minimum_sizes[0]))

static size_t padded(size_t length)
{
	return (length + 7) & ~(size_t)7;
}

static int check_connection(const struct record_connection *connection)
{
	return connection->cookie && connection->role <= RECORD_ROLE_SERVER ? 0 : -EBADMSG;
}

static int check_fragments(const struct record_data *record)
{
	const char *at = (const char *)(record + 1);
	size_t left = record->header.size - sizeof(*record);
	uint64_t covered = 0;

	for (unsigned int i = 0; i < record->fragments; i++) {
		struct record_fragment fragment;

		if (left < sizeof(fragment))
			return -EBADMSG;
		memcpy(&fragment, at, sizeof(fragment));
		left -= sizeof(fragment);
		if (!fragment.length || fragment.offset < covered || padded(fragment.length) > left)
			return -EBADMSG;
		covered = (uint64_t)fragment.offset + fragment.length;
		if (covered > record->length)
			return -EBADMSG;
		left -= padded(fragment.length);
		at += sizeof(fragment) + padded(fragment.length);
	}
	return 0;
}

static int check_data(const struct record_data *record)
{
	if (!record->length || record->direction > RECORD_SEND || record->fragments > RECORD_FRAGMENTS_MAX)
		return -EBADMSG;
	if (!record->position || record->position > UINT64_MAX - record->length)
		return -EBADMSG;
	if (check_connection(&record->connection) < 0)
		return -EBADMSG;
	return check_fragments(record);
}

static int check_ignored(const struct record_ignored *record)
{
	return record->recognised >= RECOGNISED_TLS ? check_connection(&record->connection) : -EBADMSG;
}

static int check_process(const struct record_process *record)
{
	size_t strings = (size_t)record->executable_length + record->arguments_length + record->cgroup_length +
			 record->environment_length + record->facts_length;

	return strings <= record->header.size - sizeof(*record) ? 0 : -EBADMSG;
}

static int check_detail(const struct record_detail *record)
{
	size_t strings = (size_t)record->arguments_length + record->facts_length;

	return strings <= record->header.size - sizeof(*record) ? 0 : -EBADMSG;
}

int record_check(const void *record, size_t size)
{
	const struct record_header *header = record;

	if (size < sizeof(*header) || (uintptr_t)record % 8)
		return -EBADMSG;
	if (header->size != size || size % 8 || size > RECORD_SIZE_MAX)
		return -EBADMSG;
	if (!header->kind || header->kind >= KINDS || size < minimum_sizes[header->kind])
		return -EBADMSG;
	switch (header->kind) {
	case RECORD_DATA:
		return check_data(record);
	case RECORD_PROCESS:
		return check_process(record);
	case RECORD_DETAIL:
		return check_detail(record);
	case RECORD_STATE:
		return check_connection(&((const struct record_state *)record)->connection);
	case RECORD_IGNORED:
		return check_ignored(record);
	case RECORD_SOCKET:
		return check_connection(&((const struct record_socket *)record)->connection);
	default:
		return 0;
	}
}

bool record_next_fragment(const struct record_data *record, size_t *cursor, uint32_t *ret_offset,
			  struct slice *ret_bytes)
{
	/* The upper half of the cursor counts fragments, the lower bytes. */
	size_t index = *cursor >> 32, at = *cursor & UINT32_MAX;
	const char *data = (const char *)(record + 1) + at;
	struct record_fragment fragment;

	if (index >= record->fragments)
		return false;
	memcpy(&fragment, data, sizeof(fragment));
	*ret_offset = fragment.offset;
	*ret_bytes = slice_of(data + sizeof(fragment), fragment.length);
	*cursor = (index + 1) << 32 | (at + sizeof(fragment) + padded(fragment.length));
	return true;
}

struct slice record_first_bytes(const struct record_data *record)
{
	size_t cursor = 0;
	uint32_t offset;
	struct slice bytes;

	if (record_next_fragment(record, &cursor, &offset, &bytes) && offset == 0)
		return bytes;
	return slice_of(NULL, 0);
}
