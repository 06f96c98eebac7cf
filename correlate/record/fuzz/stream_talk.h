/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_CORRELATE_RECORD_FUZZ_STREAM_TALK_H
#define WIRESPAN_CORRELATE_RECORD_FUZZ_STREAM_TALK_H

#include <stddef.h>
#include <stdint.h>

/*
 * The records of one well-behaved connection, three times: as they are, each of them byte by byte,
 * and without one. What the stream makes of them must be the same. Input: which one to leave out;
 * then two bytes per record, its direction and length, and how much of it was copied.
 */
void stream_talk(const uint8_t *data, size_t size);

#endif
