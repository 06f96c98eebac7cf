// SPDX-License-Identifier: Apache-2.0
/* Who pauses at work: the exporter while little waits behind its batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sched.h>
#include <semaphore.h>

#include "otlp/exporter.h"
#include "otlp/give_way.h"
#include "otlp/test/sample.h"

#define BATCH 100
#define BATCHES_MAX 8

static _Thread_local unsigned int yields;

/* In libc's place. */
int sched_yield(void)
{
	yields++;
	return 0;
}

struct probe {
	struct output output;
	sem_t came, may_go;
	unsigned int yields[BATCHES_MAX];
	size_t batches;
};

static int probe_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct probe *probe = (struct probe *)output;
	unsigned int before = yields;

	(void)now;
	assert_true(probe->batches < BATCHES_MAX);
	give_way();
	probe->yields[probe->batches++] = yields - before;
	for (size_t i = 0; i < count; i++)
		span_free(spans[i]);
	sem_post(&probe->came);
	sem_wait(&probe->may_go);
	return 0;
}

static int probe_flush(struct output *output)
{
	(void)output;
	return 0;
}

static const struct output_operations probe_operations = { .spans = probe_spans, .flush = probe_flush };

static void give(struct exporter *exporter, struct resource *resource, uint64_t count)
{
	struct span span = sample_http(resource, 1, 1);

	while (count-- > 0)
		exporter_accept(exporter, &span);
}

static void test_not_without_leave(void **state)
{
	unsigned int before = yields;

	(void)state;
	give_way();
	assert_int_equal(yields, before);
	give_way_allow(true);
	give_way();
	assert_int_equal(yields, before + 1);
	give_way_allow(false);
	give_way();
	assert_int_equal(yields, before + 1);
}

/* Behind the second batch and the third there is more. */
static void test_exporter_behind_makes_none(void **state)
{
	static const unsigned int expected[] = { 1, 0, 0, 1 };
	struct resource *resource = sample_resource("shop", 1);
	struct probe probe = { .output = { &probe_operations } };
	const struct exporter_options options = { .batch_spans = BATCH };
	struct exporter *exporter;

	(void)state;
	sem_init(&probe.came, 0, 0);
	sem_init(&probe.may_go, 0, 0);
	assert_int_equal(exporter_start(&options, &probe.output, &exporter), 0);
	give(exporter, resource, 1);
	sem_wait(&probe.came);
	give(exporter, resource, 3 * BATCH);
	for (int i = 0; i < 3; i++) {
		sem_post(&probe.may_go);
		sem_wait(&probe.came);
	}
	sem_post(&probe.may_go);
	assert_int_equal(exporter_stop(exporter), 0);
	assert_int_equal(probe.batches, 4);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(probe.yields[i], expected[i]);
	exporter_free(exporter);
	resource_unref(resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_without_leave),
		cmocka_unit_test(test_exporter_behind_makes_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
