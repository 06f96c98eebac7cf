// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/sha1.h"

static void expect_sha1(struct slice first, struct slice second, const char *expected)
{
	uint8_t digest[SHA1_SIZE];
	char text[2 * SHA1_SIZE + 1];

	sha1(first, second, digest);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/* RFC 3174's, and the lengths around a block's end. */
static void digests(void **state)
{
	static const struct {
		size_t length;
		const char *digest;
	} lengths[] = {
		{ 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a" },  { 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699" },
		{ 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5" },  { 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d" },
		{ 119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56" },
	};
	char text[128];

	(void)state;
	expect_sha1(slice_of(NULL, 0), slice_of(NULL, 0), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	expect_sha1(SLICE_LITERAL("abc"), slice_of(NULL, 0), "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect_sha1(SLICE_LITERAL("a"), SLICE_LITERAL("bc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect_sha1(SLICE_LITERAL("abcdbcdecdefdefgefghfghighijhi"), SLICE_LITERAL("jkijkljklmklmnlmnomnopnopq"),
		    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		expect_sha1(slice_of(text, lengths[i].length), slice_of(NULL, 0), lengths[i].digest);
}

/* RFC 9562, appendix A. */
static void names(void **state)
{
	static const uint8_t dns[UUID_SIZE] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
						0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	char text[UUID_TEXT_MAX];
	struct slice uuid = uuid_of_name(dns, SLICE_LITERAL("www.example.com"), text);

	(void)state;
	assert_int_equal(uuid.length, UUID_TEXT_MAX - 1);
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	uuid_format((const uint8_t[UUID_SIZE]){ [6] = 0xff, [8] = 0xff }, 4, text);
	assert_string_equal(text, "00000000-0000-4f00-bf00-000000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(digests), cmocka_unit_test(names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
