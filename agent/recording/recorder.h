/* SPDX-License-Identifier: Apache-2.0 */
/* A file that the pipeline records to: what the engine is given, as writer.h writes it. */
#ifndef WIRESPAN_AGENT_RECORDING_RECORDER_H
#define WIRESPAN_AGENT_RECORDING_RECORDER_H

#include <stdint.h>

#include "agent/kernel/features.h"
#include "agent/kernel/selection.h"
#include "otlp/counter.h"

struct recorder;

/* A new file, that nobody but its owner may read; -EEXIST where one is there that is not empty. 0 or negative errno, said by the logger. */
int recorder_open(const char *path, enum capture_mode mode, const struct selection *selection,
		  struct recorder **ret_recorder);
/*
 * Accepts NULL. Nothing is written any more: recorder_finish before. 0, or the negative errno (said) for
 * which the file is not whole.
 */
int recorder_close(struct recorder *recorder);

/* What the engine is told at this moment. May wait for the disk once a block; a failed write is said once. */
void recorder_record(struct recorder *recorder, const void *record, size_t size);
void recorder_advance(struct recorder *recorder, uint64_t time);
void recorder_note_loss(struct recorder *recorder, uint64_t time);

/* Writes what is left and the end, with what was lost before the engine. */
void recorder_finish(struct recorder *recorder, const struct counter *captured, size_t count);

/* Records that could not be written. Accepts NULL. */
uint64_t recorder_lost(const struct recorder *recorder);

#endif
