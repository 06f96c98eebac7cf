// SPDX-License-Identifier: Apache-2.0
/* Whose files a spool believes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "otlp/spool/format.h"
#include "otlp/spool/spool.h"
#include "otlp/spool/test/sample.h"

#define ROOM (1u << 20)
#define OTHER_USER 12345

static void test_directory_that_others_may_write(void **state)
{
	char path[SAMPLE_PATH_MAX];
	struct spool *spool;

	(void)state;
	sample_directory_make(path);
	assert_int_equal(chmod(path, 01777), 0);
	assert_int_equal(spool_open(path, ROOM, &spool), -EPERM);
	assert_int_equal(chmod(path, 0775), 0);
	assert_int_equal(spool_open(path, ROOM, &spool), 0);
	spool_close(spool);
	sample_directory_remove(path);
}

static void test_directory_of_another_user(void **state)
{
	char path[SAMPLE_PATH_MAX];
	struct spool *spool;

	(void)state;
	sample_directory_make(path);
	if (chown(path, OTHER_USER, (gid_t)-1) < 0) {
		sample_directory_remove(path);
		skip();
	}
	assert_int_equal(spool_open(path, ROOM, &spool), -EPERM);
	sample_directory_remove(path);
}

/* Nobody puts metrics there: sent as spans are, they would wait for ever where metrics have no endpoint. */
static void test_head_of_metrics(void **state)
{
	struct batch *batch = sample_batch(0, 1, 100);
	uint8_t bytes[SPOOL_HEAD_SIZE];
	struct spool_head head;

	(void)state;
	spool_head_write(batch, bytes);
	assert_int_equal(spool_head_read(slice_of(bytes, sizeof(bytes)), &head), 0);
	batch->signal = OTLP_METRICS;
	spool_head_write(batch, bytes);
	assert_int_equal(spool_head_read(slice_of(bytes, sizeof(bytes)), &head), -EBADMSG);
	batch_free(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directory_that_others_may_write),
		cmocka_unit_test(test_directory_of_another_user),
		cmocka_unit_test(test_head_of_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
