/* SPDX-License-Identifier: Apache-2.0 */
/* A spool's files on disk. `directory` is an open descriptor. */
#ifndef WIRESPAN_OTLP_SPOOL_FILE_H
#define WIRESPAN_OTLP_SPOOL_FILE_H

#include "otlp/spool/format.h"

/*
 * Writes the file beside, syncs it, renames it, and syncs the directory. 0 or negative errno: then
 * neither of the two names is there.
 */
int spool_file_write(int directory, const struct batch *batch);
/* The head only, of a regular file whose name and size fit it. 0, as spool_head_read, or negative errno. */
int spool_file_read_head(int directory, uint64_t sequence, struct spool_head *ret_head);
/* As above; -EBADMSG: the body is damaged. */
int spool_file_read(int directory, uint64_t sequence, struct batch **ret_batch);

void spool_file_remove(int directory, uint64_t sequence);
/* Renames it to NAME.damaged, so that nobody takes it for a batch again. */
void spool_file_set_aside(int directory, uint64_t sequence);

/*
 * Removes what a crash left unfinished, and calls `found` for everything else that is no directory:
 * `ours` by its name, with its sequence number. 0, negative errno, or what `found` returned below 0.
 */
int spool_files_visit(int directory, int (*found)(void *context, bool ours, uint64_t sequence), void *context);

#endif
