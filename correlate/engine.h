/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: records in, finished and linked spans out. It reads no file, no
 * clock and no global: time comes from the records and from engine_advance.
 */
#ifndef WIRESPAN_CORRELATE_ENGINE_H
#define WIRESPAN_CORRELATE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/engine_options.h"
#include "correlate/loss.h"

struct engine;
struct unread;

/* NULL when out of memory. */
struct engine *engine_new(const struct engine_options *options);
/* Accepts NULL. Spans not yet delivered are gone: call engine_finish before. */
void engine_free(struct engine *engine);

/*
 * Takes one record (bpf/record.h), aligned to 8 bytes. Hostile bytes are fine. 0; -EBADMSG when it
 * is malformed (counted as LOSS_RECORD_MALFORMED); -ENOMEM.
 */
int engine_record(struct engine *engine, const void *record, size_t size);

/*
 * Says that every record up to `now` (CLOCK_MONOTONIC ns) has been given.
 * Delivers the spans that nothing still to come can change.
 */
void engine_advance(struct engine *engine, uint64_t now);

/*
 * Says that records were lost between the time given to the last
 * engine_advance and `time` (CLOCK_MONOTONIC ns): links that a lost record might
 * contradict are not made. Call it after a drain, before engine_advance, when
 * the kernel's drop counters, read after that drain, have moved.
 */
void engine_note_loss(struct engine *engine, uint64_t time);

/* No more records will come: delivers all finished spans; counts the requests still open. */
void engine_finish(struct engine *engine);

/* What was lost here, by name; never reset. */
const struct losses *engine_losses(const struct engine *engine);
/* What was left out on purpose; never reset. */
const struct engine_ignored *engine_ignored(const struct engine *engine);
/* The connections that are not read (unread.h). */
const struct unread *engine_unread(const struct engine *engine);

#endif
