// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes moved over a connection: where they stand in the stream, what the
 * connection speaks, what of them a parser needs, and the record that says so.
 */
#include "bpf/trace/capture.h"
#include "bpf/trace/follow.h"
#include "bpf/trace/ignored.h"
#include "bpf/trace/maps.h"

#define PREFIX_READS 8 /* times VECTOR_MAX buffers */
#define INTERIMS_MAX 4 /* that are followed in one call */

/* What a call's bytes begin with, as they look. */
enum message_look {
	LOOKS_NOTHING = 0,
	LOOKS_REQUEST,
	LOOKS_RESPONSE,
};

/* The call being captured. */
struct capture {
	struct connection *connection;
	struct scratch *scratch;
	struct direction *direction;
	bool turn;
	bool first; /* nothing moved before it, as far as was seen */
	enum message_look looks;
};

/* Copies the movement's first bytes up to `limit` in all. */
static __always_inline void copy_prefix(struct scratch *scratch, __u32 limit)
{
	__u32 size = scratch->length < limit ? scratch->length : limit;

	if (scratch->source.kind == SOURCE_NONE)
		return;
	for (__u32 i = 0; i < PREFIX_READS && scratch->prefix < size; i++) {
		__u32 have = scratch->prefix;
		__u32 got = source_read(FRAGMENT_HEADER + have, have, size - have);

		if (got == 0)
			break;
		scratch->prefix = have + got;
		if (scratch->head_alone)
			break;
	}
}

/* Where the head in the prefix ends, copying more of a long one; 0: not in this call. */
static __always_inline __u32 follow_head(struct scratch *scratch)
{
	__u32 end = head_end(0);

	if (end || scratch->prefix != COPY_HEAD || scratch->length <= COPY_HEAD)
		return end;
	scratch->walk.matched = 0;
	copy_prefix(scratch, COPY_HEAD_LONG);
	return head_end(0);
}

/*
 * Is a request the only one that waits for an answer? Only where that is sure: one that is a call
 * by itself, and nothing is owed to those before it.
 */
static __always_inline void note_request(const struct capture *capture, __u32 end)
{
	struct connection *connection = capture->connection;

	if (capture->looks == LOOKS_REQUEST && capture->turn && end == capture->scratch->length && !connection->interim)
		connection->alone = capture->scratch->data.direction == connection->first_direction;
}

/*
 * Whether nothing more of a response is needed than its head: it is final, the only one that
 * is awaited, and no field can be Transfer-Encoding.
 */
static __always_inline bool is_plain(const struct capture *capture)
{
	const __u8 *bytes = &capture->scratch->bytes[FRAGMENT_HEADER];

	return capture->looks == LOOKS_RESPONSE && capture->turn && !capture->scratch->walk.coded &&
	       capture->connection->alone && !capture->connection->late && bytes[sizeof("HTTP/1.1 ") - 1] != '1';
}

/*
 * Behind the head that ends at `end`, where it is an interim response's: the final one's, perhaps behind more. Where
 * that ends; 0: it goes on.
 */
static __always_inline __u32 follow_interims(struct scratch *scratch, __u32 end)
{
	struct walk *walk = &scratch->walk;

	for (__u32 i = 0; i < INTERIMS_MAX && end && walk->phase == WALK_HEAD; i++) {
		walk->trailer = looks_like_interim(end);
		walk->coded = 0;
		end = head_end(end);
	}
	if (scratch->prefix < scratch->length && walk->phase == WALK_HEAD)
		walk->phase = WALK_BODY; /* more than we copy of heads */
	return end;
}

/* The head: where it ends in this call; 0: it goes on. A plain response's ends the prefix. */
static __always_inline __u32 follow_to_body(struct capture *capture)
{
	struct scratch *scratch = capture->scratch;
	__u32 end = follow_head(scratch);

	note_request(capture, end);
	if (end && is_plain(capture)) {
		scratch->walk.phase = WALK_PLAIN;
		if (end < scratch->prefix)
			scratch->prefix = end;
	} else if (scratch->head_alone) {
		scratch->head_alone = 0;
		copy_prefix(scratch, COPY_HEAD);
		if (!end) {
			scratch->walk.matched = 0;
			end = follow_head(scratch);
		}
	}
	return end && scratch->walk.phase == WALK_HEAD ? follow_interims(scratch, end) : end;
}

/* Follows the message through the call, and ends the prefix. */
static __always_inline void follow(struct capture *capture)
{
	struct scratch *scratch = capture->scratch;
	struct walk *walk = &scratch->walk;
	bool in_head = walk->phase == WALK_HEAD;
	__u32 offset = 0;

	if (scratch->source.kind == SOURCE_NONE) {
		if (walk->phase != WALK_DATA || walk_skip(walk, scratch->length) < scratch->length)
			walk->phase = WALK_BODY;
		return;
	}
	if (in_head)
		offset = follow_to_body(capture);
	fragment_end(0, scratch->prefix);
	walk->copied += scratch->prefix;
	if (walk->phase != WALK_PLAIN && (!in_head || offset))
		follow_chunks(offset);
}

/* How much of the call's beginning is copied before anything is known of it. */
static __always_inline __u32 prefix_limit(const struct capture *capture)
{
	const struct walk *walk = &capture->scratch->walk;

	if (capture->turn || walk->phase == WALK_HEAD || (walk->phase != WALK_PLAIN && walk->copied < COPY_MESSAGE_MAX))
		return COPY_HEAD;
	return COPY_BODY;
}

/* Does a message begin with this call? The walk through chunks outlives a turn (100-continue). */
static __always_inline void look(struct capture *capture)
{
	struct walk *walk = &capture->scratch->walk;

	if (recognise_response(&capture->scratch->bytes[FRAGMENT_HEADER], capture->scratch->prefix))
		capture->looks = LOOKS_RESPONSE;
	else
		capture->looks = looks_like_request() ? LOOKS_REQUEST : LOOKS_NOTHING;
	if (capture->looks != LOOKS_NOTHING) {
		if (!capture->turn &&
		    (walk->phase == WALK_DATA || walk->phase == WALK_DATA_END || walk->phase == WALK_EXTENSION ||
		     walk->trailer))
			return;
	} else if (!capture->turn || (walk->phase != WALK_BODY && walk->phase != WALK_PLAIN)) {
		return;
	}
	__builtin_memset(walk, 0, sizeof(*walk));
	walk->trailer = capture->looks == LOOKS_RESPONSE && looks_like_interim(0);
	if (!capture->scratch->head_alone)
		copy_prefix(capture->scratch, COPY_HEAD);
}

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
	connection->recognised = recognised;
	count(COUNTER_IGNORED_TLS + recognised - RECOGNISED_TLS);
	/* A FastCGI server works on its request until it closes the connection, as a rule. */
	if (recognised == RECOGNISED_FASTCGI && connection->identity.role == RECORD_ROLE_SERVER)
		connection->reported = 1;
	ignored_report(recognised);
}

/*
 * A connection that was joined in the middle is judged where its direction changes; and where it begins
 * like a request: whether it is one tells what was under way, which nobody knows here.
 */
static __always_inline bool recognise_late(struct capture *capture)
{
	struct connection *connection = capture->connection;
	bool turned = capture->scratch->data.header.flags & RECORD_DATA_TURN;

	if (!capture->turn || (!turned && !looks_like_request()))
		return false;
	__builtin_memset(&connection->recogniser, 0, sizeof(connection->recogniser));
	if (recognise(capture) == RECOGNISED_HTTP1) {
		connection->recognised = RECOGNISED_HTTP1;
		return true;
	}
	if (turned && ++connection->late_turns >= LATE_TURNS_MAX)
		connection->recognised = RECOGNISED_UNKNOWN;
	return false;
}

/* True when the movement is to be reported. */
static __always_inline bool recognise_movement(struct capture *capture)
{
	struct connection *connection = capture->connection;
	__u32 direction = capture->scratch->data.direction;
	bool report = true;

	if (capture->scratch->source.kind == SOURCE_NONE) {
		report = !connection->late;
		connection->late_turns += capture->turn;
	} else if (connection->late) {
		report = recognise_late(capture);
	} else if (connection->first_direction == NO_DIRECTION || connection->first_direction == direction) {
		connection->recognised = recognise(capture);
	} else if (recognise_response(&capture->scratch->bytes[FRAGMENT_HEADER], capture->scratch->prefix)) {
		connection->recognised = RECOGNISED_HTTP1;
	}
	if (connection->first_direction == NO_DIRECTION)
		connection->first_direction = direction;
	if (connection->recognised <= RECOGNISED_HTTP1)
		return report;
	ignore(connection, connection->recognised);
	return false;
}

/* After 101, or 2xx to CONNECT, the connection speaks something else. */
static __always_inline void recognise_tunnel(struct capture *capture)
{
	struct connection *connection = capture->connection;
	const __u8 *status = &capture->scratch->bytes[FRAGMENT_HEADER + sizeof("HTTP/1.1 ") - 1];
	const __u8 *bytes = &capture->scratch->bytes[FRAGMENT_HEADER];

	if (!capture->turn || capture->scratch->prefix < sizeof("HTTP/1.1 200") - 1)
		return;
	if (capture->looks == LOOKS_REQUEST)
		connection->connect_method = bytes[0] == 'C' && bytes[1] == 'O' && bytes[2] == 'N' && bytes[7] == ' ';
	if (capture->looks != LOOKS_RESPONSE)
		return;
	connection->interim = status[0] == '1';
	if ((status[0] == '1' && status[1] == '0' && status[2] == '1') ||
	    (status[0] == '2' && connection->connect_method))
		ignore(connection, RECOGNISED_TUNNEL);
}

/* Widens a sequence number to the position nearest to where the direction stands. */
static __always_inline __u64 widen(__u64 stand, __u32 sequence)
{
	if (stand == 0)
		return (1ull << 32) | sequence;
	return stand + (__s32)(sequence - (__u32)stand);
}

/* Moves the direction on. Fills the record's positions and flags. */
static __always_inline void place(struct connection *connection, struct movement *movement, struct record_data *data)
{
	struct direction *direction = &connection->directions[movement->direction & 1];
	struct direction *other = &connection->directions[!(movement->direction & 1)];
	__u8 bit = 1 << (movement->direction & 1);

	if (connection->own_positions) {
		if (!direction->next)
			direction->next = other->next = 1ull << 32;
		data->position = direction->next;
		data->other_position = other->next;
		data->header.flags |= RECORD_DATA_OWN_POSITIONS;
	} else {
		data->position = widen(direction->next, movement->start);
		data->other_position = widen(other->next, movement->other);
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
}

/* Counts a record that found no room by what was in it. */
static __always_inline void count_ring_full(struct capture *capture)
{
	struct connection *connection = capture->connection;

	if (capture->turn && capture->looks == LOOKS_REQUEST) {
		connection->request_lost = 1;
		count_lost_record(COUNTER_RING_FULL_REQUEST_HEAD);
	} else if (capture->turn && capture->looks == LOOKS_RESPONSE && !connection->request_lost) {
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
	if (capture->turn && capture->looks == LOOKS_REQUEST)
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
	capture->scratch->source.kind = SOURCE_NONE;
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

	if (!scratch || connection->recognised > RECOGNISED_HTTP1)
		return 0;
	data = &scratch->data;
	data_init(data, connection, movement);
	place(connection, movement, data);
	capture.scratch = scratch;
	capture.direction = &connection->directions[movement->direction & 1];
	capture.turn = connection->last_direction != movement->direction;
	capture.first = connection->last_direction == NO_DIRECTION;
	/* The first movement seen of a connection older than the agent is no turn, for all that is known. */
	if (capture.turn && !(connection->late && connection->first_direction == NO_DIRECTION))
		data->header.flags |= RECORD_DATA_TURN;
	connection->last_direction = movement->direction;
	if (stays_unreadable(&capture, movement))
		return 0;
	scratch->source = movement->source;
	scratch->walk = capture.direction->walk;
	scratch->length = movement->length;
	scratch->prefix = 0;
	scratch->cursor = 0;
	scratch->vector_index = 0;
	scratch->vector_offset = 0;
	scratch->head_alone = capture.turn && connection->alone && movement->source.kind == SOURCE_VECTOR;
	copy_prefix(scratch, prefix_limit(&capture));
	if (scratch->prefix == 0)
		note_unreadable(&capture);
	if (connection->recognised == RECOGNISED_NOT_YET && !recognise_movement(&capture))
		return 0;
	data->recognised = connection->recognised;
	if (connection->first_direction == data->direction)
		connection->alone = 0;
	look(&capture);
	follow(&capture);
	capture.direction->walk = scratch->walk;
	recognise_tunnel(&capture);
	report(&capture);
	return 0;
}
