// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/traffic.h"

static const char *const names[] = {
	[0] = "other",          [RECORD_DATA] = "data", [RECORD_STATE] = "state",   [RECORD_PROCESS] = "process",
	[RECORD_FORK] = "fork", [RECORD_EXIT] = "exit", [RECORD_SOCKET] = "socket", [RECORD_CLOCK] = "clock",
	[RECORD_IGNORED] = "ignored",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == TRAFFIC_KINDS, "every kind has a name");

const char *traffic_kind_name(size_t kind)
{
	return names[kind];
}

uint64_t traffic_total(const struct traffic *traffic)
{
	uint64_t total = 0;

	for (size_t i = 0; i < TRAFFIC_KINDS; i++)
		total += traffic->records[i];
	return total;
}
