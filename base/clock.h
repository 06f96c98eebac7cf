/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_BASE_CLOCK_H
#define WIRESPAN_BASE_CLOCK_H

#include <stdint.h>

#define NSEC_PER_SEC UINT64_C(1000000000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_USEC UINT64_C(1000)

/* Nanoseconds of CLOCK_MONOTONIC, CLOCK_REALTIME and CLOCK_BOOTTIME. */
uint64_t clock_monotonic(void);
uint64_t clock_wall(void);
uint64_t clock_boot(void);

/* The three clocks at one instant. */
struct clock_reading {
	uint64_t monotonic, wall, boot;
};

/* Apart by no more than a preemption that hits each of several attempts. */
struct clock_reading clock_read(void);

#endif
