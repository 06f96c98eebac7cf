/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a recording (agent/recording/format.h), block by block. What a crash finds in
 * memory is lost, at most RECORDING_BLOCK_NS of it; every block written is whole. A block
 * that cannot be written is lost and counted, and the next is tried.
 */
#ifndef WIRESPAN_AGENT_RECORDING_WRITER_H
#define WIRESPAN_AGENT_RECORDING_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "agent/recording/format.h"
#include "otlp/counter.h"

struct recording_writer;

/*
 * Writes the header. Of `header` the caller fills in everything but magic, byte order,
 * version and checksum. `fd`, a file that is empty and can be written at an offset, stays the caller's.
 * 0, -ENOMEM, or the negative errno of the write.
 */
int recording_writer_new(int fd, const struct recording_header *header, struct recording_writer **ret_writer);
/* Accepts NULL. What is in the block under way is lost: recording_writer_finish before. */
void recording_writer_free(struct recording_writer *writer);

/* What the engine is told at this moment: engine_record (`record` is aligned to 8 bytes), engine_advance,
 * engine_note_loss. */
void recording_writer_record(struct recording_writer *writer, const void *record, size_t size);
void recording_writer_advance(struct recording_writer *writer, uint64_t time);
void recording_writer_note_loss(struct recording_writer *writer, uint64_t time);

/*
 * Nothing more comes: writes what is left and the end, with `counters` (at most RECORDING_COUNTERS_MAX
 * of them, zeros left out, names cut). 0, or the last error.
 */
int recording_writer_finish(struct recording_writer *writer, const struct counter *counters, size_t count);

/* Records that were in blocks which could not be written. */
uint64_t recording_writer_lost(const struct recording_writer *writer);
/* The negative errno of the last block that could not be written; 0: none. */
int recording_writer_error(const struct recording_writer *writer);

#endif
