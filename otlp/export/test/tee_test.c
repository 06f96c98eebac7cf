// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "otlp/export/tee.h"
#include "otlp/test/sample.h"

#define SPANS 1300 /* more than are cloned at once */

static unsigned int clones_left = UINT32_MAX;

struct span *__real_span_clone(const struct span *span);
struct span *__wrap_span_clone(const struct span *span);

struct span *__wrap_span_clone(const struct span *span)
{
	return clones_left && clones_left-- ? __real_span_clone(span) : NULL;
}

static int calls; /* to tell the order */

struct probe {
	struct output output;
	int result;
	uint64_t received, next, value;
	int advanced, flushed, waited, woken, cancelled, finished, metrics, freed;
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
	return probe->result;
}

static int probe_advance(struct output *output, uint64_t now)
{
	(void)now;
	((struct probe *)output)->advanced = ++calls;
	return ((struct probe *)output)->result;
}

static int probe_flush(struct output *output)
{
	((struct probe *)output)->flushed = ++calls;
	return ((struct probe *)output)->result;
}

static int probe_metrics(struct output *output, struct metric_set *metrics, uint64_t now)
{
	(void)now;
	metric_set_free(metrics);
	((struct probe *)output)->metrics = ++calls;
	return 0;
}

static void probe_wait(struct output *output, uint64_t timeout)
{
	(void)timeout;
	((struct probe *)output)->waited = ++calls;
}

static void probe_wake(struct output *output)
{
	((struct probe *)output)->woken = ++calls;
}

static void probe_cancel(struct output *output)
{
	((struct probe *)output)->cancelled = ++calls;
}

static int probe_finish(struct output *output, const struct counter *losses, size_t count)
{
	(void)losses;
	(void)count;
	((struct probe *)output)->finished = ++calls;
	return ((struct probe *)output)->result;
}

static size_t probe_counters(const struct output *output, struct counter *ret_counters, size_t max)
{
	if (max)
		*ret_counters = (struct counter){ "probe", ((const struct probe *)output)->value };
	return max ? 1 : 0;
}

static void probe_free(struct output *output)
{
	((struct probe *)output)->freed++;
}

static const struct output_operations plain = {
	.spans = probe_spans,
	.advance = probe_advance,
	.flush = probe_flush,
	.cancel = probe_cancel,
	.finish = probe_finish,
	.counters = probe_counters,
	.free = probe_free,
};
static const struct output_operations waiting = {
	.spans = probe_spans,
	.advance = probe_advance,
	.flush = probe_flush,
	.metrics = probe_metrics,
	.wait = probe_wait,
	.wake = probe_wake,
	.cancel = probe_cancel,
	.counters = probe_counters,
	.free = probe_free,
};

#define PROBE(table, error)                          \
	{                                            \
		.output = { table }, .result = error \
	}

static struct output *tee_of(struct probe *probes, size_t count)
{
	struct output *outputs[TEE_MAX], *tee;

	for (size_t i = 0; i < count; i++)
		outputs[i] = &probes[i].output;
	assert_int_equal(output_tee_new(outputs, count, &tee), 0);
	return tee;
}

/* Returns what output_spans does. */
static int give(struct output *tee, size_t count)
{
	struct resource *resource = sample_resource("shop", 1);
	struct span *spans[SPANS];
	int result;

	for (size_t i = 0; i < count; i++) {
		struct span span = sample_http(resource, 1, 1);

		span.start = i;
		spans[i] = __real_span_clone(&span);
	}
	result = output_spans(tee, spans, count, 1);
	assert_int_equal(resource->references, 1);
	resource_unref(resource);
	return result;
}

static void test_all_get_every_span(void **state)
{
	struct probe probes[3] = { PROBE(&plain, 0), PROBE(&plain, 0), PROBE(&plain, 0) };
	struct output *tee = tee_of(probes, 3);

	(void)state;
	assert_int_equal(give(tee, SPANS), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(probes[i].received, SPANS);
		assert_false(probes[i].disordered);
	}
	assert_false(output_waits(tee));
	output_free(tee);
	for (int i = 0; i < 3; i++)
		assert_int_equal(probes[i].freed, 1);
}

static void test_out_of_memory(void **state)
{
	struct probe probes[2] = { PROBE(&plain, 0), PROBE(&plain, 0) };
	struct output *tee = tee_of(probes, 2);
	struct counter counters[3];

	(void)state;
	clones_left = 10;
	assert_int_equal(give(tee, 15), 0);
	clones_left = UINT32_MAX;
	assert_int_equal(probes[0].received, 10);
	assert_int_equal(probes[1].received, 15);
	probes[1].value = 7;
	assert_int_equal(output_counters(tee, counters, 3), 3);
	assert_string_equal(counters[1].name, "probe");
	assert_int_equal(counters[1].value, 7);
	assert_string_equal(counters[2].name, "tee_out_of_memory");
	assert_int_equal(counters[2].value, 5);
	assert_int_equal(output_counters(tee, counters, 1), 1);
	output_free(tee);
}

static void test_waits_on_the_one_that_waits(void **state)
{
	struct probe probes[2] = { PROBE(&waiting, 0), PROBE(&plain, 0) };
	struct output *tee = tee_of(probes, 2);

	(void)state;
	assert_true(output_waits(tee));
	output_wait(tee, 1);
	output_wake(tee);
	assert_true(probes[0].waited && probes[0].woken);
	/* It may use up the time: it comes last. */
	assert_int_equal(output_flush(tee), 0);
	assert_true(probes[1].flushed && probes[1].flushed < probes[0].flushed);
	assert_int_equal(output_advance(tee, 1), 0);
	output_cancel(tee);
	assert_int_equal(output_finish(tee, NULL, 0), 0);
	assert_true(probes[0].advanced && probes[1].advanced && probes[0].cancelled && probes[1].cancelled);
	assert_true(probes[1].finished);
	output_free(tee);
}

static void test_metrics_go_to_one(void **state)
{
	struct probe probes[2] = { PROBE(&plain, 0), PROBE(&waiting, 0) };
	struct output *tee = tee_of(probes, 2);
	struct resource *resource = sample_resource("shop", 1);

	(void)state;
	assert_int_equal(output_metrics(tee, metric_set_new(resource, 1, 1), 1), 0);
	assert_true(probes[1].metrics);
	output_free(tee);
	probes[1].output.operations = &plain;
	tee = tee_of(probes, 2);
	assert_int_equal(output_metrics(tee, metric_set_new(resource, 1, 1), 1), 0);
	assert_int_equal(resource->references, 1);
	output_free(tee);
	resource_unref(resource);
}

static void test_errors_stop_nobody(void **state)
{
	struct probe probes[3] = { PROBE(&plain, 0), PROBE(&plain, -EPIPE), PROBE(&plain, -EIO) };
	struct output *tee = tee_of(probes, 3);

	(void)state;
	assert_int_equal(give(tee, 10), -EPIPE);
	assert_int_equal(probes[2].received, 10);
	assert_int_equal(output_advance(tee, 1), -EPIPE);
	assert_int_equal(output_flush(tee), -EPIPE);
	assert_int_equal(output_finish(tee, NULL, 0), -EPIPE);
	assert_true(probes[2].advanced && probes[2].flushed && probes[2].finished);
	output_free(tee);
}

static void test_wrong_counts(void **state)
{
	struct probe probes[TEE_MAX + 1];
	struct output *outputs[TEE_MAX + 1], *tee;

	(void)state;
	for (int i = 0; i <= TEE_MAX; i++) {
		probes[i] = (struct probe)PROBE(i == 1 || i == 2 ? &waiting : &plain, 0);
		outputs[i] = &probes[i].output;
	}
	assert_int_equal(output_tee_new(outputs, 1, &tee), -EINVAL);
	assert_int_equal(probes[0].freed, 1);
	/* Two cannot be waited for at once. */
	assert_int_equal(output_tee_new(outputs, 3, &tee), -EINVAL);
	assert_int_equal(output_tee_new(outputs, TEE_MAX + 1, &tee), -EINVAL);
	assert_int_equal(probes[2].freed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_get_every_span),          cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_waits_on_the_one_that_waits), cmocka_unit_test(test_metrics_go_to_one),
		cmocka_unit_test(test_errors_stop_nobody),          cmocka_unit_test(test_wrong_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
