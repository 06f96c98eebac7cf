/* SPDX-License-Identifier: Apache-2.0 */
/* A named count, as losses are shown to users. */
#ifndef WIRESPAN_OTLP_COUNTER_H
#define WIRESPAN_OTLP_COUNTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct counter {
	const char *name; /* static text */
	uint64_t value;
};

/*
 * Appends a line for each counter that is not zero ("losses:" above them), or
 * the one line "no losses". 0, -ENOSPC or -ENOMEM.
 */
int counters_format(struct buffer *buffer, const struct counter *counters, size_t count);

#endif
