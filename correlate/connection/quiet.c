// SPDX-License-Identifier: Apache-2.0
#include "correlate/connection/quiet.h"

#include <errno.h>
#include <stdlib.h>

struct quiet_connection {
	uint64_t time; /* when it was seen to be quiet */
	uint8_t role;
};

int quiet_init(struct quiet *quiet, size_t max_connections)
{
	quiet->connections = hashmap_new(max_connections);
	return quiet->connections ? 0 : -ENOMEM;
}

void quiet_done(struct quiet *quiet)
{
	hashmap_free(quiet->connections, free);
}

void quiet_note(struct quiet *quiet, const struct record_socket *record)
{
	static const uint16_t answered[] = {
		[RECORD_ROLE_CLIENT] = RECORD_SOCKET_QUIET_RECEIVED,
		[RECORD_ROLE_SERVER] = RECORD_SOCKET_QUIET_SENT,
	};
	const uint16_t both = RECORD_SOCKET_QUIET_SENT | RECORD_SOCKET_QUIET_RECEIVED;
	uint64_t cookie = record->connection.cookie;
	struct quiet_connection *connection;

	/* Both: a recording by an agent that took no pains to tell. */
	if ((record->header.flags & both) == both || !(record->header.flags & answered[record->connection.role]) ||
	    hashmap_get(quiet->connections, &cookie, sizeof(cookie)))
		return;
	connection = malloc(sizeof(*connection));
	if (!connection)
		return;
	*connection = (struct quiet_connection){ record->header.time, record->connection.role };
	if (hashmap_put(quiet->connections, &cookie, sizeof(cookie), connection) < 0)
		free(connection);
}

bool quiet_until(struct quiet *quiet, const struct record_data *record)
{
	uint64_t cookie = record->connection.cookie;
	struct quiet_connection *connection = hashmap_remove(quiet->connections, &cookie, sizeof(cookie));
	uint8_t requests;
	bool since;

	if (!connection)
		return false;
	requests = connection->role == RECORD_ROLE_SERVER ? RECORD_RECEIVE : RECORD_SEND;
	since = record->begin > connection->time && record->header.time > connection->time;
	free(connection);
	/* A turn was seen since: something else has moved. */
	return since && record->direction == requests && !(record->header.flags & RECORD_DATA_TURN);
}
