/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording: what the engine was given, so that it can be given again. A file is a
 * header, then blocks, the last of which says that it is the last. docs/records.md
 * describes it byte by byte. Numbers are in the byte order of the machine that recorded,
 * as those of the records within are; the header says which.
 */
#ifndef WIRESPAN_AGENT_RECORDING_FORMAT_H
#define WIRESPAN_AGENT_RECORDING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_MAGIC "\211WSREC\r\n" /* 8 bytes; what transfers as text would damage it first */
#define RECORDING_BLOCK_MAGIC "\213wsblk\r\n"
#define RECORDING_MAGIC_SIZE 8
#define RECORDING_VERSION 1
#define RECORDING_BYTE_ORDER UINT32_C(0x01020304)

/* Texts end with NUL and are cut so as to have room. */
#define RECORDING_NAME_SIZE 72 /* as long as uname's, at least */
#define RECORDING_SHORT_SIZE 40

struct recording_header {
	uint8_t magic[RECORDING_MAGIC_SIZE];
	uint32_t byte_order; /* RECORDING_BYTE_ORDER */
	uint16_t version;    /* RECORDING_VERSION; up to here every version is the same */
	uint16_t hooks;      /* enum recording_hooks */
	uint64_t id;         /* random; stands in every block of this file and of no other */
	uint64_t monotonic;  /* the same instant on three clocks, ns: when recording began */
	uint64_t wall;
	uint64_t boottime;
	char agent_version[RECORDING_SHORT_SIZE];
	char boot_id[RECORDING_SHORT_SIZE];
	char kernel_release[RECORDING_NAME_SIZE];
	char machine[RECORDING_NAME_SIZE];
	char host_name[RECORDING_NAME_SIZE];
	char host_id[RECORDING_NAME_SIZE];
	uint32_t flags; /* enum recording_flags */
	uint32_t crc;   /* CRC-32 (zlib's) of everything before */
};
_Static_assert(sizeof(struct recording_header) == 424, "recording_header has no holes");

/* What the engine was told to make spans of, too. */
enum recording_flags {
	RECORDING_INCLUDES_TELEMETRY = 1 << 0,
	RECORDING_INCLUDES_INSTRUMENTED = 1 << 1,
};

enum recording_hooks {
	RECORDING_HOOKS_SOCKET = 1,
	RECORDING_HOOKS_SYSCALL = 2,
};

enum recording_block_kind {
	RECORDING_ITEMS = 1, /* items, in the order in which the engine was given them */
	RECORDING_END = 2,   /* the last block: struct recording_counter each */
};

struct recording_block {
	uint8_t magic[RECORDING_MAGIC_SIZE];
	uint64_t id;   /* the header's */
	uint16_t kind; /* enum recording_block_kind */
	uint16_t reserved;
	uint32_t number;   /* from 0; one that is missing could not be written, or is damaged */
	uint64_t begin;    /* CLOCK_MONOTONIC ns: no item of an earlier block is of a later time */
	uint32_t items;    /* in the block */
	uint32_t size;     /* of the items, bytes */
	uint32_t stored;   /* bytes that follow: the items as one Zstandard frame (RFC 8878) */
	uint32_t data_crc; /* CRC-32 of those */
	uint32_t reserved2;
	uint32_t crc; /* CRC-32 of everything before */
};
_Static_assert(sizeof(struct recording_block) == 56, "recording_block has no holes");

/* A block is closed before its items would exceed this. */
#define RECORDING_BLOCK_SIZE (256u << 10)
/* What one may take when stored: ZSTD_COMPRESSBOUND, which a test compares. */
#define RECORDING_STORED_MAX (RECORDING_BLOCK_SIZE + (RECORDING_BLOCK_SIZE >> 8))
/* ... and when this much time has passed since it was begun, so that a crash loses little. */
#define RECORDING_BLOCK_NS UINT64_C(1000000000)

/*
 * An item is a record (bpf/record.h), or one of these, which are laid out like a record's
 * first bytes. A record has a kind below RECORDING_MARKS.
 */
#define RECORDING_MARKS 0xff00
enum recording_mark_kind {
	RECORDING_ADVANCE = 0xff01,   /* engine_advance(time) */
	RECORDING_LOSS = 0xff02,      /* engine_note_loss(time) */
	RECORDING_MALFORMED = 0xff03, /* a record that cannot be an item, and would be no record */
};

struct recording_mark {
	uint16_t kind; /* enum recording_mark_kind */
	uint16_t reserved;
	uint32_t size; /* of this: 16 */
	uint64_t time; /* CLOCK_MONOTONIC ns; RECORDING_MALFORMED: 0 */
};
_Static_assert(sizeof(struct recording_mark) == 16, "recording_mark has no holes");

/* What was lost, in the end, before the engine saw it. */
#define RECORDING_COUNTERS_MAX 32
struct recording_counter {
	char name[RECORDING_SHORT_SIZE]; /* of small letters, digits and _ */
	uint64_t value;
};
_Static_assert(sizeof(struct recording_counter) == 48, "recording_counter has no holes");

/* Whether `size` bytes at `item` (aligned to 8) are a record as an item may be. */
bool recording_is_record(const void *item, size_t size);

/* CRC-32 as zlib computes it. */
uint32_t recording_checksum(const void *data, size_t size);

#endif
