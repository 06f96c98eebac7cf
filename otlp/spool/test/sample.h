/* SPDX-License-Identifier: Apache-2.0 */
/* Directories and batches for tests of what is kept on disk. */
#ifndef WIRESPAN_OTLP_SPOOL_TEST_SAMPLE_H
#define WIRESPAN_OTLP_SPOOL_TEST_SAMPLE_H

#include "otlp/spool/spool.h"

#define SAMPLE_PATH_MAX 256

/* A new directory for a test, its path in `ret_path`; removed with what is in it (no directories). */
void sample_directory_make(char ret_path[SAMPLE_PATH_MAX]);
void sample_directory_remove(const char *path);
/* Removes what is in it. */
void sample_directory_clear(const char *path);
/* How many entries there are. */
size_t sample_directory_count(const char *path);

/* A whole file of that directory. */
void sample_write(const char *directory, const char *name, const void *data, size_t length);
/* Its bytes and a zero, which the caller frees. */
uint8_t *sample_read(const char *directory, const char *name, size_t *ret_length);

/* A batch of `length` bytes that depend on `sequence`. */
struct batch *sample_batch(uint64_t sequence, uint32_t items, size_t length);
bool sample_batch_is(const struct batch *batch, uint64_t sequence, uint32_t items, size_t length);

#endif
