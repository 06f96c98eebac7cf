// SPDX-License-Identifier: Apache-2.0
#include "correlate/protocol/http1/conversation.h"

#include "correlate/engine_state.h"
#include "correlate/exchange/life.h"
#include "correlate/protocol/http1/claim.h"
#include "correlate/protocol/http1/messages.h"
#include "correlate/record/view.h"

static bool is_request(const struct connection *connection, unsigned int direction)
{
	return connection->request_direction == direction;
}

/* Whether these bytes are a whole start line, and so prove a head where one may begin. */
static bool proves_head(enum http_message message, struct slice bytes)
{
	if (message == HTTP_REQUEST)
		return http1_begins_request(bytes);
	return bytes.length && bytes.data[0] != '\r' && bytes.data[0] != '\n' &&
	       slice_find(bytes, '\n') < bytes.length && http1_may_begin(message, bytes);
}

/*
 * First bytes of their direction since the other one moved. On a connection
 * older than the agent the flag says that this was seen, not presumed.
 */
static bool has_turned(const struct connection *connection, const struct record_data *record)
{
	const struct direction *direction = &connection->directions[record->direction];
	bool moved = direction->began && !direction->gapped && direction->other_position &&
		     record->other_position > direction->other_position;

	return moved || (record->header.flags & RECORD_DATA_TURN);
}

/* Who speaks as what: the bytes say it, the role only where they do not. */
static void settle_role(struct connection *connection, const struct record_data *record)
{
	struct slice bytes = record_first_bytes(record);
	uint8_t before = connection->request_direction;

	if (connection->role_proven)
		return;
	if (slice_starts_with(bytes, SLICE_LITERAL("HTTP/1.")))
		connection->request_direction = !record->direction;
	else if (proves_head(HTTP_REQUEST, bytes))
		connection->request_direction = record->direction;
	else if (before == REQUEST_DIRECTION_UNKNOWN && (record->header.flags & RECORD_DATA_BEGIN))
		connection->request_direction = record->direction;
	if (before != connection->request_direction && before != REQUEST_DIRECTION_UNKNOWN)
		messages_forget(connection);
}

/*
 * Requests may have been under way since before the agent came: until now any
 * thread of the process may have worked on one that nobody saw.
 */
static void attach_late(struct connection *connection, const struct record_data *record, bool claims)
{
	struct engine *engine = connection->engine;
	bool turned = record->direction == RECORD_RECEIVE && record->header.flags & RECORD_DATA_TURN;

	if (!claims) {
		loss_add(&engine->losses, LOSS_ATTACHED_LATE);
		engine_explain(engine, EXPLAIN_JOINED_LATE, connection->endpoints.cookie, record->header.tgid, NULL);
	}
	if (connection->request_direction != RECORD_SEND)
		process_table_heard(&engine->processes, record->header.tgid, turned ? 0 : record->header.time);
}

/* Whether the first record of a connection that is older than the agent most likely begins an exchange (claim.h). */
static bool claims_first(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct engine *engine = connection->engine;

	return quiet_until(&engine->quiet, record) && !skip && is_request(connection, record->direction) &&
	       !pipeliners_contain(&engine->pipeliners, connection) &&
	       !(record->header.flags & RECORD_DATA_CONCURRENT) && proves_head(HTTP_REQUEST, record_first_bytes(record));
}

static void begin(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	bool from_the_start = (record->header.flags & RECORD_DATA_BEGIN) && !(record->header.flags & RECORD_DATA_LATE);

	connection->late = record->header.flags & RECORD_DATA_LATE;
	settle_role(connection, record);
	if (connection->late) {
		connection->claims_first = connection->resynced = claims_first(connection, record, skip);
		attach_late(connection, record, connection->claims_first);
	}
	/* A server that speaks first answers nothing. */
	connection->synced = connection->claims_first ||
			     (from_the_start && (is_request(connection, record->direction) ||
						 record->header.flags & RECORD_DATA_FIRST));
	connection->directions[RECORD_RECEIVE].deaf = connection->directions[RECORD_SEND].deaf = !connection->synced;
}

/* Whether a deaf direction can begin to listen with this record. */
static bool may_listen(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	bool request;

	if (skip || (record->header.flags & RECORD_DATA_CONCURRENT) || !has_turned(connection, record))
		return false;
	settle_role(connection, record);
	if (connection->request_direction == REQUEST_DIRECTION_UNKNOWN)
		return false;
	request = is_request(connection, record->direction);
	/* After 100 (Continue) a body comes, and a body may look like anything. */
	if (request && connection->interim_pending)
		return false;
	return proves_head(request ? HTTP_REQUEST : HTTP_RESPONSE, record_first_bytes(record));
}

/* What can't be read is perhaps a request on which its thread works from now on, or is working already. */
static void note_unheard(struct connection *connection, const struct record_data *record)
{
	bool first = !connection->directions[RECORD_RECEIVE].began && !connection->directions[RECORD_SEND].began;

	if ((first && connection->late) || (record->direction == RECORD_RECEIVE && has_turned(connection, record)))
		connection_miss_request(connection, record);
}

static void hole(struct connection *connection, unsigned int direction, uint64_t position, uint64_t length)
{
	struct direction *here = &connection->directions[direction];

	if (length && here->reader && !here->deaf && !connection->tunnel)
		http1_reader_hole(here->reader, position, length);
}

static void feed(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct direction *direction = &connection->directions[record->direction];
	uint64_t at = skip;
	size_t cursor = 0;
	uint32_t offset;
	struct slice bytes;

	while (!(record->header.flags & RECORD_DATA_CONCURRENT) &&
	       record_next_fragment(record, &cursor, &offset, &bytes)) {
		if (offset + bytes.length <= at)
			continue;
		if (offset < at) {
			bytes = slice_from(bytes, at - offset);
			offset = (uint32_t)at;
		}
		hole(connection, record->direction, record->position + at, offset - at);
		if (!direction->deaf && !connection->tunnel)
			http1_reader_bytes(direction->reader, record->position + offset, bytes);
		at = (uint64_t)offset + bytes.length;
	}
	hole(connection, record->direction, record->position + at, record->length - at);
}

static struct moment moment_of(const struct record_data *record, uint64_t position)
{
	return (struct moment){
		.position = position,
		.other_position = record->other_position,
		.begin = record->begin && record->begin < record->header.time ? record->begin : record->header.time,
		.time = record->header.time,
		.tgid = record->header.tgid,
		.tid = record->header.tid,
		.waits = !(record->header.flags & RECORD_DATA_NONBLOCKING),
	};
}

/* When what the reader may only later tell to be a message began. */
static void note_moments(struct connection *connection, const struct record_data *record)
{
	const struct http1_reader *reader = connection->directions[record->direction].reader;
	uint64_t doubt = http1_reader_doubt(reader);

	if (http1_reader_may_begin(reader)) {
		connection->first = moment_of(record, record->position);
		connection->next = (struct moment){ 0 };
	}
	if (doubt >= record->position && doubt < record->position + record->length)
		connection->next = moment_of(record, doubt);
}

static void read_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct direction *direction = &connection->directions[record->direction];

	if (direction->deaf) {
		if (!may_listen(connection, record, skip)) {
			note_unheard(connection, record);
			return;
		}
		messages_listen(connection, record->direction);
	}
	if (!direction->reader &&
	    messages_reader(connection, record->direction, record->header.flags & RECORD_DATA_BEGIN) < 0) {
		loss_add(&connection->engine->losses, LOSS_MEMORY_LIMIT);
		messages_deafen(connection, record->direction, LOSS_MEMORY_LIMIT);
		return;
	}
	if (is_request(connection, record->direction))
		note_moments(connection, record);
	connection->current = record;
	feed(connection, record, skip);
	connection->current = NULL;
}

void conversation_record(struct connection *connection, const struct record_data *record, uint32_t skip)
{
	struct direction *direction = &connection->directions[record->direction];

	if (!connection->directions[0].began && !connection->directions[1].began)
		begin(connection, record, skip);
	if (!connection->tunnel)
		read_record(connection, record, skip);
	if (connection->tunnel)
		messages_forget(connection);
	direction->began = true;
	direction->gapped = false;
	direction->other_position = record->other_position;
	direction->last_time = record->header.time;
}

void conversation_gap(struct connection *connection, enum record_direction direction, uint64_t position,
		      uint64_t length)
{
	struct direction *here = &connection->directions[direction];

	here->gapped = true;
	if (connection->tunnel)
		return;
	loss_add(&connection->engine->losses, LOSS_STREAM_GAP);
	if (here->deaf)
		return;
	if (here->exchange)
		exchange_mark(here->exchange, LOSS_STREAM_GAP);
	if (here->reader && http1_reader_can_skip(here->reader, length))
		http1_reader_hole(here->reader, position, length);
	else
		messages_deafen(connection, direction, LOSS_STREAM_GAP);
}

void conversation_close(struct connection *connection, enum record_direction direction)
{
	struct direction *here = &connection->directions[direction];

	if (here->reader && !here->deaf && !connection->tunnel)
		http1_reader_close(here->reader, connection->stream.next[direction]);
}

void conversation_fail(struct connection *connection, uint64_t time)
{
	bool unheard = connection_responses(connection)->deaf;
	uint64_t heard = connection->stream.next[connection->request_direction != RECORD_SEND];

	messages_cut_request(connection);
	while (!list_empty(&connection->requests)) {
		struct exchange *exchange = LIST_ITEM(connection->requests.next, struct exchange, queued);

		if (exchange == connection->claim)
			claim_close(connection);
		else if (exchange->tail_lost)
			connection_finish_exchange(connection, exchange, connection_responses(connection)->last_time);
		else if (!exchange->final_seen && unheard && heard > exchange->response_at)
			connection_drop_exchange(connection, exchange, LOSS_REQUEST_UNPAIRED);
		else
			connection_fail_exchange(connection, exchange, time);
	}
	claim_close(connection);
	messages_set_exchange(connection, connection_responses(connection), NULL);
}

bool conversation_give_up(struct connection *connection)
{
	bool lost = false;

	for (unsigned int i = 0; i < 2; i++) {
		struct direction *direction = &connection->directions[i];

		if (!direction->reader)
			continue;
		if (!direction->deaf && !http1_reader_idle(direction->reader)) {
			messages_deafen(connection, i, LOSS_MEMORY_LIMIT);
			lost = true;
		}
		messages_free_reader(connection, i);
	}
	return lost;
}
