/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that are older than the agent, but on which nothing was under way when it came, for all that their
 * sockets said: the queues were empty, and what had moved last was an answer. Their next request has most
 * likely nothing before it (claim.h).
 */
#ifndef WIRESPAN_CORRELATE_CONNECTION_QUIET_H
#define WIRESPAN_CORRELATE_CONNECTION_QUIET_H

#include "base/hashmap.h"
#include "bpf/record.h"

struct quiet {
	struct hashmap *connections; /* by cookie */
};

/* 0 or -ENOMEM. */
int quiet_init(struct quiet *quiet, size_t max_connections);
void quiet_done(struct quiet *quiet);
/* Remembers it where it was quiet; where there is no room, it is as if it had not been. */
void quiet_note(struct quiet *quiet, const struct record_socket *record);
/* Whether the first record of such a connection moved in the direction of requests, and began later. Forgets it. */
bool quiet_until(struct quiet *quiet, const struct record_data *record);

#endif
