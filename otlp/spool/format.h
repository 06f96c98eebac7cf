/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of a spool: a head of SPOOL_HEAD_SIZE bytes, then the request's body.
 * Numbers are little-endian.
 *
 *   0  8  "wirespan"          16  8  sequence
 *   8  2  version, 1          24  4  items
 *  10  1  OTLP_TRACES         28  4  length of the body
 *  11  1  enum otlp_encoding  32  4  CRC-32 (zlib's) of the body
 *  12  1  1: gzip             36  4  CRC-32 of the 36 bytes before
 *  13  3  0
 */
#ifndef WIRESPAN_OTLP_SPOOL_FORMAT_H
#define WIRESPAN_OTLP_SPOOL_FORMAT_H

#include "otlp/encode/batch.h"

#define SPOOL_HEAD_SIZE 40
/* A file counts as whole blocks, as it takes them on disk. */
#define SPOOL_BLOCK 4096u
/* Compression may make a body that does not compress a little longer. */
#define SPOOL_BODY_MAX (OTLP_REQUEST_SIZE_MAX + (1u << 20))
/* So that numbers can be added to one without care. */
#define SPOOL_SEQUENCE_MAX (UINT64_MAX / 2)

struct spool_head {
	enum otlp_signal signal;
	enum otlp_encoding encoding;
	bool gzip;
	uint64_t sequence;
	uint32_t items; /* > 0 */
	uint32_t length;
	uint32_t body_crc;
};

void spool_head_write(const struct batch *batch, uint8_t ret_head[SPOOL_HEAD_SIZE]);
/* 0; -EBADMSG: damaged or not ours; -EPROTONOSUPPORT: another version. */
int spool_head_read(struct slice head, struct spool_head *ret_head);

/* A batch as the head describes it, its body to be filled. NULL: out of memory. */
struct batch *spool_batch_allocate(const struct spool_head *head);
bool spool_body_sound(const struct spool_head *head, const struct batch *batch);

#define SPOOL_NAME_MAX 32
/* The name of the finished file, or of the one that is being written. */
void spool_name_write(uint64_t sequence, bool finished, char ret_name[SPOOL_NAME_MAX]);
/* Whether `name` is one of those; sets what it says. */
bool spool_name_read(const char *name, uint64_t *ret_sequence, bool *ret_finished);

#endif
