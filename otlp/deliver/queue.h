/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second stage of a delivery: encoded spans wait for their turn, oldest
 * first, in memory and behind that in the spool.
 */
#ifndef WIRESPAN_OTLP_DELIVER_QUEUE_H
#define WIRESPAN_OTLP_DELIVER_QUEUE_H

#include "otlp/deliver/gather.h"
#include "otlp/spool/spool.h"

struct delivery_queue {
	struct spool *spool; /* owned; NULL: none */
	size_t bytes_max;    /* in memory: past it the oldest are dropped */
	size_t spill_bytes;  /* with a spool: past it what is in memory goes there */

	batch_list batches; /* in memory, by rising sequence number */
	struct batch **end;
	size_t count, bytes; /* of those */
	size_t spans_size;   /* of the spans that they keep */
	uint64_t spans;      /* in them */

	uint64_t dropped;      /* spans that had no room, where there is no spool */
	uint64_t spool_failed; /* spans that had no room because the spool failed */
	int spool_error;       /* of the last spool_put; 0: it succeeded */
};

/* `spool` (may be NULL) becomes the queue's. */
void queue_init(struct delivery_queue *queue, struct spool *spool, size_t bytes_max, size_t spill_bytes);
/* Frees what is in memory and closes the spool. */
void queue_done(struct delivery_queue *queue);
/*
 * Adds batches that come behind all others. `failing`: the collector is away; then, and as long as
 * anything is in the spool, what waits goes there at once, so that a crash loses little.
 */
void queue_put(struct delivery_queue *queue, batch_list list, bool failing);
/* Puts back, or puts pieces of, what queue_take gave: it is again the oldest in memory. */
void queue_put_back(struct delivery_queue *queue, batch_list list);
/* Moves that batch, taken from memory before, to the spool. False: it stays the caller's. */
bool queue_store(struct delivery_queue *queue, struct batch *batch);
/* Moves what is in memory to the spool, as much as the spool takes; does nothing where there is none. */
void queue_spill(struct delivery_queue *queue);
/*
 * The oldest of all, for batch_free; *ret_spooled: it is on disk, until spool_remove. NULL in
 * *ret_batch: none. 0, or as spool_first.
 */
int queue_take(struct delivery_queue *queue, struct batch **ret_batch, bool *ret_spooled);
bool queue_empty(const struct delivery_queue *queue);
/* Frees what is in memory; returns how many spans that were. */
uint64_t queue_give_up(struct delivery_queue *queue);

#endif
