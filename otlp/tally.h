/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that one thread writes and any other may read. */
#ifndef WIRESPAN_OTLP_TALLY_H
#define WIRESPAN_OTLP_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

typedef atomic_uint_fast64_t tally;

static inline uint64_t tally_read(const tally *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static inline void tally_set(tally *number, uint64_t value)
{
	atomic_store_explicit(number, value, memory_order_relaxed);
}

/* There is one writer: no locked instruction is needed. */
static inline void tally_add(tally *number, uint64_t amount)
{
	tally_set(number, tally_read(number) + amount);
}

#endif
