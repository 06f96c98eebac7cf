/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 (RFC 3174), for names by UUID; it protects nothing. */
#ifndef WIRESPAN_BASE_SHA1_H
#define WIRESPAN_BASE_SHA1_H

#include "base/slice.h"

#define SHA1_SIZE 20

/* Of `first` and `second`, one behind the other. */
void sha1(struct slice first, struct slice second, uint8_t ret_digest[SHA1_SIZE]);

#endif
