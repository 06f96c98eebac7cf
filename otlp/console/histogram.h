/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log-linear histogram of 64-bit values: every power of two is split into 64
 * equal buckets, and a bucket is told by its middle, so that a percentile is
 * off by less than 0.8 %. Values below 128 are exact.
 */
#ifndef WIRESPAN_OTLP_CONSOLE_HISTOGRAM_H
#define WIRESPAN_OTLP_CONSOLE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_SUB_BUCKETS (1 << HISTOGRAM_SUB_BITS)
/* Row 0 holds 0..63; row n >= 1 holds [2^(n + 5), 2^(n + 6)). Most endpoints touch few rows. */
#define HISTOGRAM_ROWS (64 - HISTOGRAM_SUB_BITS + 1)

/* Set all to zero before the first use. */
struct histogram {
	uint64_t count;
	uint64_t min;
	uint64_t max;
	uint64_t *rows[HISTOGRAM_ROWS];
};

void histogram_done(struct histogram *histogram);
/* 0 or -ENOMEM: the value is then not counted. */
int histogram_add(struct histogram *histogram, uint64_t value);
/* The value of rank ceil(count * thousandths / 1000), 500 for the median; 0 when empty. */
uint64_t histogram_percentile(const struct histogram *histogram, unsigned int thousandths);

#endif
