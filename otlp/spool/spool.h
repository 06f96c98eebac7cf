/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches on disk, for a collector that is away longer than memory lasts: a
 * directory with one file per batch, named by its sequence number. A file is
 * written beside, synced and renamed: a crash leaves it whole or not at all. One
 * process at a time (flock). Removing is not synced: after a power failure a
 * batch may be sent again, but none is lost.
 */
#ifndef WIRESPAN_OTLP_SPOOL_SPOOL_H
#define WIRESPAN_OTLP_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "otlp/encode/batch.h"

#define SPOOL_SIZE_DEFAULT (UINT64_C(1) << 30)
/* 1 GiB holds at most so many files. The index of so many: 4 MiB. */
#define SPOOL_FILES_MAX 262144u

struct spool;

/*
 * Opens `directory` (its last component made where missing, mode 0700) and finds what an earlier
 * process left there. Files that are damaged, of a newer version or not ours are left out, counted,
 * and stay where they are, not counted against `size_max` (bytes); unfinished ones are removed; of
 * what passes the bound the oldest go. 0; -EBUSY: another process has it; -EPERM: it is
 * another user's (root's is well), or everybody may write there; or negative errno.
 */
int spool_open(const char *directory, uint64_t size_max, struct spool **ret_spool);
/* Accepts NULL. The files stay. */
void spool_close(struct spool *spool);

/*
 * Where the bound would be passed, the oldest files go first (never the one that spool_first gave),
 * and their spans are counted. 0; -ENOSPC: no room even so; -EEXIST: that sequence number is
 * there; or negative errno: the file is not there.
 */
int spool_put(struct spool *spool, const struct batch *batch);
/*
 * Reads the oldest: a batch for batch_free; it stays on disk until spool_remove. Damaged ones on the
 * way are left out and renamed to NAME.damaged. NULL in *ret_batch: none. 0; -ENOMEM, -EMFILE or -ENFILE: may be tried again.
 */
int spool_first(struct spool *spool, struct batch **ret_batch);
/* That batch is done with: delivered or refused. */
void spool_remove(struct spool *spool, uint64_t sequence);

bool spool_empty(const struct spool *spool);
/* The sequence number of the oldest; UINT64_MAX: none. */
uint64_t spool_first_sequence(const struct spool *spool);
/* The next sequence number: past every span that is or was there. */
uint64_t spool_next_sequence(const struct spool *spool);

struct spool_counts {
	uint64_t bytes, files, spans; /* now; bytes in whole blocks */
	uint64_t dropped_spans;       /* made room for others */
	uint64_t damaged_files;       /* left out, by spool_open or since */
	uint64_t damaged_spans;       /* of those that were found damaged after spool_open */
};
struct spool_counts spool_counts(const struct spool *spool);

#endif
