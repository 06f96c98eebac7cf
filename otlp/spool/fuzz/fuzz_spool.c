// SPDX-License-Identifier: Apache-2.0
/*
 * A spool's directory as a stranger may have left it: one file with those bytes,
 * and the same again with both checksums made right, so that what they guard
 * is reached, too. Whatever is accepted says in the end what was read.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "otlp/spool/format.h"
#include "otlp/spool/spool.h"

#define SEQUENCE 42
#define FILE_MAX 4096

static char directory[] = "/dev/shm/wirespan-fuzz-spool-XXXXXX";

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void remove_all(void)
{
	DIR *entries = opendir(directory);
	const struct dirent *entry;

	check(entries != NULL);
	while ((entry = readdir(entries)))
		unlinkat(dirfd(entries), entry->d_name, 0);
	closedir(entries);
}

static void remove_directory(void)
{
	remove_all();
	rmdir(directory);
}

static void write_file(const uint8_t *data, size_t size)
{
	char name[SPOOL_NAME_MAX], path[sizeof(directory) + SPOOL_NAME_MAX];
	int fd;

	spool_name_write(SEQUENCE, true, name);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void check_batch(const struct batch *batch, const uint8_t *data, size_t size)
{
	uint8_t head[SPOOL_HEAD_SIZE];

	spool_head_write(batch, head);
	check(size == SPOOL_HEAD_SIZE + batch->length);
	check(memcmp(head, data, SPOOL_HEAD_SIZE) == 0);
	check(memcmp(batch->body, data + SPOOL_HEAD_SIZE, batch->length) == 0);
	check(batch->sequence == SEQUENCE && batch->items);
}

static void read_back(const uint8_t *data, size_t size)
{
	struct batch *batch;
	struct spool *spool;

	write_file(data, size);
	check(spool_open(directory, 1 << 20, &spool) == 0);
	check(spool_next_sequence(spool) > SEQUENCE);
	check(spool_first(spool, &batch) == 0);
	check(spool_counts(spool).damaged_files == (batch ? 0 : 1));
	if (batch) {
		check_batch(batch, data, size);
		spool_remove(spool, SEQUENCE);
	}
	check(spool_empty(spool) && spool_counts(spool).bytes == 0 && spool_counts(spool).spans == 0);
	batch_free(batch);
	spool_close(spool);
	remove_all();
}

static void write_sum(uint8_t *place, const uint8_t *data, size_t size)
{
	uint32_t sum = (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);

	for (int i = 0; i < 4; i++)
		place[i] = (uint8_t)(sum >> (8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	uint8_t file[FILE_MAX];

	if (!ready) {
		check(mkdtemp(directory) != NULL);
		atexit(remove_directory);
		ready = true;
	}
	if (size > FILE_MAX)
		return 0;
	read_back(data, size);
	if (size < SPOOL_HEAD_SIZE)
		return 0;
	memcpy(file, data, size);
	write_sum(file + 32, file + SPOOL_HEAD_SIZE, size - SPOOL_HEAD_SIZE);
	write_sum(file + 36, file, 36);
	read_back(file, size);
	return 0;
}
