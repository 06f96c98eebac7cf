/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs (RFC 9562). */
#ifndef WIRESPAN_BASE_UUID_H
#define WIRESPAN_BASE_UUID_H

#include "base/slice.h"

#define UUID_SIZE 16
#define UUID_TEXT_MAX 37 /* with the NUL that ends it */

/* Of that version; `bytes` are random, or a digest. The result lies in `text`. */
struct slice uuid_format(const uint8_t bytes[UUID_SIZE], unsigned int version, char text[UUID_TEXT_MAX]);

/* The same for the same name in the same namespace (version 5). */
struct slice uuid_of_name(const uint8_t namespace[UUID_SIZE], struct slice name, char text[UUID_TEXT_MAX]);

#endif
