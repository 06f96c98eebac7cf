// SPDX-License-Identifier: Apache-2.0
#include "otlp/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "otlp/spool/file.h"
#include "otlp/spool/index.h"

#define NOTHING_HELD UINT64_MAX

struct spool {
	int directory;
	uint64_t size_max;
	struct spool_index index;
	uint64_t held; /* what spool_first gave: not to be dropped */
	uint64_t next_sequence;
	uint64_t dropped_spans, damaged_files, damaged_spans;
};

static void note_sequence(struct spool *spool, uint64_t past)
{
	if (past > spool->next_sequence)
		spool->next_sequence = past;
}

/* Frees one file's room: the oldest's that is not held. False: there is none. */
static bool drop_oldest(struct spool *spool)
{
	for (size_t i = 0; i < 2 && i < spool->index.count; i++) {
		const struct spool_entry *entry = spool_index_at(&spool->index, i);
		uint64_t sequence = entry->sequence;

		if (sequence == spool->held)
			continue;
		spool->dropped_spans += entry->items;
		spool_file_remove(spool->directory, sequence);
		spool_index_remove(&spool->index, sequence);
		return true;
	}
	return false;
}

static bool fits(const struct spool *spool, uint64_t size)
{
	return size <= spool->size_max && spool->index.bytes <= spool->size_max - size &&
	       spool->index.count < SPOOL_FILES_MAX;
}

int spool_put(struct spool *spool, const struct batch *batch)
{
	struct spool_entry entry = spool_entry_of(batch->sequence, batch->items, batch->length);
	int result;

	if (spool_index_has(&spool->index, batch->sequence))
		return -EEXIST;
	if (entry.size > spool->size_max)
		return -ENOSPC;
	result = spool_index_reserve(&spool->index);
	if (result < 0)
		return result;
	while (!fits(spool, entry.size)) {
		if (!drop_oldest(spool))
			return -ENOSPC;
	}
	result = spool_file_write(spool->directory, batch);
	if (result < 0)
		return result;
	spool_index_add(&spool->index, &entry);
	note_sequence(spool, batch->sequence + batch->items);
	return 0;
}

static bool may_pass(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE;
}

int spool_first(struct spool *spool, struct batch **ret_batch)
{
	*ret_batch = NULL;
	while (spool->index.count) {
		const struct spool_entry *entry = spool_index_at(&spool->index, 0);
		int result = spool_file_read(spool->directory, entry->sequence, ret_batch);

		if (result == 0)
			spool->held = entry->sequence;
		if (result == 0 || may_pass(result))
			return result;
		spool->damaged_files++;
		spool->damaged_spans += entry->items;
		spool_file_set_aside(spool->directory, entry->sequence);
		spool_index_remove(&spool->index, entry->sequence);
	}
	return 0;
}

void spool_remove(struct spool *spool, uint64_t sequence)
{
	if (spool->held == sequence)
		spool->held = NOTHING_HELD;
	if (!spool_index_has(&spool->index, sequence))
		return;
	spool_file_remove(spool->directory, sequence);
	spool_index_remove(&spool->index, sequence);
}

bool spool_empty(const struct spool *spool)
{
	return spool->index.count == 0;
}

uint64_t spool_first_sequence(const struct spool *spool)
{
	return spool->index.count ? spool_index_at(&spool->index, 0)->sequence : UINT64_MAX;
}

uint64_t spool_next_sequence(const struct spool *spool)
{
	return spool->next_sequence;
}

struct spool_counts spool_counts(const struct spool *spool)
{
	return (struct spool_counts){
		.bytes = spool->index.bytes,
		.files = spool->index.count,
		.spans = spool->index.items,
		.dropped_spans = spool->dropped_spans,
		.damaged_files = spool->damaged_files,
		.damaged_spans = spool->damaged_spans,
	};
}

/* What spool_files_visit finds. */
static int note_file(void *context, bool ours, uint64_t sequence)
{
	struct spool *spool = context;
	struct spool_entry entry;
	struct spool_head head;
	int result;

	if (!ours) {
		spool->damaged_files++;
		return 0;
	}
	note_sequence(spool, sequence + 1);
	result = spool_file_read_head(spool->directory, sequence, &head);
	if (result == 0)
		result = spool_index_reserve(&spool->index);
	if (may_pass(result))
		return result;
	if (result < 0 || spool->index.count >= SPOOL_FILES_MAX) {
		spool->damaged_files++;
		return 0;
	}
	note_sequence(spool, sequence + head.items);
	entry = spool_entry_of(sequence, head.items, head.length);
	spool_index_append(&spool->index, &entry);
	return 0;
}

/* Who may write there could have us send what is theirs, with our credentials, or lose what is ours. */
static bool is_own(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0 || stat.st_mode & S_IWOTH)
		return false;
	return stat.st_uid == 0 || stat.st_uid == geteuid();
}

static int lock_directory(const char *directory)
{
	int fd, result;

	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_own(fd))
		result = -EPERM;
	else if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	else
		result = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return result;
}

int spool_open(const char *directory, uint64_t size_max, struct spool **ret_spool)
{
	struct spool *spool = calloc(1, sizeof(*spool));
	int result;

	if (!spool)
		return -ENOMEM;
	spool->size_max = size_max;
	spool->held = NOTHING_HELD;
	result = spool->directory = lock_directory(directory);
	if (result >= 0)
		result = spool_files_visit(spool->directory, note_file, spool);
	if (result < 0) {
		spool_close(spool);
		return result;
	}
	spool_index_sort(&spool->index);
	while (spool->index.bytes > size_max && drop_oldest(spool))
		;
	*ret_spool = spool;
	return 0;
}

void spool_close(struct spool *spool)
{
	if (!spool)
		return;
	if (spool->directory >= 0)
		close(spool->directory);
	spool_index_done(&spool->index);
	free(spool);
}
