// SPDX-License-Identifier: Apache-2.0
#include "otlp/spool/test/sample.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

void sample_directory_make(char ret_path[SAMPLE_PATH_MAX])
{
	const char *parent = getenv("TMPDIR");

	snprintf(ret_path, SAMPLE_PATH_MAX, "%s/wirespan-spool-XXXXXX", parent ? parent : "/tmp");
	check(mkdtemp(ret_path) != NULL);
}

/* Visits the entries, removing them if asked. */
static size_t visit(const char *path, bool remove)
{
	DIR *entries = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	check(entries != NULL);
	while ((entry = readdir(entries))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (remove)
			unlinkat(dirfd(entries), entry->d_name, 0);
	}
	closedir(entries);
	return count;
}

void sample_directory_clear(const char *path)
{
	visit(path, true);
}

void sample_directory_remove(const char *path)
{
	visit(path, true);
	check(rmdir(path) == 0);
}

size_t sample_directory_count(const char *path)
{
	return visit(path, false);
}

static int open_file(const char *directory, const char *name, int flags)
{
	char path[2 * SAMPLE_PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	check(fd >= 0);
	return fd;
}

void sample_write(const char *directory, const char *name, const void *data, size_t length)
{
	int fd = open_file(directory, name, O_WRONLY | O_CREAT | O_TRUNC);

	check(write(fd, data, length) == (ssize_t)length);
	close(fd);
}

uint8_t *sample_read(const char *directory, const char *name, size_t *ret_length)
{
	int fd = open_file(directory, name, O_RDONLY);
	struct stat stat;
	uint8_t *data;

	check(fstat(fd, &stat) == 0);
	data = malloc((size_t)stat.st_size + 1);
	check(data && read(fd, data, (size_t)stat.st_size) == stat.st_size);
	data[stat.st_size] = 0;
	close(fd);
	*ret_length = (size_t)stat.st_size;
	return data;
}

static uint8_t byte_at(uint64_t sequence, size_t offset)
{
	return (uint8_t)(sequence * 31 + offset * 7 + 1);
}

struct batch *sample_batch(uint64_t sequence, uint32_t items, size_t length)
{
	struct batch *batch = batch_allocate(length);

	check(batch != NULL);
	batch->sequence = sequence;
	batch->encoding = OTLP_JSON;
	batch->items = items;
	for (size_t i = 0; i < length; i++)
		batch->body[i] = byte_at(sequence, i);
	return batch;
}

bool sample_batch_is(const struct batch *batch, uint64_t sequence, uint32_t items, size_t length)
{
	if (batch->sequence != sequence || batch->items != items || batch->length != length ||
	    batch->encoding != OTLP_JSON || batch->signal != OTLP_TRACES || batch->gzip || batch->spans)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (batch->body[i] != byte_at(sequence, i))
			return false;
	}
	return true;
}
