// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "otlp/console/histogram.h"

static void test_empty(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	assert_int_equal(histogram_percentile(&histogram, 500), 0);
	histogram_done(&histogram);
}

static void test_one_value_is_exact(void **state)
{
	static const uint64_t values[] = { 0, 1, 63, 64, 127, 128, 129, 123456789, UINT64_MAX - 1, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct histogram histogram = { 0 };

		assert_int_equal(histogram_add(&histogram, values[i]), 0);
		assert_true(histogram_percentile(&histogram, 1) == values[i]);
		assert_true(histogram_percentile(&histogram, 500) == values[i]);
		assert_true(histogram_percentile(&histogram, 1000) == values[i]);
		assert_true(histogram.max == values[i]);
		histogram_done(&histogram);
	}
}

static void test_small_values_are_exact(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	for (uint64_t value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	for (unsigned int percent = 1; percent <= 100; percent++)
		assert_int_equal(histogram_percentile(&histogram, percent * 10), percent);
	histogram_done(&histogram);
}

static int compare_values(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Against the sorted values, over nine powers of ten. */
static void test_within_one_percent(void **state)
{
	enum { COUNT = 50000 };
	static const unsigned int thousandths[] = { 1, 10, 250, 500, 900, 950, 990, 999 };
	struct histogram histogram = { 0 };
	uint64_t *values = calloc(COUNT, sizeof(*values)), random = 88172645463325252u;

	(void)state;
	assert_non_null(values);
	for (size_t i = 0; i < COUNT; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		values[i] = random >> (24 + random % 31);
		assert_int_equal(histogram_add(&histogram, values[i]), 0);
	}
	qsort(values, COUNT, sizeof(*values), compare_values);
	for (size_t i = 0; i < sizeof(thousandths) / sizeof(thousandths[0]); i++) {
		double exact = (double)values[COUNT * thousandths[i] / 1000 - 1];
		double found = (double)histogram_percentile(&histogram, thousandths[i]);

		assert_true(found >= exact * 0.99 && found <= exact * 1.01);
	}
	assert_true(histogram.max == values[COUNT - 1]);
	assert_true(histogram.min == values[0]);
	free(values);
	histogram_done(&histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value_is_exact),
		cmocka_unit_test(test_small_values_are_exact),
		cmocka_unit_test(test_within_one_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
