// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/test/guard.h"
#include "correlate/connection/proxy_protocol.h"

#define BYTES(text) { (text), sizeof(text) - 1 }
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define LINE_OF_107 \
	"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"

static const struct {
	struct slice input;
	enum proxy_protocol_result result;
	size_t consumed; /* in total, but for ABSENT */
} cases[] = {
	{ BYTES("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET / HTTP/1.1\r\n"), PROXY_PROTOCOL_DONE, 45 },
	{ BYTES("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\nG"), PROXY_PROTOCOL_DONE, 40 },
	{ BYTES("PROXY UNKNOWN\r\nGET"), PROXY_PROTOCOL_DONE, 15 },
	{ BYTES("PROXY UNKNOWN whatever\nGET"), PROXY_PROTOCOL_DONE, 23 },
	{ BYTES(LINE_OF_107 "GET"), PROXY_PROTOCOL_DONE, 107 },
	{ BYTES("PROXY UNKNOWN x" LINE_OF_107), PROXY_PROTOCOL_ERROR, 107 },
	{ BYTES("PROXY TCP4 1.2.3.4"), PROXY_PROTOCOL_MORE, 18 },
	{ BYTES("PROXY"), PROXY_PROTOCOL_MORE, 5 },
	{ BYTES(""), PROXY_PROTOCOL_MORE, 0 },
	{ BYTES("GET / HTTP/1.1\r\n"), PROXY_PROTOCOL_ABSENT, 0 },
	{ BYTES("PROXY / HTTP/1.1\r\n"), PROXY_PROTOCOL_ABSENT, 0 },
	{ BYTES("PROXY TCP5 "), PROXY_PROTOCOL_ABSENT, 0 },
	{ BYTES("PUT / HTTP/1.1\r\n"), PROXY_PROTOCOL_ABSENT, 0 },
	{ BYTES("\r\n\r\nGET / HTTP/1.1\r\n"), PROXY_PROTOCOL_ABSENT, 0 },
	{ BYTES(SIGNATURE "\x21\x11\0\x0c" "aaaabbbbccddGET"), PROXY_PROTOCOL_DONE, 28 },
	{ BYTES(SIGNATURE "\x20\0\0\0GET"), PROXY_PROTOCOL_DONE, 16 },
	{ BYTES(SIGNATURE "\x21\x11\x01\0aaaa"), PROXY_PROTOCOL_MORE, 20 },
	{ BYTES(SIGNATURE "\x31\x11\0\x0c"), PROXY_PROTOCOL_ERROR, 13 },
	{ BYTES(SIGNATURE "\x22\x11\0\x0c"), PROXY_PROTOCOL_ERROR, 13 },
};

/* Feeds `input` in pieces that end at `cut` (0: every byte is one); views end at a guard page. */
static enum proxy_protocol_result feed(struct proxy_protocol *proxy, struct slice input, size_t cut,
				       size_t *ret_consumed)
{
	enum proxy_protocol_result result = PROXY_PROTOCOL_MORE;
	size_t from = 0;

	*ret_consumed = 0;
	while (from < input.length && result == PROXY_PROTOCOL_MORE) {
		size_t length = cut == 0 ? 1 : from < cut ? cut : input.length - from, consumed;
		struct slice piece = slice_head(slice_from(input, from), length);
		char *copy = guard_copy(piece.data, piece.length);

		result = proxy_protocol_feed(proxy, slice_of(copy, piece.length), &consumed);
		if (result == PROXY_PROTOCOL_ABSENT)
			assert_int_equal(consumed, 0);
		guard_free(copy, piece.length);
		if (result == PROXY_PROTOCOL_ABSENT) {
			struct slice taken = proxy_protocol_taken(proxy);

			assert_true(slice_equal(taken, slice_head(input, from)));
		}
		*ret_consumed += consumed;
		from += consumed;
	}
	return result;
}

static void prefix_is_told_whole_and_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t cut = 0; cut <= cases[i].input.length; cut++) {
			struct proxy_protocol proxy = { 0 };
			size_t consumed;

			assert_int_equal(feed(&proxy, cases[i].input, cut, &consumed), cases[i].result);
			if (cases[i].result != PROXY_PROTOCOL_ABSENT)
				assert_int_equal(consumed, cases[i].consumed);
		}
	}
}

static void only_addresses_of_version_2_may_be_unknown(void **state)
{
	static const struct slice version_1 = BYTES("PROXY TCP4 192"), version_2 = BYTES(SIGNATURE "\x21\x11\0\x0c");
	struct proxy_protocol proxy = { 0 };
	size_t consumed;

	(void)state;
	assert_int_equal(proxy_protocol_skip(&proxy, 1), PROXY_PROTOCOL_ERROR);
	feed(&proxy, version_1, version_1.length, &consumed);
	assert_int_equal(proxy_protocol_skip(&proxy, 1), PROXY_PROTOCOL_ERROR);
	proxy = (struct proxy_protocol){ 0 };
	feed(&proxy, version_2, version_2.length, &consumed);
	assert_int_equal(proxy_protocol_skip(&proxy, 13), PROXY_PROTOCOL_ERROR);
	assert_int_equal(proxy_protocol_skip(&proxy, 5), PROXY_PROTOCOL_MORE);
	assert_int_equal(proxy_protocol_skip(&proxy, 7), PROXY_PROTOCOL_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefix_is_told_whole_and_in_pieces),
		cmocka_unit_test(only_addresses_of_version_2_may_be_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
