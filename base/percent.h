/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRESPAN_BASE_PERCENT_H
#define WIRESPAN_BASE_PERCENT_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Decodes %XX into `out`, which has room for text.length bytes and may be
 * text.data itself. False where a % is not followed by two hexadecimal digits:
 * it then stands in the result as it is. *ret_length is always set.
 */
bool percent_decode(struct slice text, char *out, size_t *ret_length);

#endif
