// SPDX-License-Identifier: Apache-2.0
#include "correlate/span/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "bpf/record.h"

_Static_assert(ADDRESS_TEXT_MAX >= INET6_ADDRSTRLEN, "every address fits");

/* By hand, as inet_ntop()'s printf() would take a sixth of the engine's time. */
static size_t format_ipv4(const uint8_t address[4], char *formatted)
{
	size_t length = 0;

	for (int i = 0; i < 4; i++) {
		if (i)
			formatted[length++] = '.';
		if (address[i] >= 100)
			formatted[length++] = (char)('0' + address[i] / 100);
		if (address[i] >= 10)
			formatted[length++] = (char)('0' + address[i] / 10 % 10);
		formatted[length++] = (char)('0' + address[i] % 10);
	}
	return length;
}

size_t address_format(uint8_t family, const uint8_t address[16], char formatted[ADDRESS_TEXT_MAX])
{
	if (family == RECORD_FAMILY_INET)
		return format_ipv4(address, formatted);
	if (family == RECORD_FAMILY_INET6 && inet_ntop(AF_INET6, address, formatted, ADDRESS_TEXT_MAX))
		return strlen(formatted);
	return 0;
}
