/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations that fail when told to. What links test_fault has malloc, calloc,
 * realloc and arena_allocate wrapped (in its own objects, not in shared libraries).
 */
#ifndef WIRESPAN_OTLP_ENCODE_TEST_FAULT_H
#define WIRESPAN_OTLP_ENCODE_TEST_FAULT_H

#include <stddef.h>

/* From now on allocations count, and of them the `failing`-th (from 1; 0: none) returns NULL. */
void fault_begin(size_t failing);
/* None fails any more. Returns how many there were. */
size_t fault_end(void);
/* Makes cJSON's allocations count, too. */
void fault_take_cjson(void);

#endif
