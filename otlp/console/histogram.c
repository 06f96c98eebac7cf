// SPDX-License-Identifier: Apache-2.0
#include "otlp/console/histogram.h"

#include <errno.h>
#include <stdlib.h>

void histogram_done(struct histogram *histogram)
{
	for (unsigned int row = 0; row < HISTOGRAM_ROWS; row++)
		free(histogram->rows[row]);
	*histogram = (struct histogram){ 0 };
}

static unsigned int row_of(uint64_t value)
{
	if (value < HISTOGRAM_SUB_BUCKETS)
		return 0;
	return 64 - (unsigned int)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
}

/* Low bits that the buckets of a row do not tell. */
static unsigned int shift_of(unsigned int row)
{
	return row ? row - 1 : 0;
}

int histogram_add(struct histogram *histogram, uint64_t value)
{
	unsigned int row = row_of(value);

	if (!histogram->rows[row]) {
		histogram->rows[row] = calloc(HISTOGRAM_SUB_BUCKETS, sizeof(uint64_t));
		if (!histogram->rows[row])
			return -ENOMEM;
	}
	histogram->rows[row][value >> shift_of(row) & (HISTOGRAM_SUB_BUCKETS - 1)]++;
	if (!histogram->count || value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	histogram->count++;
	return 0;
}

static uint64_t bucket_middle(const struct histogram *histogram, unsigned int row, unsigned int bucket)
{
	uint64_t first = row ? HISTOGRAM_SUB_BUCKETS : 0, value;

	value = ((first + bucket) << shift_of(row)) + ((UINT64_C(1) << shift_of(row)) - 1) / 2;
	if (value < histogram->min)
		return histogram->min;
	return value > histogram->max ? histogram->max : value;
}

uint64_t histogram_percentile(const struct histogram *histogram, unsigned int thousandths)
{
	uint64_t rank = histogram->count / 1000 * thousandths + (histogram->count % 1000 * thousandths + 999) / 1000;
	uint64_t passed = 0;

	for (unsigned int row = 0; row < HISTOGRAM_ROWS && histogram->count; row++) {
		for (unsigned int bucket = 0; histogram->rows[row] && bucket < HISTOGRAM_SUB_BUCKETS; bucket++) {
			passed += histogram->rows[row][bucket];
			if (passed >= rank && histogram->rows[row][bucket])
				return bucket_middle(histogram, row, bucket);
		}
	}
	return histogram->max;
}
