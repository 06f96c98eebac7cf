// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE /* pipe2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "otlp/export/exporter.h"
#include "otlp/export/json.h"
#include "otlp/test/sample.h"

/* An output that counts, checks the order, and is as slow or broken as asked. */
struct probe {
	struct output output;
	uint64_t pause; /* ns per batch */
	int result;
	uint64_t received, batches, largest, flushes, next;
	bool disordered;
};

static int probe_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct probe *probe = (struct probe *)output;

	(void)now;
	for (size_t i = 0; i < count; i++) {
		probe->disordered |= spans[i]->start < probe->next;
		probe->next = spans[i]->start + 1;
		span_free(spans[i]);
	}
	probe->received += count;
	probe->batches++;
	probe->largest = count > probe->largest ? count : probe->largest;
	if (probe->pause)
		nanosleep(&(struct timespec){ .tv_nsec = (long)probe->pause }, NULL);
	return probe->result;
}

static int probe_flush(struct output *output)
{
	((struct probe *)output)->flushes++;
	return 0;
}

static const struct output_operations probe_operations = { .spans = probe_spans, .flush = probe_flush };

static struct exporter *start(struct exporter_options options, struct output *output)
{
	struct exporter *exporter;

	assert_int_equal(exporter_start(&options, output, &exporter), 0);
	return exporter;
}

static void give(struct exporter *exporter, struct resource *resource, uint64_t count)
{
	struct span span = sample_http(resource, 1, 1);

	for (uint64_t i = 0; i < count; i++) {
		span.start = i + 1;
		exporter_accept(exporter, &span);
	}
}

static void assert_sum(struct exporter_counts counts)
{
	assert_int_equal(counts.given, counts.exported + counts.queue_full + counts.out_of_memory + counts.failed +
					       counts.abandoned);
}

static void test_all_arrive_in_order(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations } };
	struct exporter *exporter = start((struct exporter_options){ .batch_spans = 100 }, &probe.output);
	struct exporter_counts counts;

	(void)state;
	give(exporter, resource, 20000);
	assert_int_equal(exporter_stop(exporter), 0);
	counts = exporter_counts(exporter);
	assert_sum(counts);
	assert_int_equal(counts.exported, 20000);
	assert_int_equal(probe.received, 20000);
	assert_true(probe.largest <= 100);
	assert_false(probe.disordered);
	assert_int_equal(probe.flushes, 1);
	exporter_free(exporter);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

/* The same spans come in the same batches, whatever the threads did. */
static void test_whole_batches(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations } };
	struct exporter *exporter =
		start((struct exporter_options){ .batch_spans = 100, .whole_batches = true }, &probe.output);

	(void)state;
	for (uint64_t done = 0; done < 20050; done += 50) {
		give(exporter, resource, 50);
		sched_yield();
	}
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(probe.received, 20050);
	assert_int_equal(probe.batches, 201);
	assert_int_equal(probe.largest, 100);
	exporter_free(exporter);
	resource_unref(resource);
}

static void test_slow_output_loses_by_count(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations }, .pause = 2 * NSEC_PER_MSEC };
	struct exporter *exporter =
		start((struct exporter_options){ .queue_spans = 64, .batch_spans = 16 }, &probe.output);
	struct exporter_counts counts;
	struct counter counters[8];

	(void)state;
	give(exporter, resource, 5000);
	assert_int_equal(exporter_stop(exporter), 0);
	counts = exporter_counts(exporter);
	assert_sum(counts);
	assert_int_equal(counts.given, 5000);
	assert_true(counts.queue_full > 0);
	assert_int_equal(counts.exported, probe.received);
	assert_false(probe.disordered);
	assert_int_equal(exporter_counters(exporter, counters, 8), 4);
	assert_string_equal(counters[0].name, "export_queue_full");
	assert_int_equal(counters[0].value, counts.queue_full);
	exporter_free(exporter);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

static void test_bound_in_bytes(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span span = sample_http(resource, 1, 1);
	struct probe probe = { .output = { &probe_operations }, .pause = 200 * NSEC_PER_MSEC };
	struct exporter *exporter = start(
		(struct exporter_options){ .queue_bytes = 10 * span_clone_size(&span) + 1, .batch_spans = 1000 },
		&probe.output);
	struct exporter_counts counts;

	(void)state;
	/* Far fewer than wake the thread, and given far faster than it wakes by itself: at most one wake between. */
	give(exporter, resource, 100);
	assert_int_equal(exporter_stop(exporter), 0);
	counts = exporter_counts(exporter);
	assert_sum(counts);
	assert_in_range(counts.exported, 10, 20);
	exporter_free(exporter);
	resource_unref(resource);
}

static void test_errors_are_counted(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations }, .result = -EPIPE };
	struct exporter *exporter = start((struct exporter_options){ 0 }, &probe.output);

	(void)state;
	give(exporter, resource, 700);
	assert_int_equal(exporter_stop(exporter), -EPIPE);
	assert_int_equal(exporter_error(exporter), -EPIPE);
	assert_int_equal(exporter_counts(exporter).failed, 700);
	assert_sum(exporter_counts(exporter));
	exporter_free(exporter);
	resource_unref(resource);
}

/* A pipe that nobody reads: accepting stays fast, and stopping ends in time. */
static void test_blocked_pipe(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct exporter *exporter;
	struct exporter_counts counts;
	struct output *output;
	struct writer writer;
	uint64_t begin;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(writer_init(&writer, pipes[1]), 0);
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	exporter = start((struct exporter_options){ .queue_spans = 1024, .stop_timeout = 200 * NSEC_PER_MSEC }, output);
	begin = clock_monotonic();
	give(exporter, resource, 20000);
	assert_true(clock_monotonic() - begin < 2 * NSEC_PER_SEC);
	begin = clock_monotonic();
	assert_int_equal(exporter_stop(exporter), -ECANCELED);
	assert_in_range(clock_monotonic() - begin, 200 * NSEC_PER_MSEC, 2 * NSEC_PER_SEC);
	counts = exporter_counts(exporter);
	assert_sum(counts);
	assert_true(counts.abandoned > 0 && counts.queue_full > 0);
	exporter_free(exporter);
	output_free(output);
	writer_done(&writer);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

static void *read_slowly(void *context)
{
	static char bytes[1 << 16];
	uint64_t *lines = context;
	ssize_t size;

	while ((size = read((int)lines[0], bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < size; i++)
			lines[1] += bytes[i] == '\n';
	}
	return NULL;
}

static void test_pipe_gets_whole_lines(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct exporter *exporter;
	struct output *output;
	struct writer writer;
	uint64_t lines[2] = { 0 };
	pthread_t reader;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	lines[0] = (uint64_t)pipes[0];
	assert_int_equal(pthread_create(&reader, NULL, read_slowly, lines), 0);
	assert_int_equal(writer_init(&writer, pipes[1]), 0);
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	exporter = start((struct exporter_options){ .batch_spans = 50 }, output);
	give(exporter, resource, 1000);
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(exporter_counts(exporter).exported, 1000);
	exporter_free(exporter);
	output_free(output);
	writer_done(&writer);
	close(pipes[1]);
	pthread_join(reader, NULL);
	close(pipes[0]);
	assert_true(lines[1] >= 20);
	resource_unref(resource);
}

static void test_closed_pipe_is_an_error(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct exporter *exporter;
	struct output *output;
	struct writer writer;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	close(pipes[0]);
	assert_int_equal(writer_init(&writer, pipes[1]), 0);
	assert_int_equal(output_json_new(&writer, "1", &output), 0);
	exporter = start((struct exporter_options){ 0 }, output);
	give(exporter, resource, 10);
	assert_int_equal(exporter_stop(exporter), -EPIPE);
	assert_int_equal(exporter_counts(exporter).failed, 10);
	exporter_free(exporter);
	output_free(output);
	writer_done(&writer);
	close(pipes[1]);
	resource_unref(resource);
}

/* An output that sleeps until it is woken, whatever the time. */
struct sleeper {
	struct output output;
	int event;
	atomic_uint_fast64_t received, metrics;
};

static int sleeper_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	(void)now;
	for (size_t i = 0; i < count; i++)
		span_free(spans[i]);
	((struct sleeper *)output)->received += count;
	return 0;
}

static int sleeper_metrics(struct output *output, struct metric_set *metrics, uint64_t now)
{
	(void)now;
	((struct sleeper *)output)->metrics = metrics->time;
	metric_set_free(metrics);
	return -EIO;
}

static void sleeper_wait(struct output *output, uint64_t timeout)
{
	eventfd_t value;

	(void)timeout;
	(void)!eventfd_read(((struct sleeper *)output)->event, &value);
}

static void sleeper_wake(struct output *output)
{
	(void)!eventfd_write(((struct sleeper *)output)->event, 1);
}

static const struct output_operations sleeper_operations = {
	.spans = sleeper_spans,
	.metrics = sleeper_metrics,
	.wait = sleeper_wait,
	.wake = sleeper_wake,
};

static void test_output_that_waits_is_woken(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct sleeper sleeper = { .output = { &sleeper_operations }, .event = eventfd(0, EFD_CLOEXEC) };
	struct exporter *exporter = start((struct exporter_options){ .batch_spans = 100 }, &sleeper.output);
	uint64_t given = 0;

	(void)state;
	/* A wake may be missed, which costs little: the next span wakes again. */
	for (int round = 0; round < 20; round++) {
		uint64_t before = sleeper.received;

		while (sleeper.received == before) {
			give(exporter, resource, 1);
			given++;
			sched_yield();
		}
	}
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(sleeper.received, given);
	assert_int_equal(exporter_counts(exporter).exported, given);
	exporter_free(exporter);
	close(sleeper.event);
	resource_unref(resource);
}

static void test_metrics_newest_first(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct sleeper sleeper = { .output = { &sleeper_operations }, .event = eventfd(0, EFD_CLOEXEC) };
	struct exporter *exporter = start((struct exporter_options){ 0 }, &sleeper.output);

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++) {
		struct metric_set *set = metric_set_new(resource, 1, 1);

		set->time = i;
		exporter_metrics(exporter, set);
	}
	/* What comes last is delivered even at the end, and no error of the spans'. */
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(sleeper.metrics, 1000);
	exporter_free(exporter);
	close(sleeper.event);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

/* Most outputs take none. */
static void test_metrics_nobody_takes(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations } };
	struct exporter *exporter = start((struct exporter_options){ 0 }, &probe.output);

	(void)state;
	exporter_metrics(exporter, metric_set_new(resource, 1, 1));
	assert_int_equal(exporter_stop(exporter), 0);
	exporter_free(exporter);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
}

static void test_none(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct output *output = output_none_new();
	struct exporter *exporter = start((struct exporter_options){ 0 }, output);

	(void)state;
	give(exporter, resource, 1000);
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(exporter_counts(exporter).exported, 1000);
	assert_int_equal(output_finish(output, NULL, 0), 0);
	exporter_free(exporter);
	output_free(output);
	resource_unref(resource);
	exporter_free(NULL);
	output_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_arrive_in_order),
		cmocka_unit_test(test_whole_batches),
		cmocka_unit_test(test_slow_output_loses_by_count),
		cmocka_unit_test(test_bound_in_bytes),
		cmocka_unit_test(test_errors_are_counted),
		cmocka_unit_test(test_blocked_pipe),
		cmocka_unit_test(test_pipe_gets_whole_lines),
		cmocka_unit_test(test_closed_pipe_is_an_error),
		cmocka_unit_test(test_output_that_waits_is_woken),
		cmocka_unit_test(test_metrics_newest_first),
		cmocka_unit_test(test_metrics_nobody_takes),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
