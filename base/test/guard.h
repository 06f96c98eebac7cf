/* SPDX-License-Identifier: Apache-2.0 */
/* Test buffers that end where the memory ends: reading one byte too far is a fault, not luck. */
#ifndef WIRESPAN_BASE_TEST_GUARD_H
#define WIRESPAN_BASE_TEST_GUARD_H

#include <stddef.h>

/*
 * A copy of `length` bytes whose end touches an inaccessible page. `data` may
 * be NULL when length is 0. Never NULL: a test without memory aborts.
 */
char *guard_copy(const void *data, size_t length);
/* `length` as given to guard_copy(). Accepts NULL. */
void guard_free(char *copy, size_t length);

#endif
