/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What bench_hooks tells its kernel programs. */
#ifndef WIRESPAN_BENCHMARK_HOOKS_H
#define WIRESPAN_BENCHMARK_HOOKS_H

#include <linux/types.h>
#include <stdbool.h>

#define HOOKS_RECORD_MAX 16384 /* bytes; also the least that a record's scratch holds: a power of two */

struct hooks_config {
	__u32 record_size; /* bytes, >= sizeof(struct record_data) */
	bool copies;       /* the record holds the call's own bytes, time and thread */
};

#endif
