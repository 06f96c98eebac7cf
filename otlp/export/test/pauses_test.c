// SPDX-License-Identifier: Apache-2.0
/* Pauses in the exporter's work, and when its thread has leave to make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sched.h>
#include <semaphore.h>

#include "base/give_way.h"
#include "otlp/encode/batch.h"
#include "otlp/encode/encoder.h"
#include "otlp/export/exporter.h"
#include "otlp/test/sample.h"

#define BATCH 100
#define BATCHES_MAX 8
#define SPANS 512
#define MUCH 1000 /* µs of work */

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
	unsigned int yields[BATCHES_MAX], flush_yields;
	size_t batches;
};

static int probe_spans(struct output *output, struct span *const *spans, size_t count, uint64_t now)
{
	struct probe *probe = (struct probe *)output;
	unsigned int before = yields;

	(void)now;
	assert_true(probe->batches < BATCHES_MAX);
	give_way(MUCH);
	probe->yields[probe->batches++] = yields - before;
	for (size_t i = 0; i < count; i++)
		span_free(spans[i]);
	sem_post(&probe->came);
	sem_wait(&probe->may_go);
	return 0;
}

static int probe_flush(struct output *output)
{
	unsigned int before = yields;

	give_way(MUCH);
	((struct probe *)output)->flush_yields = yields - before;
	return 0;
}

static const struct output_operations probe_operations = { .spans = probe_spans, .flush = probe_flush };

static void give(struct exporter *exporter, struct resource *resource, uint64_t count)
{
	struct span span = sample_http(resource, 1, 1);

	while (count-- > 0)
		exporter_accept(exporter, &span);
}

/* Behind the second batch and the third there is more; and when all is to end, nobody is given time. */
static void test_who_is_behind_makes_none(void **state)
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
	assert_int_equal(probe.flush_yields, 0);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(probe.yields[i], expected[i]);
	exporter_free(exporter);
	resource_unref(resource);
}

/* However the spans are grouped. */
static void check_encoder(enum otlp_encoding encoding, size_t resources)
{
	struct span spans[SPANS], *pointers[SPANS];
	struct resource *resource[SPANS];
	struct encoder *encoder = encoder_new(encoding, "1");
	struct slice body;

	for (size_t i = 0; i < resources; i++)
		resource[i] = sample_resource("shop", 1);
	for (size_t i = 0; i < SPANS; i++) {
		spans[i] = sample_http(resource[i % resources], 1, 1);
		pointers[i] = &spans[i];
	}
	yields = 0;
	assert_int_equal(encoder_spans(encoder, pointers, SPANS, &body), 0);
	assert_in_range(yields, SPANS / 100, SPANS / 4);
	for (size_t i = 0; i < resources; i++)
		resource_unref(resource[i]);
	encoder_free(encoder);
}

static void test_encoders_make_some(void **state)
{
	(void)state;
	give_way_allow(true);
	check_encoder(OTLP_PROTOBUF, 1);
	check_encoder(OTLP_PROTOBUF, SPANS);
	check_encoder(OTLP_JSON, 1);
	check_encoder(OTLP_JSON, SPANS);
	give_way_allow(false);
}

static void test_gzip_makes_some(void **state)
{
	static const char body[1 << 20];
	struct batch *batch;

	(void)state;
	give_way_allow(true);
	yields = 0;
	batch = batch_new(OTLP_TRACES, OTLP_PROTOBUF, true, 1, slice_of(body, sizeof(body)));
	assert_non_null(batch);
	assert_in_range(yields, 10, 200);
	batch_free(batch);
	give_way_allow(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_behind_makes_none),
		cmocka_unit_test(test_encoders_make_some),
		cmocka_unit_test(test_gzip_makes_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
