/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches on disk, for a collector that is away longer than memory lasts: a
 * directory with one file per batch, named by its sequence number. A file is
 * written beside, synced and renamed: a crash leaves it whole or not at all. One
 * process at a time (flock).
 */
#ifndef WIRESPAN_OTLP_SPOOL_H
#define WIRESPAN_OTLP_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "otlp/batch.h"

#define SPOOL_SIZE_DEFAULT (UINT64_C(1) << 30)

struct spool;

/*
 * Opens `directory` (made where missing, mode 0700) and finds what an earlier process left
 * there; files that are damaged or not ours are left out and counted. `size_max`: bytes. 0;
 * -EBUSY: another process has it; or negative errno.
 */
int spool_open(const char *directory, uint64_t size_max, struct spool **ret_spool);
/* Accepts NULL. The files stay. */
void spool_close(struct spool *spool);

/* Where the bound would be passed, the oldest files go first, and their items are counted. 0 or negative errno. */
int spool_put(struct spool *spool, const struct batch *batch);
/* Reads the oldest: a batch for batch_free; it stays on disk until spool_remove. NULL in *ret_batch: none. 0 or -ENOMEM. */
int spool_first(struct spool *spool, struct batch **ret_batch);
/* That batch is done with: delivered or refused. */
void spool_remove(struct spool *spool, uint64_t sequence);

bool spool_empty(const struct spool *spool);
/* The next sequence number that is greater than all that are or were there. */
uint64_t spool_next_sequence(const struct spool *spool);

struct spool_counts {
	uint64_t bytes, files;   /* now */
	uint64_t dropped_spans;  /* made room for others */
	uint64_t damaged_files;  /* left out */
};
struct spool_counts spool_counts(const struct spool *spool);

#endif
