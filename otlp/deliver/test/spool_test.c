// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "otlp/deliver/test/fixture.h"
#include "otlp/spool/format.h"
#include "otlp/spool/test/sample.h"

#define ROOM (64u << 20)

static char directory[SAMPLE_PATH_MAX];
static bool disk_fails;

int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	(void)fd;
	errno = EIO;
	return disk_fails ? -1 : 0;
}

static int setup(void **state)
{
	(void)state;
	sample_directory_make(directory);
	collector_begin();
	disk_fails = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sample_directory_remove(directory);
	return 0;
}

static struct output *start_with(struct otlp_config config, uint64_t spool_bytes)
{
	struct spool *spool;

	assert_int_equal(spool_open(directory, spool_bytes, &spool), 0);
	return delivery_start(config, 50 * 1000, spool);
}

static struct output *start_bounded(uint64_t spool_bytes)
{
	return start_with(fake_config(), spool_bytes);
}

static struct output *start(void)
{
	return start_bounded(ROOM);
}

static void assert_all_once_and_none_left(uint64_t count)
{
	assert_all_once(count);
	assert_int_equal(sample_directory_count(directory), 0);
}

/* A collector that is well sees no disk. */
static void test_disk_rests(void **state)
{
	struct output *output = start();

	(void)state;
	for (uint64_t i = 0; i < 100; i += 10) {
		fake_give(output, i, 10, 1000);
		fake_run(output, NSEC_PER_SEC);
		assert_int_equal(sample_directory_count(directory), 0);
	}
	assert_int_equal(output_flush(output), 0);
	assert_all_once_and_none_left(100);
	output_free(output);
}

static void test_outage_goes_to_disk_and_back(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	for (uint64_t i = 0; i < 1000; i += 10) {
		fake_give(output, i, 10, 1000);
		fake_run(output, NSEC_PER_SEC / 10);
	}
	assert_int_equal(delivery_stats(output).queue_spans, 0);
	assert_int_equal(delivery_stats(output).spool_spans, 1000);
	assert_int_equal(sample_directory_count(directory), 100);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 40 * NSEC_PER_SEC);
	assert_all_once_and_none_left(1000);
	assert_int_equal(fake_lost(output), 0);
	assert_int_equal(collector.text_count, 2);
	assert_int_equal(fake_warned(&collector, "; 0 spans were lost"), 1);
	output_free(output);
}

/* What a crash leaves is delivered by the next agent, before what is new. */
static void test_crash_in_an_outage(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 10, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	fake_give(output, 10, 100, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	output_free(output); /* no flush */
	assert_int_equal(sample_directory_count(directory), 11);
	output = start();
	fake_give(output, 110, 20, 1000);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_all_once_and_none_left(130);
	output_free(output);
}

static void test_end_in_an_outage(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 125, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(delivery_stats(output).spool_spans, 125);
	assert_int_equal(delivery_stats(output).queue_spans, 0);
	assert_int_equal(fake_lost(output), 0);
	output_free(output);
	/* Again: nothing is lost by that, nor sent. */
	output = start();
	fake_give(output, 125, 5, 1000);
	assert_int_equal(output_flush(output), 0);
	output_free(output);
	set_answer(TRANSPORT_DELIVERED, NULL);
	output = start();
	assert_int_equal(output_flush(output), 0);
	assert_all_once_and_none_left(130);
	output_free(output);
}

/* Without an endpoint for spans the spool is left alone. */
static void test_nowhere_to_send(void **state)
{
	struct otlp_config config = fake_config();
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 100, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	output_free(output);
	config.signals[OTLP_TRACES].endpoint = NULL;
	collector.requests[OTLP_TRACES] = 0;
	output = start_with(config, ROOM);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(collector.requests[OTLP_TRACES], 0);
	assert_int_equal(sample_directory_count(directory), 10);
	output_free(output);
}

/* A long backlog at the end: what is begun is answered, the rest stays, and nothing is sent twice. */
static void test_end_in_a_backlog(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 1000, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	set_answer(TRANSPORT_DELIVERED, NULL);
	next_answer.latency = NSEC_PER_SEC / 3;
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_true(delivery_stats(output).spool_spans > 200);
	assert_int_equal(output_flush(output), 0);
	assert_true(delivery_stats(output).spool_spans > 200);
	assert_int_equal(delivery_stats(output).spans_delivered, collector.spans_taken);
	output_free(output);
	output = start();
	fake_run(output, 60 * NSEC_PER_SEC);
	assert_all_once_and_none_left(1000);
	output_free(output);
}

/* A hanging collector, and no more time. */
static void test_end_is_cancelled(void **state)
{
	struct output *output = start();

	(void)state;
	next_answer.latency = UINT64_MAX;
	fake_give(output, 0, 25, 1000);
	fake_run(output, NSEC_PER_SEC);
	output_cancel(output);
	assert_int_equal(output_flush(output), 0);
	assert_int_equal(delivery_stats(output).spool_spans, 25);
	assert_int_equal(fake_lost(output), 0);
	output_free(output);
	next_answer.latency = 1;
	output = start();
	fake_run(output, NSEC_PER_SEC);
	assert_all_once_and_none_left(25);
	output_free(output);
}

/* Slow, but answering: memory fills, and the disk takes over. */
static void test_slow_collector(void **state)
{
	struct output *output = start();

	(void)state;
	next_answer.latency = NSEC_PER_SEC;
	for (uint64_t i = 0; i < 1000; i += 10) {
		fake_give(output, i, 10, 1000);
		fake_run(output, NSEC_PER_SEC / 10);
	}
	assert_true(delivery_stats(output).spool_files > 0);
	fake_run(output, 120 * NSEC_PER_SEC);
	assert_all_once_and_none_left(1000);
	assert_int_equal(fake_lost(output), 0);
	output_free(output);
}

static void test_bound_of_the_spool(void **state)
{
	struct output *output = start_bounded(10 * 3 * SPOOL_BLOCK);

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 10, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	fake_give(output, 10, 190, 1000);
	fake_run(output, NSEC_PER_SEC);
	/* Each batch takes three blocks. */
	assert_int_equal(fake_counter(output, "spool_dropped"), 100);
	assert_int_equal(fake_lost(output), 100);
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 100);
	assert_int_equal(collector.taken[99], 0);
	assert_int_equal(collector.taken[100], 1);
	assert_false(collector.disordered);
	assert_int_equal(fake_warned(&collector, "100 spans were lost"), 1);
	output_free(output);
}

static void test_disk_fails(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	disk_fails = true;
	fake_give(output, 0, 10, 1000);
	fake_run(output, NSEC_PER_SEC / 10);
	fake_give(output, 10, 190, 1000);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(sample_directory_count(directory), 0);
	/* Memory serves as it would without a spool. */
	assert_int_equal(fake_counter(output, "spool_failed"), 150);
	assert_int_equal(fake_lost(output), 150);
	assert_int_equal(fake_warned(&collector, "cannot write to the spool"), 1);
	disk_fails = false;
	fake_give(output, 200, 10, 1000);
	assert_int_equal(sample_directory_count(directory), 5);
	disk_fails = true;
	fake_give(output, 210, 10, 1000);
	assert_int_equal(output_flush(output), -EIO);
	assert_int_equal(fake_counter(output, "spool_failed"), 170);
	assert_int_equal(fake_warned(&collector, "cannot write to the spool"), 1);
	output_free(output);
	output = start();
	set_answer(TRANSPORT_DELIVERED, NULL);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 50);
	output_free(output);
}

static void test_damage_is_told(void **state)
{
	struct output *output;

	(void)state;
	sample_write(directory, "00000000000000000004.otlp", "x", 1);
	output = start();
	fake_give(output, 0, 10, 1000);
	fake_run(output, NSEC_PER_SEC);
	assert_int_equal(collector.spans_taken, 10);
	assert_int_equal(fake_warned(&collector, "1 files in the spool are left out"), 1);
	assert_int_equal(fake_counter(output, "spool_damaged"), 0);
	output_free(output);
}

/* Refused on the way back: gone from disk, too. */
static void test_refused_from_disk(void **state)
{
	struct output *output = start();

	(void)state;
	set_answer(TRANSPORT_RETRY, "cannot connect");
	fake_give(output, 0, 100, 1000);
	fake_run(output, NSEC_PER_SEC);
	set_answer(TRANSPORT_REFUSED, "HTTP 400");
	fake_run(output, 10 * NSEC_PER_SEC);
	assert_int_equal(fake_counter(output, "export_refused"), 100);
	assert_int_equal(sample_directory_count(directory), 0);
	assert_int_equal(fake_lost(output), 100);
	output_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_disk_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outage_goes_to_disk_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crash_in_an_outage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_in_an_outage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_in_a_backlog, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nowhere_to_send, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_is_cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_collector, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound_of_the_spool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_from_disk, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
