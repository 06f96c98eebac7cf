// SPDX-License-Identifier: Apache-2.0
#include "correlate/link/ids.h"

#include <string.h>

static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static uint64_t draw(struct ids *ids)
{
	uint64_t *s = ids->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result ? result : 1;
}

void ids_init(struct ids *ids, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		ids->state[i] = split_mix(&seed);
}

void ids_draw_trace(struct ids *ids, uint8_t ret_id[16])
{
	uint64_t words[2] = { draw(ids), draw(ids) };

	memcpy(ret_id, words, sizeof(words));
}

void ids_draw_span(struct ids *ids, uint8_t ret_id[8])
{
	uint64_t word = draw(ids);

	memcpy(ret_id, &word, sizeof(word));
}
