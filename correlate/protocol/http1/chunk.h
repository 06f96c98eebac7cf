/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the chunked coding (RFC 9112, 7.1) to its end, a byte or a megabyte
 * at a time, without keeping any of it. Extensions and trailers are skipped.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CHUNK_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_CHUNK_H

#include "base/slice.h"

#define HTTP1_CHUNK_LINE_MAX 16384    /* longest chunk-size line with extensions; servers take 4 to 16 KiB */
#define HTTP1_CHUNK_TRAILER_MAX 65536 /* longest trailer section; as a head */

struct http1_chunk {
	uint64_t left;   /* data of this chunk still to come; while reading a size line: its size so far */
	uint64_t body;   /* data of all chunks so far */
	uint32_t length; /* of the line or trailer section so far */
	uint8_t state;
};

enum http1_chunk_result {
	HTTP1_CHUNK_MORE,
	HTTP1_CHUNK_DONE,  /* the trailer's empty line is passed */
	HTTP1_CHUNK_ERROR, /* not chunked coding, or past a maximum */
};

void http1_chunk_init(struct http1_chunk *chunk);
/* Whether nothing has come since. */
bool http1_chunk_untouched(const struct http1_chunk *chunk);
/* Takes what belongs to the coding: all of `input` unless DONE or ERROR; *ret_consumed says how much. */
enum http1_chunk_result http1_chunk_feed(struct http1_chunk *chunk, struct slice input, size_t *ret_consumed);
/* Whether `length` unknown bytes are all chunk data. Line breaks, sizes and trailers have to be seen. */
bool http1_chunk_can_skip(const struct http1_chunk *chunk, uint64_t length);
/* Passes over them. Only where http1_chunk_can_skip. */
void http1_chunk_skip(struct http1_chunk *chunk, uint64_t length);

#endif
