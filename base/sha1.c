// SPDX-License-Identifier: Apache-2.0
#include "base/sha1.h"

#define BLOCK_SIZE 64

struct sha1_state {
	uint32_t hash[5];
	uint64_t length; /* bytes so far */
	uint8_t block[BLOCK_SIZE];
};

static uint32_t rotate(uint32_t value, unsigned int bits)
{
	return value << bits | value >> (32 - bits);
}

static void store_big_endian(uint8_t *target, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		target[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

static void schedule_words(const uint8_t block[BLOCK_SIZE], uint32_t words[80])
{
	for (size_t i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < 80; i++)
		words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
}

static uint32_t mix(size_t round, uint32_t b, uint32_t c, uint32_t d)
{
	static const uint32_t constants[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	const uint32_t functions[] = { (b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d };

	return functions[round / 20] + constants[round / 20];
}

static void add_block(struct sha1_state *state)
{
	uint32_t a = state->hash[0], b = state->hash[1], c = state->hash[2], d = state->hash[3], e = state->hash[4];
	uint32_t words[80];

	schedule_words(state->block, words);
	for (size_t i = 0; i < 80; i++) {
		uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + words[i];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	state->hash[0] += a;
	state->hash[1] += b;
	state->hash[2] += c;
	state->hash[3] += d;
	state->hash[4] += e;
}

static void add_byte(struct sha1_state *state, uint8_t byte)
{
	state->block[state->length++ % BLOCK_SIZE] = byte;
	if (state->length % BLOCK_SIZE == 0)
		add_block(state);
}

static void add_bytes(struct sha1_state *state, struct slice bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		add_byte(state, (uint8_t)bytes.data[i]);
}

void sha1(struct slice first, struct slice second, uint8_t ret_digest[SHA1_SIZE])
{
	struct sha1_state state = { .hash = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
	uint8_t bits[8];

	add_bytes(&state, first);
	add_bytes(&state, second);
	store_big_endian(bits, state.length * 8, sizeof(bits));
	add_byte(&state, 0x80);
	while (state.length % BLOCK_SIZE != BLOCK_SIZE - sizeof(bits))
		add_byte(&state, 0);
	add_bytes(&state, slice_of(bits, sizeof(bits)));
	for (size_t i = 0; i < 5; i++)
		store_big_endian(ret_digest + 4 * i, state.hash[i], 4);
}
