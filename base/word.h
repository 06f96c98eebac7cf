/* SPDX-License-Identifier: Apache-2.0 */
/* Eight bytes looked at as one number. */
#ifndef WIRESPAN_BASE_WORD_H
#define WIRESPAN_BASE_WORD_H

#include <stdint.h>

/* Each byte is `value`. */
#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

#endif
