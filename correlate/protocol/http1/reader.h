/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one direction of an HTTP/1 connection as a sequence of messages, from
 * bytes and holes (bytes that passed but were not copied). Knows positions, not
 * times; proves where each message ends when that happens: by length, by chunk,
 * by close.
 */
#ifndef WIRESPAN_CORRELATE_PROTOCOL_HTTP1_READER_H
#define WIRESPAN_CORRELATE_PROTOCOL_HTTP1_READER_H

#include "base/buffer.h"
#include "correlate/protocol/http1/head.h"

enum http1_reader_lost {
	HTTP1_LOST_HEAD_TRUNCATED, /* a hole inside a head */
	HTTP1_LOST_HEAD_UNPARSABLE,
	HTTP1_LOST_FRAMING,        /* a hole in a chunk-size line or trailer */
	HTTP1_LOST_MEMORY,
};

/* All callbacks are set; they must not touch the reader. Positions are stream positions. */
struct http1_reader_events {
	/* A message's first byte is at `position` (empty lines before it are skipped). */
	void (*begin)(void *context, uint64_t position);
	/* The head is complete and ends before `position`. Responses: 1xx too. Views die with the call. */
	void (*head)(void *context, const struct http_head *head, uint64_t position);
	/*
	 * Method of the request that this final response (101 is one) answers; called
	 * before `head`, for responses only. Empty: unknown.
	 */
	struct slice (*answered_method)(void *context, const struct http_head *head);
	/* The message ended before `position`; body_size counts content without chunk framing. */
	void (*end)(void *context, uint64_t position, uint64_t body_size);
	/* The stream is a tunnel from `position` on; everything later is ignored. Called after `end`. */
	void (*tunnel)(void *context, uint64_t position);
	/* The message under way (if any) can't be followed further. The reader now waits for http1_reader_resync. */
	void (*lost)(void *context, enum http1_reader_lost reason);
	/* The request in doubt (http1_reader_refuse) was none, but the refused body. For requests only. */
	void (*refuted)(void *context);
};

struct http1_reader; /* its fields are in the .c; allocate with _new */

/* NULL when out of memory. `events` and `context` must outlive it. */
struct http1_reader *http1_reader_new(enum http_message message, const struct http1_reader_events *events,
				      void *context);
void http1_reader_free(struct http1_reader *reader);

/* The next bytes of the stream, which begin at `position` (contiguous with what came before). */
void http1_reader_bytes(struct http1_reader *reader, uint64_t position, struct slice bytes);
/*
 * `length` bytes at `position` passed but are not known. Inside content they are
 * counted; one that goes past a Content-Length proves the end, and the next
 * message is lost. Between the chunks nothing may be missing, not even a CR LF.
 */
void http1_reader_hole(struct http1_reader *reader, uint64_t position, uint64_t length);
/*
 * The stream ended in order at `position` (FIN): ends a body that lasts until
 * the close; a message cut short is left without `end`.
 */
void http1_reader_close(struct http1_reader *reader, uint64_t position);
/* Forget the state: the next byte begins a message. */
void http1_reader_resync(struct http1_reader *reader);

/* True where the next byte may be the first of a message: then, and where a body was refused. */
bool http1_reader_may_begin(const struct http1_reader *reader);
/* True inside content, however little of it has come. */
bool http1_reader_in_body(const struct http1_reader *reader);
/* True where content is announced by length or chunks, but nothing of it has come. */
bool http1_reader_body_awaited(const struct http1_reader *reader);
/*
 * The awaited content may not come: it was refused by an answer. What begins as a request in full is one, all else
 * that content. Such a request is in doubt, unless the content were chunks: it may be content all the same. It is
 * refuted by an error or another request within, or before http1_reader_settle, or by a request in its head
 * just where the content would have ended; then that much was content. `position` is of what comes next.
 * Only where http1_reader_body_awaited.
 */
void http1_reader_refuse(struct http1_reader *reader, uint64_t position);
/* It comes after all, unless anything else was read already. */
void http1_reader_unrefuse(struct http1_reader *reader);
/*
 * Where the refused content would end that may come next, or that the message under way, or the last one, may be;
 * 0: there is no doubt.
 */
uint64_t http1_reader_doubt(const struct http1_reader *reader);
/* It is a request. */
void http1_reader_settle(struct http1_reader *reader);

/* True between messages: the next byte, if any, begins one. */
bool http1_reader_idle(const struct http1_reader *reader);
/* True after `lost` or `tunnel`: input is ignored. */
bool http1_reader_is_lost(const struct http1_reader *reader);
/*
 * True inside the content of a body whose framing lets `length` further bytes
 * be missing without losing the end (length left, until close, chunk data left).
 */
bool http1_reader_can_skip(const struct http1_reader *reader, uint64_t length);
/* Bytes of memory it holds now. */
size_t http1_reader_memory(const struct http1_reader *reader);

#endif
