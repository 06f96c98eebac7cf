/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of keys, by a secret. */
#ifndef WIRESPAN_BASE_HASH_H
#define WIRESPAN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * What is as long as a number mostly is one of the kernel's (cookies, process and thread ids), and looked up
 * several times for each record: one multiplication by a secret, folded, spreads it well enough.
 */
static inline uint32_t hash_number(const uint64_t seed[2], uint64_t number)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)(number ^ seed[0]) * (seed[1] | 1);
	uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);

	return (uint32_t)(folded ^ folded >> 32);
}

/* SipHash-1-3: other keys are texts from the network; whoever chooses them must not choose where they go. */
uint32_t hash_text(const uint64_t seed[2], const char *key, size_t size);

static inline uint32_t hash_key(const uint64_t seed[2], const void *key, size_t size)
{
	uint64_t number = 0;

	switch (size) {
	case sizeof(uint64_t):
		memcpy(&number, key, sizeof(uint64_t));
		return hash_number(seed, number);
	case sizeof(uint32_t):
		memcpy(&number, key, sizeof(uint32_t));
		return hash_number(seed, number);
	default:
		return hash_text(seed, key, size);
	}
}

#endif
