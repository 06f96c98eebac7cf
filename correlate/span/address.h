/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of records as text. */
#ifndef WIRESPAN_CORRELATE_SPAN_ADDRESS_H
#define WIRESPAN_CORRELATE_SPAN_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#define ADDRESS_TEXT_MAX 46 /* INET6_ADDRSTRLEN */

/*
 * Writes an address as inet_ntop() does, without the NUL being part of it; `family` is an
 * enum record_family. Its length; 0 where the family has no addresses.
 */
size_t address_format(uint8_t family, const uint8_t address[16], char formatted[ADDRESS_TEXT_MAX]);

#endif
