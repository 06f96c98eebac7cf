// SPDX-License-Identifier: Apache-2.0
#include "test-env/benchmark/load/histogram.h"

#include <stddef.h>

#define SUBBUCKETS (UINT64_C(1) << HISTOGRAM_PRECISION)

/* Values below 2 * SUBBUCKETS have buckets of their own; each further power of two has SUBBUCKETS. */
static size_t bucket_of(uint64_t value)
{
	unsigned int exponent;

	if (value < 2 * SUBBUCKETS)
		return value;
	exponent = 63 - __builtin_clzll(value) - HISTOGRAM_PRECISION;
	if (exponent >= HISTOGRAM_EXPONENTS)
		return HISTOGRAM_BUCKETS - 1;
	return exponent * SUBBUCKETS + (value >> exponent);
}

static uint64_t bucket_middle(size_t bucket)
{
	unsigned int exponent = bucket < 2 * SUBBUCKETS ? 0 : bucket / SUBBUCKETS - 1;
	uint64_t low = (bucket - exponent * SUBBUCKETS) << exponent;

	return low + ((UINT64_C(1) << exponent) >> 1);
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
	histogram->counts[bucket_of(value)]++;
	histogram->total++;
	if (value > histogram->max)
		histogram->max = value;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
	uint64_t wanted = (uint64_t)(share * (double)histogram->total), seen = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->counts[i];
		if (seen > wanted || (seen && seen == histogram->total))
			return bucket_middle(i);
	}
	return 0;
}
