// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/in_order/pipeliners.h"

#include <string.h>

static uint32_t slot_of(const struct connection *connection)
{
	const struct record_connection *endpoints = &connection->endpoints;
	uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t words[2];

	memcpy(words, endpoints->remote_address, sizeof(words));
	if (connection->request_direction == RECORD_SEND)
		words[0] = words[1] = connection->owner;
	hash = (hash ^ words[0]) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 31 ^ words[1]) * UINT64_C(0x94d049bb133111eb);
	hash = (hash ^ hash >> 31 ^ connection->request_direction) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(hash >> 32) % PIPELINERS_BITS;
}

void pipeliners_note(struct pipeliners *pipeliners, const struct connection *connection)
{
	uint32_t slot = slot_of(connection);

	pipeliners->words[slot / 64] |= UINT64_C(1) << slot % 64;
}

bool pipeliners_contain(const struct pipeliners *pipeliners, const struct connection *connection)
{
	uint32_t slot = slot_of(connection);

	return pipeliners->words[slot / 64] >> slot % 64 & 1;
}
