// SPDX-License-Identifier: Apache-2.0
/* How connections end, and what that says of the exchanges on them. */
#include <errno.h>

#include "correlate/connection/conversation.h"
#include "correlate/connection/table.h"
#include "correlate/engine_state.h"

/* Whether a direction was closed and all of it was read. */
static bool came_whole(const struct connection *connection, unsigned int which)
{
	const struct direction *direction = &connection->directions[which];
	uint64_t next = connection->stream.next[which];

	if (!direction->fin_at || connection->stream.held)
		return false;
	return direction->end ? !next || next >= direction->end : which == RECORD_SEND;
}

/* What came whole has ended; responses once all that was sent of their requests is known, too. */
static void check_ends(struct connection *connection)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct direction *direction = &connection->directions[i];

		if (direction->ended || !came_whole(connection, i))
			continue;
		if (direction == connection_responses(connection) &&
		    !stream_has_reached(&connection->stream, !i, connection->moved_to[!i]))
			continue;
		direction->ended = true;
		conversation_close(connection, i);
		if (direction != connection_responses(connection))
			continue;
		conversation_fail(connection, direction->fin_at > direction->last_time ? direction->fin_at :
											 direction->last_time);
	}
}

/* A send failed: once all that was sent is known, what is still open will not be answered. */
static void check_refusal(struct connection *connection)
{
	uint64_t refused_at = connection->refused_at;

	if (!refused_at || connection->request_direction != RECORD_RECEIVE ||
	    !stream_has_reached(&connection->stream, RECORD_SEND, connection->moved_to[RECORD_SEND]))
		return;
	connection->refused_at = 0;
	conversation_fail(connection, refused_at);
}

/* What is over is held still, and its owner may read of it, or works on what it has read. */
static bool lives_on(const struct connection *connection)
{
	bool serves = connection->request_direction == RECORD_RECEIVE;

	return connection->held && (connection_has_unread(connection) ||
				    (serves && !(list_empty(&connection->requests) && list_empty(&connection->ghosts))));
}

/* Of what is over, records may come late: of a request, too, on which its owner works then. */
static void end_soon(struct connection *connection)
{
	if (!connection->gone_at)
		return;
	if (lives_on(connection))
		list_remove(&connection->ending);
	else if (list_empty(&connection->ending))
		list_add(&connection->engine->ending, &connection->ending);
}

void connection_settle(struct connection *connection)
{
	check_ends(connection);
	check_refusal(connection);
	end_soon(connection);
}

static void note_fin(struct direction *direction, uint64_t end, uint64_t time)
{
	if (!direction->fin_at)
		direction->fin_at = time ? time : 1;
	if (end)
		direction->end = end;
}

static void note_moved(struct connection *connection, unsigned int direction, uint64_t position)
{
	if (position > connection->moved_to[direction])
		connection->moved_to[direction] = position;
}

/* Recordings made before HELD and LEFT were told say neither: a client that has yet to read its answer is believed to. */
static bool is_held(const struct connection *connection, unsigned int flags)
{
	const struct direction *answers = &connection->directions[RECORD_RECEIVE];

	if (flags & (RECORD_STATE_HELD | RECORD_STATE_LEFT))
		return !(flags & RECORD_STATE_LEFT);
	return connection->request_direction == RECORD_SEND && !connection->error && !connection->reset &&
	       (connection->stream.held || !list_empty(&connection->requests)) && answers->fin_at &&
	       connection_has_unread(connection);
}

void connection_state(struct connection *connection, const struct record_state *record)
{
	uint64_t time = record->header.time ? record->header.time : 1;
	unsigned int flags = record->header.flags;

	if (record->error)
		connection->error = record->error;
	note_moved(connection, RECORD_SEND, record->send_end);
	note_moved(connection, RECORD_RECEIVE, record->read_end);
	connection->reset |= flags & RECORD_STATE_RESET;
	if (flags & RECORD_STATE_PEER_CLOSED)
		note_fin(&connection->directions[RECORD_RECEIVE], record->receive_end, time);
	if (flags & RECORD_STATE_CLOSED)
		note_fin(&connection->directions[RECORD_SEND], record->send_end, time);
	if (flags & RECORD_STATE_REFUSED)
		connection->refused_at = time;
	/* Even where nothing is open: what comes late of it must not make it anew. */
	if (flags & RECORD_STATE_GONE && !connection->gone_at) {
		connection->gone_at = time;
		connection->arrived = record->receive_end;
		connection->held = is_held(connection, flags);
	}
	connection_settle(connection);
	if (flags & RECORD_STATE_LEFT)
		connection_end(connection, time);
}

/*
 * When what is open was given up. A server works on it until it closes, whatever has become of the client. A client
 * has given it up as the connection was over, or later, with its last look at what had arrived. Whoever closes before
 * that gives it up then, not when the peer has heard of it.
 */
static uint64_t given_up_at(const struct connection *connection, uint64_t time)
{
	uint64_t closed_at = connection->directions[RECORD_SEND].fin_at;
	uint64_t looked_at = connection->directions[RECORD_RECEIVE].last_time;
	bool resets = connection->reset && !connection->error;

	if (connection->request_direction != RECORD_SEND)
		return resets && connection->gone_at ? connection->gone_at : time;
	if (closed_at && closed_at < time && looked_at <= closed_at && !connection->held && !connection->reset &&
	    !connection->error)
		return closed_at;
	if (!connection->gone_at || connection_has_unread(connection))
		return time;
	return looked_at > connection->gone_at ? looked_at : connection->gone_at;
}

/* What a connection that ended in order leaves open of where its directions ended. */
static void close_in_order(struct connection *connection, uint64_t time)
{
	struct direction *ours = &connection->directions[RECORD_SEND];
	struct direction *theirs = &connection->directions[RECORD_RECEIVE];

	if (!connection->gone_at || connection->reset || connection->error)
		return;
	/* Where nobody knew what had arrived, it is what its owner has read. */
	if (theirs->fin_at && !theirs->end)
		theirs->end = connection->stream.next[RECORD_RECEIVE];
	/* It was closed by us, too, though its record was lost. */
	if (!ours->fin_at)
		note_fin(ours, 0, time);
	check_ends(connection);
}

void connection_end(struct connection *connection, uint64_t time)
{
	connection_flush(connection);
	connection_reach(connection);
	close_in_order(connection, time);
	conversation_fail(connection, given_up_at(connection, time));
	connection_free(connection);
}
