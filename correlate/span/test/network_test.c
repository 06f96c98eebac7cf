// SPDX-License-Identifier: Apache-2.0
#include "correlate/span/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"

#define ROOM 128

struct fixture {
	struct span span;
	struct text text;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	static const char zeros[ROOM];

	memset(&fixture, 0, sizeof(fixture));
	fixture.text = (struct text){ .data = guard_copy(zeros, ROOM), .size = ROOM };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	guard_free(fixture->text.data, ROOM);
	return 0;
}

static void check_text(const struct span *span, const char *key, const char *expected)
{
	const struct attribute *attribute = span_attribute(span, key);

	if (!expected) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_true(slice_equal(attribute->string, slice_of_string(expected)));
}

static void check_number(const struct span *span, const char *key, int64_t expected)
{
	const struct attribute *attribute = span_attribute(span, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->integer, expected);
}

static void both_ends_are_told(void **state)
{
	struct fixture *fixture = *state;
	const struct record_connection connection = {
		.family = RECORD_FAMILY_INET,
		.local_port = 40000,
		.remote_port = 6379,
		.local_address = { 10, 0, 0, 1 },
		.remote_address = { 10, 0, 0, 2 },
	};
	struct slice peer = network_add(&fixture->span, &fixture->text, &connection, SLICE_LITERAL("3"));

	assert_true(slice_equal(peer, SLICE_LITERAL("10.0.0.2")));
	check_text(&fixture->span, "network.transport", "tcp");
	check_text(&fixture->span, "network.protocol.version", "3");
	check_text(&fixture->span, "network.type", "ipv4");
	check_text(&fixture->span, "network.peer.address", "10.0.0.2");
	check_number(&fixture->span, "network.peer.port", 6379);
	check_text(&fixture->span, "network.local.address", "10.0.0.1");
	check_number(&fixture->span, "network.local.port", 40000);
}

static void ipv6_is_told(void **state)
{
	struct fixture *fixture = *state;
	const struct record_connection connection = { .family = RECORD_FAMILY_INET6, .remote_address = { [15] = 1 } };

	network_add(&fixture->span, &fixture->text, &connection, slice_of(NULL, 0));
	check_text(&fixture->span, "network.type", "ipv6");
	check_text(&fixture->span, "network.peer.address", "::1");
	check_text(&fixture->span, "network.protocol.version", NULL);
}

static void unix_sockets_have_no_addresses(void **state)
{
	struct fixture *fixture = *state;
	const struct record_connection connection = { .family = RECORD_FAMILY_UNIX };

	assert_int_equal(network_add(&fixture->span, &fixture->text, &connection, SLICE_LITERAL("1.1")).length, 0);
	check_text(&fixture->span, "network.transport", "unix");
	check_text(&fixture->span, "network.protocol.version", "1.1");
	assert_int_equal(fixture->span.attribute_count, 2);
}

static void check_place(struct text *text, const char *host, uint16_t port, const char *expected)
{
	text_begin(text);
	network_append_place(text, slice_of_string(host), port);
	assert_true(slice_equal(text_end(text), slice_of_string(expected)));
}

static void places_have_ports(void **state)
{
	struct fixture *fixture = *state;

	check_place(&fixture->text, "db.example.com", 5432, "db.example.com:5432");
	check_place(&fixture->text, "::1", 65535, "[::1]:65535");
	check_place(&fixture->text, "10.0.0.2", 0, "10.0.0.2:0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_ends_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ipv6_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places_have_ports, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unix_sockets_have_no_addresses, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
