/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of values in buckets that are less than 1 % wide, from nanoseconds to minutes. */
#ifndef WIRESPAN_BENCHMARK_HISTOGRAM_H
#define WIRESPAN_BENCHMARK_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_PRECISION 7  /* bits below the leading one: 1/128 */
#define HISTOGRAM_EXPONENTS 34 /* up to 2^41 ns, 36 minutes; what is longer counts as that */
#define HISTOGRAM_BUCKETS ((HISTOGRAM_EXPONENTS + 1) << HISTOGRAM_PRECISION)

struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t total;
	uint64_t max;
};

void histogram_add(struct histogram *histogram, uint64_t value);
/* The value that `share` (0 to 1) of the values do not exceed, to the bucket's middle; 0 where there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
