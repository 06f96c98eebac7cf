// SPDX-License-Identifier: GPL-2.0
/* HTTP/1: heads are copied, and the lines between chunks; of a response that surely has none, just the head. */
#include "bpf/trace/fragment.h"
#include "bpf/trace/protocol/http1_steps.h"
#include "bpf/trace/protocol/protocol.h"
#include "bpf/trace/source.h"

#define LINES_MAX 64   /* times walk_steps() in one call: node writes 300 chunks at once */
#define TRAILERS_MAX 4 /* times follow_trailer() in one call */
#define INTERIMS_MAX 4 /* that are followed in one call */

/* What a call's bytes begin with, as they look. */
enum message_look {
	LOOKS_NOTHING = 0,
	LOOKS_REQUEST,
	LOOKS_RESPONSE,
};

/* How much of the call's beginning is copied before anything is known of it. */
static __always_inline __u32 prefix_limit(const struct scratch *scratch)
{
	const struct http1_walk *walk = &scratch->walk.http1;

	if (scratch->turn || walk->phase == WALK_HEAD || (walk->phase != WALK_PLAIN && walk->copied < COPY_MESSAGE_MAX))
		return COPY_HEAD;
	return COPY_BODY;
}

/* Does a message begin with this call? The walk through chunks outlives a turn (100-continue). */
static __always_inline enum message_look look(struct scratch *scratch)
{
	struct http1_walk *walk = &scratch->walk.http1;
	enum message_look looks = LOOKS_NOTHING;

	if (recognise_response(&scratch->bytes[FRAGMENT_HEADER], scratch->prefix))
		looks = LOOKS_RESPONSE;
	else if (looks_like_request())
		looks = LOOKS_REQUEST;
	if (looks != LOOKS_NOTHING) {
		if (!scratch->turn &&
		    (walk->phase == WALK_DATA || walk->phase == WALK_DATA_END || walk->phase == WALK_EXTENSION ||
		     walk->trailer))
			return looks;
	} else if (!scratch->turn || (walk->phase != WALK_BODY && walk->phase != WALK_PLAIN)) {
		return looks;
	}
	__builtin_memset(walk, 0, sizeof(*walk));
	walk->trailer = looks == LOOKS_RESPONSE && looks_like_interim(0);
	if (!scratch->head_alone)
		prefix_copy(scratch, COPY_HEAD);
	return looks;
}

/* Where the head in the prefix ends, copying more of a long one; 0: not in this call. */
static __always_inline __u32 follow_head(struct scratch *scratch)
{
	__u32 end = head_end(0);

	if (end || scratch->prefix != COPY_HEAD || scratch->length <= COPY_HEAD)
		return end;
	scratch->walk.http1.matched = 0;
	prefix_copy(scratch, COPY_HEAD_LONG);
	return head_end(0);
}

/*
 * Is a request the only one that waits for an answer? Only where that is sure: one that is a call
 * by itself, and nothing is owed to those before it.
 */
static __always_inline void note_request(struct scratch *scratch, enum message_look looks, __u32 end)
{
	struct http1_connection *connection = &scratch->protocol.http1;

	if (looks == LOOKS_REQUEST && scratch->turn && end == scratch->length && !connection->interim)
		connection->alone = scratch->asks;
}

/*
 * Whether nothing more of a response is needed than its head: it is final, the only one that
 * is awaited, and no field can be Transfer-Encoding.
 */
static __always_inline bool is_plain(const struct scratch *scratch, enum message_look looks)
{
	const __u8 *bytes = &scratch->bytes[FRAGMENT_HEADER];

	return looks == LOOKS_RESPONSE && scratch->turn && !scratch->walk.http1.coded &&
	       scratch->protocol.http1.alone && !(scratch->data.header.flags & RECORD_DATA_LATE) &&
	       bytes[sizeof("HTTP/1.1 ") - 1] != '1';
}

/*
 * Behind the head that ends at `end`, where it is an interim response's: the final one's, perhaps behind more. Where
 * that ends; 0: it goes on.
 */
static __always_inline __u32 follow_interims(struct scratch *scratch, __u32 end)
{
	struct http1_walk *walk = &scratch->walk.http1;

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
static __always_inline __u32 follow_to_body(struct scratch *scratch, enum message_look looks)
{
	struct http1_walk *walk = &scratch->walk.http1;
	__u32 end = follow_head(scratch);

	note_request(scratch, looks, end);
	if (end && is_plain(scratch, looks)) {
		walk->phase = WALK_PLAIN;
		if (end < scratch->prefix)
			scratch->prefix = end;
	} else if (scratch->head_alone) {
		scratch->head_alone = 0;
		prefix_copy(scratch, COPY_HEAD);
		if (!end) {
			walk->matched = 0;
			end = follow_head(scratch);
		}
	}
	return end && walk->phase == WALK_HEAD ? follow_interims(scratch, end) : end;
}

/* Follows chunks from `offset` on and copies the lines behind the prefix. */
static __always_inline void follow_chunks(struct scratch *scratch, __u32 offset)
{
	struct http1_walk *walk = &scratch->walk.http1;

	for (__u32 i = 0; i < LINES_MAX; i++) {
		if (offset >= scratch->length || walk->phase == WALK_BODY || walk->phase == WALK_HEAD)
			break;
		offset += walk_steps(offset);
	}
	for (__u32 i = 0; i < TRAILERS_MAX; i++) {
		if (offset >= scratch->length || walk->phase != WALK_HEAD || (i && !walk->trailer))
			break;
		offset += follow_trailer(offset);
	}
	if (offset < scratch->length && (walk->phase != WALK_HEAD || walk->trailer))
		walk->phase = WALK_BODY; /* more than we walk in one call */
}

/* Follows the message through the call, and ends the prefix. */
static __always_inline void follow_message(struct scratch *scratch, enum message_look looks)
{
	struct http1_walk *walk = &scratch->walk.http1;
	bool in_head = walk->phase == WALK_HEAD;
	__u32 offset = 0;

	if (scratch->source.kind == SOURCE_NONE) {
		if (walk->phase != WALK_DATA || walk_skip(walk, scratch->length) < scratch->length)
			walk->phase = WALK_BODY;
		return;
	}
	if (in_head)
		offset = follow_to_body(scratch, looks);
	fragment_end(0, scratch->prefix);
	walk->copied += scratch->prefix;
	if (walk->phase != WALK_PLAIN && (!in_head || offset))
		follow_chunks(scratch, offset);
}

/* After 101, or 2xx to CONNECT, the connection speaks something else. */
static __always_inline void follow_tunnel(struct scratch *scratch, enum message_look looks)
{
	struct http1_connection *connection = &scratch->protocol.http1;
	const __u8 *bytes = &scratch->bytes[FRAGMENT_HEADER];
	const __u8 *status = &bytes[sizeof("HTTP/1.1 ") - 1];

	if (scratch->prefix < sizeof("HTTP/1.1 200") - 1)
		return;
	if (looks == LOOKS_REQUEST)
		connection->connect_method = bytes[0] == 'C' && bytes[1] == 'O' && bytes[2] == 'N' && bytes[7] == ' ';
	if (looks != LOOKS_RESPONSE)
		return;
	connection->interim = status[0] == '1';
	if ((status[0] == '1' && status[1] == '0' && status[2] == '1') ||
	    (status[0] == '2' && connection->connect_method))
		scratch->becomes = RECOGNISED_TUNNEL;
}

int http1_follow(void)
{
	struct scratch *scratch = scratch_get();
	struct http1_connection *connection;
	enum message_look looks;

	if (!scratch)
		return 0;
	connection = &scratch->protocol.http1;
	if (!scratch->prefix) {
		scratch->head_alone = scratch->turn && connection->alone && scratch->source.kind == SOURCE_VECTOR;
		prefix_copy(scratch, prefix_limit(scratch));
		if (!scratch->prefix)
			scratch->source.kind = SOURCE_NONE;
	}
	if (scratch->asks)
		connection->alone = 0;
	looks = look(scratch);
	follow_message(scratch, looks);
	if (!scratch->turn)
		return 0;
	scratch->requests = looks == LOOKS_REQUEST;
	scratch->responses = looks == LOOKS_RESPONSE;
	follow_tunnel(scratch, looks);
	return 0;
}
