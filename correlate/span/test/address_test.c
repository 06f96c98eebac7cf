// SPDX-License-Identifier: Apache-2.0
#include "correlate/span/address.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bpf/record.h"

static void check(uint8_t family, int af, const uint8_t address[16])
{
	char expected[INET6_ADDRSTRLEN], formatted[ADDRESS_TEXT_MAX];
	size_t length = address_format(family, address, formatted);

	assert_non_null(inet_ntop(af, address, expected, sizeof(expected)));
	assert_int_equal(length, strlen(expected));
	assert_memory_equal(formatted, expected, length);
}

/* Every number at every place. */
static void ipv4_is_as_inet_ntop_says(void **state)
{
	(void)state;
	for (unsigned int number = 0; number < 4 * 256; number++) {
		uint8_t address[16] = { 10, 0, 255, 9 };

		address[number / 256] = (uint8_t)number;
		check(RECORD_FAMILY_INET, AF_INET, address);
	}
}

static void ipv6_is_as_inet_ntop_says(void **state)
{
	static const uint8_t addresses[][16] = {
		{ 0 },
		{ [15] = 1 },
		{ 0x20, 0x01, 0x0d, 0xb8, [15] = 9 },
		{ 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		check(RECORD_FAMILY_INET6, AF_INET6, addresses[i]);
}

static void unix_sockets_have_none(void **state)
{
	char formatted[ADDRESS_TEXT_MAX];
	uint8_t address[16] = { 0 };

	(void)state;
	assert_int_equal(address_format(RECORD_FAMILY_UNIX, address, formatted), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_as_inet_ntop_says),
		cmocka_unit_test(ipv6_is_as_inet_ntop_says),
		cmocka_unit_test(unix_sockets_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
