// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "otlp/metric.h"
#include "otlp/test/sample.h"

static void test_set_has_room(void **state)
{
	struct resource *resource = sample_resource("shop", 1);
	struct metric_set *set = metric_set_new(resource, 3, 3);
	struct metric *first, *second;

	(void)state;
	assert_non_null(set);
	assert_int_equal(resource->references, 2);
	first = metric_set_add(set, "a", METRIC_COUNTER, "1", "A", 2);
	assert_non_null(first);
	assert_null(metric_set_add(set, "b", METRIC_COUNTER, "1", "B", 2));
	assert_null(metric_set_add(set, "b", METRIC_COUNTER, "1", "B", SIZE_MAX));
	assert_int_equal(set->metric_count, 1);
	second = metric_set_add(set, "c", METRIC_GAUGE, "By", "C", 1);
	assert_non_null(second);
	assert_ptr_equal(second, &set->metrics[1]);
	assert_ptr_equal(second->points, first->points + 2);
	assert_int_equal(second->points[0].attribute_count, 0);
	assert_string_equal(second->name, "c");
	assert_string_equal(second->unit, "By");
	assert_string_equal(second->description, "C");
	assert_int_equal(second->kind, METRIC_GAUGE);
	metric_set_free(set);
	assert_int_equal(resource->references, 1);
	metric_set_free(NULL);
	set = metric_set_new(resource, 1, 10);
	assert_non_null(metric_set_add(set, "a", METRIC_COUNTER, "1", "A", 1));
	assert_null(metric_set_add(set, "b", METRIC_COUNTER, "1", "B", 1));
	metric_set_free(set);
	resource_unref(resource);
}

static void test_bounds_are_upper_inclusive(void **state)
{
	static const double bounds[] = { 0, 1, 10 };
	static const double values[] = { -1, 0, 0.5, 1, 1.0001, 10, 11, 1e300 };
	struct metric_histogram histogram = { .bounds = bounds, .bound_count = 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) - 1; i++)
		metric_histogram_record(&histogram, values[i]);
	assert_int_equal(histogram.buckets[0], 2);
	assert_int_equal(histogram.buckets[1], 2);
	assert_int_equal(histogram.buckets[2], 2);
	assert_int_equal(histogram.buckets[3], 1);
	assert_int_equal(histogram.count, 7);
	assert_true(histogram.sum > 22.5 && histogram.sum < 22.501);
	metric_histogram_record(&histogram, values[7]);
	assert_int_equal(histogram.buckets[3], 2);
}

static void test_most_bounds(void **state)
{
	double bounds[METRIC_BOUNDS_MAX];
	struct metric_histogram histogram = { .bounds = bounds, .bound_count = METRIC_BOUNDS_MAX };

	(void)state;
	for (size_t i = 0; i < METRIC_BOUNDS_MAX; i++)
		bounds[i] = (double)i;
	for (size_t i = 0; i <= METRIC_BOUNDS_MAX; i++)
		metric_histogram_record(&histogram, (double)i);
	for (size_t i = 0; i <= METRIC_BOUNDS_MAX; i++)
		assert_int_equal(histogram.buckets[i], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_has_room),
		cmocka_unit_test(test_bounds_are_upper_inclusive),
		cmocka_unit_test(test_most_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
