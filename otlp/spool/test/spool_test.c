// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "otlp/spool/format.h"
#include "otlp/spool/spool.h"
#include "otlp/spool/test/sample.h"

#define ROOM (1u << 20)

struct place {
	char path[SAMPLE_PATH_MAX];
	struct spool *spool;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	sample_directory_make(place->path);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	spool_close(place->spool);
	sample_directory_remove(place->path);
	free(place);
	return 0;
}

static void reopen(struct place *place, uint64_t size_max)
{
	spool_close(place->spool);
	place->spool = NULL;
	assert_int_equal(spool_open(place->path, size_max, &place->spool), 0);
}

static int put(struct place *place, uint64_t sequence, uint32_t items, size_t length)
{
	struct batch *batch = sample_batch(sequence, items, length);
	int result = spool_put(place->spool, batch);

	batch_free(batch);
	return result;
}

/* The oldest is that one; it goes. */
static void expect(struct place *place, uint64_t sequence, uint32_t items, size_t length)
{
	struct batch *batch;

	assert_int_equal(spool_first(place->spool, &batch), 0);
	assert_non_null(batch);
	assert_int_equal(spool_first_sequence(place->spool), sequence);
	assert_true(sample_batch_is(batch, sequence, items, length));
	batch_free(batch);
	spool_remove(place->spool, sequence);
}

static void expect_nothing(struct place *place)
{
	struct batch *batch;

	assert_int_equal(spool_first(place->spool, &batch), 0);
	assert_null(batch);
	assert_true(spool_empty(place->spool));
	assert_int_equal(spool_counts(place->spool).bytes, 0);
	assert_int_equal(spool_counts(place->spool).spans, 0);
}

static void test_oldest_first(void **state)
{
	struct place *place = *state;

	reopen(place, ROOM);
	expect_nothing(place);
	assert_int_equal(spool_first_sequence(place->spool), UINT64_MAX);
	assert_int_equal(put(place, 20, 5, 100), 0);
	assert_int_equal(put(place, 25, 5, 0), 0);
	assert_int_equal(put(place, 10, 10, 5000), 0);
	assert_int_equal(put(place, 25, 5, 100), -EEXIST);
	assert_int_equal(spool_counts(place->spool).files, 3);
	assert_int_equal(spool_counts(place->spool).spans, 20);
	assert_int_equal(spool_counts(place->spool).bytes, 4 * SPOOL_BLOCK);
	assert_int_equal(spool_next_sequence(place->spool), 30);
	expect(place, 10, 10, 5000);
	expect(place, 20, 5, 100);
	expect(place, 25, 5, 0);
	expect_nothing(place);
	assert_int_equal(spool_next_sequence(place->spool), 30);
	assert_int_equal(sample_directory_count(place->path), 0);
}

static void test_restart_keeps_order(void **state)
{
	struct place *place = *state;
	struct batch *batch;

	reopen(place, ROOM);
	for (uint64_t i = 0; i < 200; i++)
		assert_int_equal(put(place, (i * 37 % 200) * 3, 3, i), 0);
	assert_int_equal(spool_first(place->spool, &batch), 0);
	batch_free(batch);
	reopen(place, ROOM);
	assert_int_equal(spool_counts(place->spool).files, 200);
	assert_int_equal(spool_counts(place->spool).spans, 600);
	assert_int_equal(spool_next_sequence(place->spool), 600);
	for (uint64_t i = 0; i < 200; i++) {
		/* i = 37 * length modulo 200; 173 is the inverse of 37. */
		expect(place, i * 3, 3, i * 173 % 200);
		if (i % 50 == 0)
			reopen(place, ROOM);
	}
	expect_nothing(place);
}

static void test_what_a_batch_is_survives(void **state)
{
	struct place *place = *state;
	struct batch *batch = sample_batch(7, 9, 11);

	reopen(place, ROOM);
	batch->gzip = true;
	batch->encoding = OTLP_PROTOBUF;
	assert_int_equal(spool_put(place->spool, batch), 0);
	batch_free(batch);
	reopen(place, ROOM);
	assert_int_equal(spool_first(place->spool, &batch), 0);
	assert_true(batch->gzip);
	assert_int_equal(batch->encoding, OTLP_PROTOBUF);
	assert_int_equal(batch->signal, OTLP_TRACES);
	batch_free(batch);
}

static void test_bound_drops_the_oldest(void **state)
{
	struct place *place = *state;

	reopen(place, 4 * SPOOL_BLOCK);
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(put(place, i * 2, 2, 100), 0);
	assert_int_equal(spool_counts(place->spool).files, 4);
	assert_int_equal(spool_counts(place->spool).dropped_spans, 12);
	assert_int_equal(sample_directory_count(place->path), 4);
	assert_int_equal(put(place, 20, 1, 4 * SPOOL_BLOCK), -ENOSPC);
	assert_int_equal(spool_counts(place->spool).files, 4);
	/* Two blocks: two go. */
	assert_int_equal(put(place, 20, 1, SPOOL_BLOCK), 0);
	assert_int_equal(spool_counts(place->spool).files, 3);
	reopen(place, 3 * SPOOL_BLOCK);
	assert_int_equal(spool_counts(place->spool).dropped_spans, 2);
	expect(place, 18, 2, 100);
	expect(place, 20, 1, SPOOL_BLOCK);
	expect_nothing(place);
}

static void test_what_was_given_is_not_dropped(void **state)
{
	struct place *place = *state;
	struct batch *batch;

	reopen(place, 2 * SPOOL_BLOCK);
	assert_int_equal(put(place, 0, 1, 10), 0);
	assert_int_equal(put(place, 1, 1, 10), 0);
	assert_int_equal(spool_first(place->spool, &batch), 0);
	assert_int_equal(batch->sequence, 0);
	batch_free(batch);
	assert_int_equal(put(place, 2, 1, 10), 0);
	assert_int_equal(spool_counts(place->spool).dropped_spans, 1);
	assert_int_equal(put(place, 3, 1, SPOOL_BLOCK), -ENOSPC);
	expect(place, 0, 1, 10);
	expect_nothing(place);
	assert_int_equal(spool_counts(place->spool).dropped_spans, 2);
}

static void test_one_process_at_a_time(void **state)
{
	struct place *place = *state;
	struct spool *second;

	reopen(place, ROOM);
	assert_int_equal(spool_open(place->path, ROOM, &second), -EBUSY);
	assert_int_equal(spool_open("/dev/null/x", ROOM, &second), -ENOTDIR);
	assert_int_equal(spool_open("/nonexistent/a/b", ROOM, &second), -ENOENT);
	spool_close(NULL);
}

static void test_directory_is_made(void **state)
{
	struct place *place = *state;
	char path[SAMPLE_PATH_MAX + 8];
	struct spool *spool;
	struct stat stat;

	snprintf(path, sizeof(path), "%s/new", place->path);
	assert_int_equal(spool_open(path, ROOM, &spool), 0);
	assert_int_equal(lstat(path, &stat), 0);
	assert_int_equal(stat.st_mode & 0777, 0700);
	spool_close(spool);
	assert_int_equal(rmdir(path), 0);
}

/* One sound file; `name` and its bytes for a test to damage. */
static uint8_t *make_file(struct place *place, char name[SPOOL_NAME_MAX], size_t *ret_length)
{
	reopen(place, ROOM);
	assert_int_equal(put(place, 5, 3, 50), 0);
	spool_close(place->spool);
	place->spool = NULL;
	spool_name_write(5, true, name);
	return sample_read(place->path, name, ret_length);
}

static void expect_damaged(struct place *place)
{
	struct batch *batch;

	reopen(place, ROOM);
	assert_int_equal(spool_first(place->spool, &batch), 0);
	assert_null(batch);
	assert_int_equal(spool_counts(place->spool).damaged_files, 1);
	assert_int_equal(spool_counts(place->spool).files, 0);
	/* Its number is not used again. */
	assert_true(spool_next_sequence(place->spool) >= 6);
	assert_int_equal(sample_directory_count(place->path), 1);
	sample_directory_clear(place->path);
}

static void test_truncated_anywhere(void **state)
{
	struct place *place = *state;
	char name[SPOOL_NAME_MAX];
	size_t length;
	uint8_t *data = make_file(place, name, &length);

	for (size_t cut = 0; cut < length; cut++) {
		sample_write(place->path, name, data, cut);
		expect_damaged(place);
	}
	sample_write(place->path, name, data, length);
	reopen(place, ROOM);
	expect(place, 5, 3, 50);
	free(data);
}

static void test_longer(void **state)
{
	struct place *place = *state;
	char name[SPOOL_NAME_MAX];
	size_t length;
	uint8_t *data = make_file(place, name, &length);

	sample_write(place->path, name, data, length + 1);
	expect_damaged(place);
	free(data);
}

static void test_flipped_bits(void **state)
{
	struct place *place = *state;
	char name[SPOOL_NAME_MAX];
	size_t length;
	uint8_t *data = make_file(place, name, &length);

	for (size_t bit = 0; bit < 8 * length; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		sample_write(place->path, name, data, length);
		expect_damaged(place);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(data);
}

static void test_damage_between_sound_ones(void **state)
{
	struct place *place = *state;
	char path[SAMPLE_PATH_MAX + SPOOL_NAME_MAX], name[SPOOL_NAME_MAX];

	reopen(place, ROOM);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(put(place, i, 1, 10), 0);
	spool_name_write(1, true, name);
	sample_write(place->path, name, "x", 1);
	spool_name_write(2, true, name);
	snprintf(path, sizeof(path), "%s/%s", place->path, name);
	assert_int_equal(unlink(path), 0);
	expect(place, 0, 1, 10);
	expect(place, 3, 1, 10);
	assert_int_equal(spool_counts(place->spool).damaged_files, 2);
	assert_int_equal(spool_counts(place->spool).damaged_spans, 2);
}

static void test_foreign_and_unfinished_files(void **state)
{
	struct place *place = *state;
	char path[SAMPLE_PATH_MAX + 64], name[SPOOL_NAME_MAX];
	size_t length;
	uint8_t *data = make_file(place, name, &length);

	sample_write(place->path, "notes", "mine", 4);
	sample_write(place->path, "5.otlp", data, length);
	sample_write(place->path, "99999999999999999999.otlp", data, length);
	sample_write(place->path, "00000000000000000006.otlp", data, length); /* another number than inside */
	sample_write(place->path, "00000000000000000007.tmp", data, length / 2);
	snprintf(path, sizeof(path), "%s/00000000000000000008.otlp", place->path);
	assert_int_equal(symlink(name, path), 0);
	snprintf(path, sizeof(path), "%s/00000000000000000009.otlp", place->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	free(data);
	reopen(place, ROOM);
	assert_int_equal(spool_counts(place->spool).files, 1);
	assert_int_equal(spool_counts(place->spool).damaged_files, 6);
	assert_int_equal(sample_directory_count(place->path), 7);
	assert_int_equal(spool_next_sequence(place->spool), 10);
	expect(place, 5, 3, 50);
	expect_nothing(place);
}

/* A file-size limit makes the disk full in the middle of a file. */
static void test_disk_full(void **state)
{
	struct place *place = *state;
	struct rlimit before, limit;

	reopen(place, ROOM);
	assert_int_equal(put(place, 0, 1, 100), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = 1000, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(put(place, 1, 1, 5000), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(sample_directory_count(place->path), 1);
	assert_int_equal(put(place, 2, 1, 5000), 0);
	expect(place, 0, 1, 100);
	expect(place, 2, 1, 5000);
	expect_nothing(place);
}

static void spool_until_killed(const char *path, int told)
{
	struct spool *spool;

	if (spool_open(path, 64 * ROOM, &spool) < 0)
		_exit(1);
	for (uint64_t i = 0;; i++) {
		struct batch *batch = sample_batch(i, 1, 2000);

		if (spool_put(spool, batch) < 0 || write(told, "", 1) != 1)
			_exit(1);
		batch_free(batch);
	}
}

/* What was put is there, whole and in order, whenever the process is killed. */
static void test_killed(void **state)
{
	struct place *place = *state;
	uint64_t files, told = 0;
	char byte;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0)
		spool_until_killed(place->path, pipes[1]);
	close(pipes[1]);
	while (told < 50 && read(pipes[0], &byte, 1) == 1)
		told++;
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (read(pipes[0], &byte, 1) == 1)
		told++;
	close(pipes[0]);
	reopen(place, 64 * ROOM);
	files = spool_counts(place->spool).files;
	assert_in_range(files, told, told + 1);
	assert_int_equal(spool_counts(place->spool).damaged_files, 0);
	for (uint64_t i = 0; i < files; i++)
		expect(place, i, 1, 2000);
	expect_nothing(place);
	assert_int_equal(sample_directory_count(place->path), 0);
}

/* Random puts, takes and restarts against a plain list. */
static void test_as_a_list(void **state)
{
	struct place *place = *state;
	uint64_t next = 0, oldest = 0;

	srandom(4);
	reopen(place, 8 * ROOM);
	for (int i = 0; i < 500; i++) {
		long dice = random() % 100;

		if (dice < 52) {
			assert_int_equal(put(place, next, 1, next % 5000), 0);
			next++;
		} else if (dice < 98 && oldest < next) {
			expect(place, oldest, 1, oldest % 5000);
			oldest++;
		} else if (dice >= 98) {
			reopen(place, 8 * ROOM);
		}
		assert_int_equal(spool_counts(place->spool).files, next - oldest);
	}
	assert_int_equal(spool_counts(place->spool).dropped_spans, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_oldest_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart_keeps_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_a_batch_is_survives, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound_drops_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_given_is_not_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_process_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory_is_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_longer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flipped_bits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage_between_sound_ones, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_and_unfinished_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_as_a_list, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
