/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP's tokens, which names of fields and methods are: RFC 9110, 5.6.2. */
#ifndef WIRESPAN_BASE_TOKEN_H
#define WIRESPAN_BASE_TOKEN_H

#include "base/slice.h"

/* Whether a byte may stand in one ("tchar"). */
extern const bool token_bytes[256];

/* Not of an empty text. */
bool token_is_valid(struct slice text);

#endif
