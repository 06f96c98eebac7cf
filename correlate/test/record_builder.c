// SPDX-License-Identifier: Apache-2.0
#include "correlate/test/record_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void tape_init(struct tape *tape)
{
	memset(tape, 0, sizeof(*tape));
	tape->time = TAPE_START;
}

void tape_done(struct tape *tape)
{
	for (size_t i = 0; i < tape->count; i++)
		free(tape->records[i]);
	tape->count = 0;
}

static void end_init(struct wire_end *end, uint64_t cookie, uint8_t role, uint64_t send_from, uint64_t receive_from)
{
	memset(end, 0, sizeof(*end));
	end->connection.cookie = cookie;
	end->connection.netns = 1;
	end->connection.family = RECORD_FAMILY_INET;
	end->connection.role = role;
	end->position[RECORD_SEND] = send_from;
	end->position[RECORD_RECEIVE] = receive_from;
	end->last = -1;
}

void wire_init(struct wire *wire, unsigned int number)
{
	static const uint8_t client_address[] = { 10, 0, 0, 1 }, server_address[] = { 10, 0, 0, 2 };
	uint64_t up = (UINT64_C(1) << 32) + number * 7919 * 1000 + 1, down = up + 500000000;
	struct record_connection *client = &wire->client.connection, *server = &wire->server.connection;

	end_init(&wire->client, 2 * (uint64_t)number, RECORD_ROLE_CLIENT, up, down);
	end_init(&wire->server, 2 * (uint64_t)number + 1, RECORD_ROLE_SERVER, down, up);
	memcpy(client->local_address, client_address, sizeof(client_address));
	memcpy(client->remote_address, server_address, sizeof(server_address));
	client->local_port = (uint16_t)(40000 + number);
	client->remote_port = 8080;
	memcpy(server->local_address, server_address, sizeof(server_address));
	memcpy(server->remote_address, client_address, sizeof(client_address));
	server->local_port = 8080;
	server->remote_port = client->local_port;
	wire->client.tgid = wire->client.tid = 100;
	wire->server.tgid = wire->server.tid = 200;
}

static void *tape_add(struct tape *tape, uint16_t kind, size_t size, uint32_t tgid, uint32_t tid)
{
	struct record_header *header;

	size = (size + 7) & ~(size_t)7;
	header = calloc(1, size);
	assert(header && tape->count < TAPE_MAX);
	tape->time += TAPE_STEP;
	header->kind = kind;
	header->size = (uint32_t)size;
	header->time = tape->time;
	header->tgid = tgid;
	header->tid = tid;
	tape->records[tape->count++] = header;
	return header;
}

static size_t fragment_size(uint32_t length)
{
	return length ? sizeof(struct record_fragment) + ((length + 7u) & ~7u) : 0;
}

static char *fragment_put(char *at, uint32_t offset, const char *bytes, uint32_t length)
{
	struct record_fragment fragment = { .offset = offset, .length = length };

	if (!length)
		return at;
	memcpy(at, &fragment, sizeof(fragment));
	memcpy(at + sizeof(fragment), bytes, length);
	return at + fragment_size(length);
}

struct record_data *tape_move(struct tape *tape, struct wire_end *end, enum record_direction direction,
			      const char *bytes, uint32_t length, uint32_t copied, uint32_t tail)
{
	struct record_data *record = tape_add(tape, RECORD_DATA,
					      sizeof(*record) + fragment_size(copied) + fragment_size(tail),
					      end->tgid, end->tid);
	char *at = (char *)(record + 1);

	record->connection = end->connection;
	record->header.flags = end->flags;
	if (end->last != (int)direction && (end->last >= 0 || !(end->flags & RECORD_DATA_LATE)))
		record->header.flags |= RECORD_DATA_TURN;
	if (!end->began[direction] && !(end->flags & RECORD_DATA_LATE))
		record->header.flags |= end->last < 0 ? RECORD_DATA_BEGIN | RECORD_DATA_FIRST : RECORD_DATA_BEGIN;
	if (!copied && !tail)
		record->header.flags |= RECORD_DATA_UNREADABLE;
	record->begin = direction == RECORD_SEND ? tape->time - TAPE_STEP / 2 : tape->time;
	record->position = end->position[direction];
	record->other_position = end->position[!direction];
	record->length = length;
	record->direction = (uint8_t)direction;
	record->fragments = (uint8_t)(!!copied + !!tail);
	at = fragment_put(at, 0, bytes, copied);
	fragment_put(at, length - tail, bytes + length - tail, tail);
	end->position[direction] += length;
	end->began[direction] = true;
	end->last = (int)direction;
	return record;
}

struct record_data *tape_send(struct tape *tape, struct wire_end *end, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	return tape_move(tape, end, RECORD_SEND, text, length, length, 0);
}

struct record_data *tape_receive(struct tape *tape, struct wire_end *end, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	return tape_move(tape, end, RECORD_RECEIVE, text, length, length, 0);
}

struct record_state *tape_state(struct tape *tape, const struct wire_end *end, uint16_t flags, int error)
{
	struct record_state *record = tape_add(tape, RECORD_STATE, sizeof(*record), 0, 0);

	record->header.flags = flags;
	record->connection = end->connection;
	record->send_end = end->position[RECORD_SEND];
	record->receive_end = record->read_end = end->position[RECORD_RECEIVE];
	record->error = error;
	return record;
}

void tape_socket(struct tape *tape, const struct wire_end *end)
{
	struct record_socket *record = tape_add(tape, RECORD_SOCKET, sizeof(*record), end->tgid, end->tgid);

	record->connection = end->connection;
}

struct record_ignored *tape_ignored(struct tape *tape, const struct wire_end *end, enum recognised recognised)
{
	struct record_ignored *record = tape_add(tape, RECORD_IGNORED, sizeof(*record), end->tgid, end->tid);

	record->connection = end->connection;
	record->recognised = recognised;
	return record;
}

void tape_process(struct tape *tape, uint32_t pid, const char *executable)
{
	size_t length = strlen(executable);
	struct record_process *record = tape_add(tape, RECORD_PROCESS, sizeof(*record) + length, pid, pid);

	record->executable_length = (uint16_t)length;
	memcpy(record + 1, executable, length);
}

void tape_fork(struct tape *tape, uint32_t parent, uint32_t child)
{
	struct record_fork *record = tape_add(tape, RECORD_FORK, sizeof(*record), child, child);

	record->parent_tgid = parent;
}

void tape_exit(struct tape *tape, uint32_t pid)
{
	tape_add(tape, RECORD_EXIT, sizeof(struct record_exit), pid, pid);
}

void tape_clock(struct tape *tape, uint64_t ahead)
{
	struct record_clock *record = tape_add(tape, RECORD_CLOCK, sizeof(*record), 0, 0);

	record->wall = record->header.time + ahead;
	record->boottime = record->header.time;
}

void tape_wait(struct tape *tape, uint64_t ns)
{
	tape->time += ns;
}

void tape_request(struct tape *tape, struct wire *wire, const char *request)
{
	tape_send(tape, &wire->client, request);
	tape_receive(tape, &wire->server, request);
}

void tape_response(struct tape *tape, struct wire *wire, const char *response)
{
	tape_send(tape, &wire->server, response);
	tape_receive(tape, &wire->client, response);
}

void tape_play(const struct tape *tape, struct engine *engine)
{
	for (size_t i = 0; i < tape->count; i++) {
		const struct record_header *record = tape->records[i];

		if (!record)
			continue;
		engine_record(engine, record, record->size);
		engine_advance(engine, record->time);
	}
	engine_advance(engine, tape->time + NSEC_PER_SEC);
}

static void keep(void *context, const struct span *span)
{
	struct span_list *list = context;

	assert(list->count < TAPE_MAX);
	list->spans[list->count] = span_clone(span);
	assert(list->spans[list->count]);
	list->count++;
}

struct span_sink span_list_sink(struct span_list *list)
{
	list->count = 0;
	return (struct span_sink){ .accept = keep, .context = list };
}

void span_list_done(struct span_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		span_free(list->spans[i]);
	list->count = 0;
}

const struct span *span_list_find(const struct span_list *list, enum span_kind kind, const char *path)
{
	const struct span *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct span *span = list->spans[i];
		const struct attribute *attribute = span_attribute(span, kind == SPAN_KIND_SERVER ? "url.path" :
												   "url.full");

		if (span->kind != kind || !attribute || !slice_ends_with(attribute->string, slice_of_string(path)))
			continue;
		assert(!found);
		found = span;
	}
	return found;
}
