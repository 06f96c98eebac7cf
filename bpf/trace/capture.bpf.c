// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes moved over a connection: where they stand in the stream, what the
 * connection speaks, what of them a parser needs, and the record that says so.
 */
#include "bpf/trace/capture.h"
#include "bpf/trace/ignored.h"
#include "bpf/trace/maps.h"
#include "bpf/trace/protocol/protocol.h"
#include "bpf/trace/source.h"

/* The call being captured. */
struct capture {
	struct connection *connection;
	struct scratch *scratch;
	bool turn;
	bool first; /* nothing moved before it, as far as was seen */
};

/* What the call's bytes say of the connection, as the first of their stream. */
static __always_inline int recognise(struct capture *capture)
{
	struct connection *connection = capture->connection;
	const __u8 *bytes = &capture->scratch->bytes[FRAGMENT_HEADER];
	int recognised = RECOGNISED_NOT_YET;

	if (connection->recogniser.phase == RECOGNISER_START && connection->recogniser.count == 0)
		recognised = recognise_opening(bytes, capture->scratch->prefix);
	if (recognised != RECOGNISED_NOT_YET)
		return recognised;
	capture->scratch->recogniser = connection->recogniser;
	recognised = recognise_bytes();
	connection->recogniser = capture->scratch->recogniser;
	return recognised;
}

/* The connection is reported no more, which is counted, and told. */
static __always_inline void ignore(struct connection *connection, enum recognised recognised)
{
	count(COUNTER_IGNORED_TLS + recognised - RECOGNISED_TLS);
	/* A FastCGI server works on its request until it closes the connection, as a rule. */
	if (recognised == RECOGNISED_FASTCGI && connection->identity.role == RECORD_ROLE_SERVER)
		connection->reported = 1;
	ignored_report(recognised);
}

/* From here on the connection speaks that. */
static __always_inline void speaks(struct connection *connection, enum recognised recognised)
{
	connection->recognised = recognised;
	if (!protocol_is_read(recognised)) {
		ignore(connection, recognised);
	} else if (recognised != PROTOCOL_AT_FIRST) {
		__builtin_memset(&connection->directions[0].walk, 0, sizeof(connection->directions[0].walk));
		__builtin_memset(&connection->directions[1].walk, 0, sizeof(connection->directions[1].walk));
		__builtin_memset(&connection->protocol, 0, sizeof(connection->protocol));
	}
}

/*
 * A connection that was joined in the middle is judged where its direction changes; and where it begins
 * like a request: whether it is one tells what was under way, which nobody knows here. Only what is read is
 * believed then.
 */
static __always_inline int recognise_late(struct capture *capture)
{
	struct connection *connection = capture->connection;
	bool turned = capture->scratch->data.header.flags & RECORD_DATA_TURN;
	int recognised;

	if (!capture->turn || (!turned && !looks_like_beginning()))
		return RECOGNISED_NOT_YET;
	__builtin_memset(&connection->recogniser, 0, sizeof(connection->recogniser));
	connection->recogniser.joined = 1;
	recognised = recognise(capture);
	if (protocol_is_read(recognised) && recognised != RECOGNISED_NOT_YET)
		return recognised;
	return turned && ++connection->late_turns >= LATE_TURNS_MAX ? RECOGNISED_UNKNOWN : RECOGNISED_NOT_YET;
}

/* True when the movement is to be reported. */
static __always_inline bool recognise_movement(struct capture *capture)
{
	struct connection *connection = capture->connection;
	struct scratch *scratch = capture->scratch;
	__u32 direction = scratch->data.direction;
	int recognised = RECOGNISED_NOT_YET;

	prefix_copy(scratch, COPY_HEAD);
	if (scratch->prefix == 0) {
		scratch->source.kind = SOURCE_NONE;
		connection->late_turns += capture->turn;
	} else if (connection->late) {
		recognised = recognise_late(capture);
	} else if (connection->first_direction == NO_DIRECTION || connection->first_direction == direction) {
		recognised = recognise(capture);
	} else {
		recognised = recognise_answer(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix);
	}
	if (connection->first_direction == NO_DIRECTION)
		connection->first_direction = direction;
	if (recognised == RECOGNISED_NOT_YET)
		return !connection->late;
	speaks(connection, recognised);
	return protocol_is_read(recognised);
}

/* Copies what the protocol wants of the movement. */
static __always_inline void follow(struct capture *capture)
{
	struct connection *connection = capture->connection;
	struct scratch *scratch = capture->scratch;
	struct direction *direction = &connection->directions[scratch->data.direction & 1];

	scratch->data.recognised = connection->recognised;
	scratch->asks = connection->first_direction == scratch->data.direction;
	scratch->walk = direction->walk;
	scratch->protocol = connection->protocol;
	scratch->requests = 0;
	scratch->responses = 0;
	scratch->becomes = RECOGNISED_NOT_YET;
	protocol_follow(connection->recognised);
	direction->walk = scratch->walk;
	connection->protocol = scratch->protocol;
	if (scratch->becomes != RECOGNISED_NOT_YET)
		speaks(connection, scratch->becomes);
}

/* Widens a sequence number to the position nearest to where the direction stands. */
static __always_inline __u64 widen(__u64 stand, __u32 sequence)
{
	if (stand == 0)
		return (1ull << 32) | sequence;
	return stand + (__s32)(sequence - (__u32)stand);
}

/* Moves the direction on. Fills the record's positions and flags. How many bytes were missed before it; < 0: who knows. */
static __always_inline __s32 place(struct connection *connection, struct movement *movement, struct record_data *data)
{
	struct direction *direction = &connection->directions[movement->direction & 1];
	struct direction *other = &connection->directions[!(movement->direction & 1)];
	__u8 bit = 1 << (movement->direction & 1);
	__s32 missed = 0;

	if (connection->own_positions) {
		if (!direction->next)
			direction->next = other->next = 1ull << 32;
		data->position = direction->next;
		data->other_position = other->next;
		data->header.flags |= RECORD_DATA_OWN_POSITIONS;
	} else {
		data->position = widen(direction->next, movement->start);
		data->other_position = widen(other->next, movement->other);
		if (direction->next)
			missed = data->position - direction->next;
		if (movement->contended || (connection->moved & bit && movement->direction == RECORD_SEND &&
					    data->position != direction->next))
			data->header.flags |= RECORD_DATA_CONCURRENT;
	}
	if (!(connection->moved & bit) && !connection->late)
		data->header.flags |= connection->moved ? RECORD_DATA_BEGIN : RECORD_DATA_BEGIN | RECORD_DATA_FIRST;
	connection->moved |= bit;
	direction->next = data->position + movement->length;
	/* From here on its end can be told, even if nothing of it is read before. */
	if (!other->next)
		other->next = data->other_position;
	return missed;
}

/* Counts a record that found no room by what was in it. */
static __always_inline void count_ring_full(struct capture *capture)
{
	struct connection *connection = capture->connection;
	struct scratch *scratch = capture->scratch;

	if (scratch->requests) {
		connection->request_lost = 1;
		count_lost_record_of(COUNTER_RING_FULL_REQUEST_HEAD, scratch->requests);
	} else if (scratch->responses && !connection->request_lost) {
		count_lost_record(COUNTER_RING_FULL_RESPONSE_HEAD);
	} else {
		count_lost_record(COUNTER_RING_FULL_OTHER);
	}
}

static __always_inline void report(struct capture *capture)
{
	struct connection *connection = capture->connection;
	struct record_data *data = &capture->scratch->data;
	__u64 size = sizeof(*data) + capture->scratch->cursor;

	data->header.size = size;
	connection->reported = 1;
	if (capture->scratch->requests)
		connection->request_lost = 0;
	barrier_var(size); /* as one register, so that verifiers before Linux 6.11 see which one is bounded */
	if (size > RECORD_SIZE_MAX || bpf_ringbuf_output(&ring, data, size, ring_flags()))
		count_ring_full(capture);
}

static __always_inline void data_init(struct record_data *data, struct connection *connection,
				      struct movement *movement)
{
	data->header.kind = RECORD_DATA;
	data->header.flags = 0;
	data->header.time = bpf_ktime_get_ns();
	data->header.tgid = movement->thread >> 32;
	data->header.tid = movement->thread;
	data->header.cpu = bpf_get_smp_processor_id();
	data->header.reserved = 0;
	data->connection = connection->identity;
	data->begin = movement->begin ? movement->begin : data->header.time;
	data->length = movement->length;
	data->direction = movement->direction;
	data->fragments = 0;
	if (connection->late)
		data->header.flags |= RECORD_DATA_LATE;
	if (movement->nonblocking)
		data->header.flags |= RECORD_DATA_NONBLOCKING;
}

/*
 * Nothing could be read, be it that nobody knows where it is. Where a head may begin, that is a loss; of a
 * connection older than the agent only once its direction was seen to change.
 */
static __always_inline void note_unreadable(struct capture *capture)
{
	capture->scratch->data.header.flags |= RECORD_DATA_UNREADABLE;
	if (capture->turn && !(capture->first && capture->connection->late))
		count(COUNTER_UNREADABLE);
}

/* A connection of which nothing could be read turn after turn is reported no more. True where that goes on. */
static __always_inline bool stays_unreadable(struct capture *capture, const struct movement *movement)
{
	struct connection *connection = capture->connection;

	if (connection->recognised != RECOGNISED_NOT_YET || connection->late_turns < LATE_TURNS_MAX)
		return false;
	if (movement->source.kind == SOURCE_NONE) {
		note_unreadable(capture);
		return true;
	}
	connection->late_turns = 0;
	return false;
}

__hidden int capture_movement(struct connection *connection, struct movement *movement)
{
	struct capture capture = { .connection = connection };
	struct scratch *scratch = scratch_get();
	struct record_data *data;
	bool wanted;

	if (!scratch || !protocol_is_read(connection->recognised))
		return 0;
	data = &scratch->data;
	data_init(data, connection, movement);
	scratch->missed = place(connection, movement, data);
	capture.scratch = scratch;
	capture.turn = connection->last_direction != movement->direction;
	capture.first = connection->last_direction == NO_DIRECTION;
	/* The first movement seen of a connection older than the agent is no turn, for all that is known. */
	if (capture.turn && !(connection->late && connection->first_direction == NO_DIRECTION))
		data->header.flags |= RECORD_DATA_TURN;
	connection->last_direction = movement->direction;
	if (stays_unreadable(&capture, movement))
		return 0;
	scratch->source = movement->source;
	scratch->length = movement->length;
	scratch->prefix = 0;
	scratch->cursor = 0;
	scratch->vector_index = 0;
	scratch->vector_offset = 0;
	scratch->head_alone = 0;
	scratch->turn = capture.turn;
	wanted = connection->recognised != RECOGNISED_NOT_YET || recognise_movement(&capture);
	if (wanted)
		follow(&capture);
	if (scratch->source.kind == SOURCE_NONE)
		note_unreadable(&capture);
	if (wanted)
		report(&capture);
	return 0;
}
