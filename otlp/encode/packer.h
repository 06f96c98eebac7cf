/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf's wire format, written from the end to the front: a message stands before its length is
 * asked for, so that nothing is measured first. Numbers take as few bytes as they can, as
 * protobuf-c writes them.
 */
#ifndef WIRESPAN_OTLP_ENCODE_PACKER_H
#define WIRESPAN_OTLP_ENCODE_PACKER_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* A field's tag, or the length after it, takes no more. */
#define WIRE_TAG_MAX 5
#define WIRE_VARINT_MAX 10

struct packer {
	char *room;      /* malloc'ed; the owner of the struct frees it */
	size_t size;     /* of the room */
	size_t size_max; /* it grows to */
	char *front;     /* what is written reaches from here to the end of the room */
	int error;       /* -ENOMEM or -EMSGSIZE: something is missing; 0: nothing is */
};

/* `room` of `size` bytes (NULL and 0: none yet). */
void packer_init(struct packer *packer, char *room, size_t size, size_t size_max);
/* For packer_reserve. */
bool packer_grow(struct packer *packer, size_t length);

/* Makes room for so many bytes in front. It moves what is written. */
static inline bool packer_reserve(struct packer *packer, size_t length)
{
	return (size_t)(packer->front - packer->room) >= length || packer_grow(packer, length);
}

/* How much is written: where a message that comes now will end. */
static inline size_t packer_length(const struct packer *packer)
{
	return packer->size - (size_t)(packer->front - packer->room);
}

/* Those below write in front of `front`, where there must be room, and return the new front. */

char *pack_long_varint(char *front, uint64_t value);

/* Seven bits a byte, the lowest first; all but the last byte have the highest bit. */
static inline char *pack_varint(char *front, uint64_t value)
{
	if (value >= 0x80)
		return pack_long_varint(front, value);
	*--front = (char)value;
	return front;
}

static inline char *pack_tag(char *front, unsigned int field, enum wire_type type)
{
	return pack_varint(front, field << 3 | type);
}

static inline char *pack_number(char *front, unsigned int field, uint64_t value)
{
	return pack_tag(pack_varint(front, value), field, WIRE_VARINT);
}

static inline char *pack_fixed32(char *front, unsigned int field, uint32_t value)
{
	value = htole32(value);
	front -= sizeof(value);
	memcpy(front, &value, sizeof(value));
	return pack_tag(front, field, WIRE_FIXED32);
}

static inline char *pack_fixed64(char *front, unsigned int field, uint64_t value)
{
	value = htole64(value);
	front -= sizeof(value);
	memcpy(front, &value, sizeof(value));
	return pack_tag(front, field, WIRE_FIXED64);
}

/* What makes a field of the `length` bytes at `front`. */
static inline char *pack_frame(char *front, unsigned int field, size_t length)
{
	return pack_tag(pack_varint(front, length), field, WIRE_BYTES);
}

static inline char *pack_bytes(char *front, unsigned int field, const void *data, size_t length)
{
	front -= length;
	if (length)
		memcpy(front, data, length);
	return pack_frame(front, field, length);
}

/* Left out when it is empty, as a field outside of a oneof is. */
static inline char *pack_text(char *front, unsigned int field, struct slice text)
{
	return text.length ? pack_bytes(front, field, text.data, text.length) : front;
}

#endif
